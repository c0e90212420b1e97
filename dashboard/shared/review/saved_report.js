// @ts-check
/* Python learns that decisions were saved once no more follow, so that its counts are right without a rerun per key. */

/** @import { Outbox } from "../../shared/browser/outbox.js" */
/** @import { Queue } from "./queue.js" */

const DELAY = 1_500;

export class SavedReport {
  /** The version of the decisions that Python got last. */
  reported = -1;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer = undefined;

  /**
   * @param {object} options
   * @param {Queue} options.queue
   * @param {Outbox} options.outbox
   * @param {(version: number) => void} options.onSaved all decisions up to a version are recorded, and Python does not know yet
   */
  constructor({ queue, outbox, onSaved }) {
    this.queue = queue;
    this.outbox = outbox;
    this.onSaved = onSaved;
  }

  schedule() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const { version } = this.queue;
      if (this.outbox.waiting.length > 0 || version === this.reported) return;
      this.reported = version;
      this.onSaved(version);
    }, DELAY);
  }

  stop() {
    clearTimeout(this.timer);
  }
}
