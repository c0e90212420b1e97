// @ts-check
/* How likely labels are wrong is asked for once no more decisions follow, and no key waits for it. */

/** @import { ErrorCurve, QueueCard } from "../../payloads.d.ts" */

import { ErrorProbabilities } from "../../shared/browser/error_probability.js";

export class ProbabilityUpdates {
  isLoading = false;
  loadsAgain = false;
  isStopped = false;

  /**
   * @param {object} options
   * @param {string} options.study
   * @param {(card: QueueCard) => boolean} options.isDecided
   * @param {() => void} options.onLoad
   */
  constructor({ study, isDecided, onLoad }) {
    this.errorProbabilities = new ErrorProbabilities(study);
    this.isDecided = isDecided;
    this.onLoad = onLoad;
  }

  /* When nothing is known yet. */
  async loadFirst() {
    if (this.errorProbabilities.version < 0) await this.load();
  }

  async load() {
    if (this.isLoading) {
      this.loadsAgain = true;  // What is on its way knows nothing of the decisions since.
      return;
    }
    this.isLoading = true;
    do {
      this.loadsAgain = false;
      try {
        await this.errorProbabilities.load();
        if (!this.isStopped) this.onLoad();
      } catch (reason) {
        console.warn("margin: only the label error score is shown.", reason);
      }
    } while (this.loadsAgain && !this.isStopped);
    this.isLoading = false;
  }

  /** @param {ErrorCurve} curve that came with another answer */
  accept(curve) {
    this.errorProbabilities.accept(curve);
  }

  stop() {
    this.isStopped = true;
  }

  /**
   * A label that somebody has decided on, and one that is not there, are not likely anything.
   * @param {QueueCard} card
   */
  of(card) {
    return card.given < 0 || this.isDecided(card) ? null : this.errorProbabilities.at(card.score);
  }
}
