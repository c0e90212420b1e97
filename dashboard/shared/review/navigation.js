// @ts-check
/* Which sample is on screen: the next in turn, one that is looked at instead, or a neighbor. */

/** @import { ClassEntry, Neighbor, QueueCard } from "../../payloads.d.ts" */
/** @import { Queue } from "./queue.js" */
/** @import { SampleView } from "./sample_view.js" */

/**
 * The page around it.
 * @typedef {object} NavigationHost
 * @property {() => boolean} isOne whether one sample is on screen
 * @property {() => readonly ClassEntry[]} classes
 * @property {() => void} leaveGrid
 * @property {() => void} show what is on screen now
 * @property {() => void} refill the queue, if it runs low
 * @property {(reason: unknown) => void} onAway the server does not answer
 */

export class Navigation {
  /** @type {QueueCard | null} a sample that is looked at instead of the next in turn */
  viewed = null;
  /** @type {object | null} the sample that was asked for last, while it has not come */
  asked = null;

  /**
   * @param {object} options
   * @param {Queue} options.queue
   * @param {SampleView} options.sampleView
   * @param {NavigationHost} options.page
   */
  constructor({ queue, sampleView, page }) {
    this.queue = queue;
    this.sampleView = sampleView;
    this.page = page;
  }

  current() {
    return this.viewed ?? this.queue.current;
  }

  isAside() {
    return Boolean(this.asked || this.sampleView.neighbor || this.viewed);
  }

  comeBack() {
    if (!this.isAside()) return;
    if (!this.asked && !this.sampleView.neighbor) this.viewed = null;
    this.asked = null;
    this.page.show();
  }

  /**
   * Back from a look at it elsewhere.
   * @param {number} row
   */
  goTo(row) {
    const place = this.queue.order.findIndex((card) => card.row === row);
    if (place < 0) { this.visit(row); return; }
    this.asked = this.viewed = null;
    this.queue.position = place;
    this.page.show();
    this.page.refill();
  }

  /**
   * The server may take its time: its answer is shown only beside the sample that it was asked about, and not after Escape.
   * @param {Neighbor} neighbor
   */
  async lookAtNeighbor(neighbor) {
    const card = this.current();
    if (!card) return;
    const ticket = (this.asked = {});
    try {
      // Of a picture without columns, its row says everything.
      const shown = card.kind === "picture" && !card.others?.length ? { ...card, row: neighbor.row, id: neighbor.id } : await this.queue.card(neighbor.row);
      if (ticket !== this.asked || !this.page.isOne() || this.current()?.row !== card.row) return;
      this.sampleView.showNeighbor(neighbor, shown, this.page.classes());
    } catch (reason) {
      this.page.onAway(reason);
    } finally {
      if (ticket === this.asked) this.asked = null;
    }
  }

  /** @param {number} row */
  async visit(row) {
    const ticket = (this.asked = {});
    try {
      const card = await this.queue.card(row);
      if (ticket !== this.asked) return;
      this.asked = null;
      this.page.leaveGrid();
      this.viewed = this.queue.current?.row === row ? null : card;
      this.sampleView.forget();
      this.page.show();
    } catch (reason) {
      if (ticket === this.asked) this.asked = null;
      this.page.onAway(reason);
    }
  }

  /** @param {number} by */
  step(by) {
    const made = this.queue.recent();
    const { viewed } = this;
    const at = viewed ? made.findIndex((one) => one.row === viewed.row) : -1;
    if (viewed) {
      if (by > 0 && at <= 0) this.viewed = null;
      else if (made[at - by]) { this.visit(made[at - by].row); return; }
    } else if (by < 0 && this.queue.position === 0) {
      if (made.length > 0) this.visit(made[0].row);
      return;
    } else {
      this.queue.step(by);
    }
    this.page.show();
    this.page.refill();
  }

  showSteps() {
    this.sampleView.showSteps(this.queue.position === 0 && !this.viewed && this.queue.recent().length === 0,
      !this.viewed && this.queue.position + 1 >= this.queue.order.length);
  }
}
