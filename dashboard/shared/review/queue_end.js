// @ts-check
/* The end of the queue: whether it is reached, and how to go on with other samples. */

/** @import { ReviewAction } from "../../payloads.d.ts" */
/** @import { Queue } from "./queue.js" */

import { EndNotice } from "./notices.js";

/**
 * The page around it.
 * @typedef {object} QueueEndHost
 * @property {(name: ReviewAction["name"]) => void} leave
 * @property {() => void} showSingle samples one by one
 * @property {() => void} goOn with the samples that are here
 * @property {() => void} startOver with those that the queue is to hold now
 */

export class QueueEnd {
  /* Random checks could go on for ever: they pause, once, when the bound has come to the goal. */
  isPaused = false;
  wasEnough = false;

  /**
   * @param {object} options
   * @param {Queue} options.queue
   * @param {QueueEndHost} options.page
   */
  constructor({ queue, page }) {
    this.queue = queue;
    this.page = page;
    this.notice = new EndNotice({
      leave: () => page.leave("export"),
      unlabeled: () => page.leave("unlabeled"),
      all: () => page.leave("all"),
      review: () => page.leave("review"),
      default: () => page.leave("default"),
      single: () => page.showSingle(),
      check: () => (this.isPaused ? this.goOn() : this.startOver(() => queue.continueWithChecks())),
      beyond: () => this.startOver(() => queue.continueBeyondSuspects()),
      skipped: () => this.startOver(() => queue.resumeSkipped()),
    });
  }

  /** @param {boolean} mayPause whether the next sample in turn is on screen */
  pauseWhenEnough(mayPause) {
    const isEnough = this.queue.checks && this.queue.isEnough();
    // Answers to keys that were faster than the pause must not end it.
    this.isPaused = isEnough && (this.isPaused || !this.wasEnough) && mayPause;
    this.wasEnough = isEnough;
  }

  /** @param {{ isGrid: boolean, unlabeled: number }} state */
  show({ isGrid, unlabeled }) {
    const { queue } = this;
    this.notice.show({
      progress: queue.currentCounts(), isGrid, isSelection: Boolean(queue.selection), isBeyond: queue.beyond, isChecking: queue.checks, isEnough: queue.isEnough(),
      isPaused: this.isPaused, open: queue.open(), unlabeled, labeling: queue.labelingState, labeled: queue.labeled(),
    });
  }

  goOn() {
    this.isPaused = false;
    this.page.goOn();
  }

  /** @param {() => void} prepare says which samples the queue is to hold */
  startOver(prepare) {
    prepare();
    this.isPaused = false;
    this.page.startOver();
  }
}
