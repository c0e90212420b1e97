// @ts-check
/* Keeps the queue filled, and goes on by itself when the server is back. */

/** @import { Queue } from "./queue.js" */

const RETRY_DELAY = 2_000;

/**
 * The page around it.
 * @typedef {object} QueueLoaderHost
 * @property {() => boolean} isOneByOne whether samples are looked at one by one
 * @property {() => unknown} onLoaded samples have come, or there are none
 * @property {(reason: unknown) => void} onAway the server does not answer
 */

export class QueueLoader {
  /** @type {object | null} what was asked for last, while it has not come */
  loading = null;
  isAway = false;
  isStopped = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  retry = undefined;

  /**
   * @param {object} options
   * @param {Queue} options.queue
   * @param {QueueLoaderHost} options.page
   */
  constructor({ queue, page }) {
    this.queue = queue;
    this.page = page;
  }

  async load() {
    clearTimeout(this.retry);
    const ticket = (this.loading = {});
    try {
      const take = await this.queue.fetchMore();
      if (ticket !== this.loading || this.isStopped) return;
      this.loading = null;
      this.isAway = false;
      take();
    } catch (reason) {
      if (ticket !== this.loading || this.isStopped) return;
      this.loading = null;
      this.onAway(reason, () => this.load());
      return;
    }
    await this.page.onLoaded();
    this.refill();
  }

  refill() {
    if (this.page.isOneByOne() && !this.loading && !this.isAway && this.queue.current && this.queue.runsLow()) this.load();
  }

  /* Samples are open, but the server has just had none of them to give. */
  loadLater() {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.load(), RETRY_DELAY);
  }

  /**
   * @param {unknown} reason
   * @param {() => void} again
   */
  onAway(reason, again) {
    this.isAway = true;
    this.page.onAway(reason);
    clearTimeout(this.retry);
    this.retry = setTimeout(() => {
      this.isAway = false;
      again();
    }, RETRY_DELAY);
  }

  /* It has answered something else. */
  onBack() {
    this.isAway = false;
  }

  stop() {
    this.isStopped = true;
    clearTimeout(this.retry);
  }
}
