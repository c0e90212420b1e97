// @ts-check
/* How far the review is, wherever that is shown: in the header, in the last decisions, and in the menu, which gets its counts from here. */

/** @import { ClassEntry, ReviewData } from "../../payloads.d.ts" */
/** @import { Outbox } from "../../shared/browser/outbox.js" */
/** @import { BatchStrip } from "./batch_strip.js" */
/** @import { Header } from "./header.js" */
/** @import { HistoryStrip } from "./history_strip.js" */
/** @import { Navigation } from "./navigation.js" */
/** @import { Queue } from "./queue.js" */

import { publishCounts } from "../../shared/browser/review_counts.js";
import { nextBatchWords } from "./progress_words.js";

/**
 * The page around it.
 * @typedef {object} ProgressHost
 * @property {() => readonly ClassEntry[]} classes
 * @property {() => boolean} isAway whether the server does not answer
 */

export class ProgressDisplay {
  isDescribing = false;

  /**
   * @param {object} options
   * @param {ReviewData["kind"]} options.kind
   * @param {Queue} options.queue
   * @param {Outbox} options.outbox
   * @param {Navigation} options.navigation
   * @param {Header} options.header
   * @param {HistoryStrip} options.history
   * @param {BatchStrip | null} options.batch the one that is labeled; null: suspect labels are reviewed
   * @param {ProgressHost} options.page
   */
  constructor({ kind, queue, outbox, navigation, header, history, batch, page }) {
    this.kind = kind;
    this.queue = queue;
    this.outbox = outbox;
    this.navigation = navigation;
    this.header = header;
    this.history = history;
    this.batch = batch;
    this.page = page;
  }

  show() {
    this.showHeader();
    this.showHistory();
  }

  showHeader() {
    const { queue } = this;
    const progress = queue.currentCounts();
    if (progress) {
      const undoable = queue.currentDecisions().length > 0;
      if (queue.labeling) this.showLabeling(undoable);
      else this.header.showProgress(progress, undoable, this.further());
      const { open, decided, skipped, relabeled, excluded, given = 0 } = progress;
      const counts = { review: open, export: relabeled + excluded + given };
      if (!queue.labeling) publishCounts({ decided, open, skipped, counts });
      else publishCounts({ decided, open, skipped, labeled: queue.labeled(), counts: { ...counts, export: counts.export + queue.labelsOnTheirWay(), "label-next": queue.unlabeled() } });
    }
    this.showConnection();
  }

  /** @param {boolean} undoable */
  showLabeling(undoable) {
    const { labelingState, order } = this.queue;
    const batch = this.queue.batch();
    const size = labelingState?.size ?? 0;
    const left = batch.length > 0 ? batch.filter(({ made }) => !made).length : Math.min(order.length, labelingState?.left ?? 0);
    this.header.showLabeling({ labeled: this.queue.labeled(), left, size, next: { state: labelingState?.next ?? "later", words: nextBatchWords(labelingState) }, undoable });
  }

  /* Which samples that are no suspects are on screen too, by request. */
  further() {
    const { selection, checks, beyond } = this.queue;
    if (selection) return "";
    return checks ? "random checks" : beyond ? "beyond the suspects" : "";
  }

  showConnection() {
    this.header.showConnection(this.outbox.waiting.length, this.page.isAway(), this.outbox.isPersistent);
  }

  showHistory() {
    if (this.batch) {
      this.batch.show(this.queue.batch(), this.navigation.current()?.row, this.page.classes());
      return;
    }
    const made = this.queue.recent();
    this.history.show(made, this.navigation.viewed?.row, this.page.classes());
    this.history.showRefit(this.queue.refit);
    const unknown = this.kind === "values" || this.kind === "text" ? made.filter((one) => !this.queue.cards.has(one.row)) : [];
    if (unknown.length > 0 && !this.isDescribing) this.describe(unknown.map((one) => one.row));
  }

  /**
   * What was decided before this page was opened is known by name only.
   * @param {readonly number[]} rows
   */
  async describe(rows) {
    this.isDescribing = true;
    try {
      await this.queue.cardsOf(rows);
      this.showHistory();
    } catch (reason) {
      console.warn("margin: the last decisions are shown by name only.", reason);
    }
    this.isDescribing = false;
  }
}
