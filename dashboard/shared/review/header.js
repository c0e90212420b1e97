// @ts-check
/* How far the review is, and whether all of it is safe. */

/** @import { QueueProgress } from "../../payloads.d.ts" */

import { el, keyButton, setText, wordsOf } from "../../shared/browser/elements.js";
import { count } from "../../shared/browser/words.js";
import { connectionWords, suspectsWords } from "./progress_words.js";

export class Header {
  /** @param {{ onUndo: () => void, onMode: () => void, onHelp: () => void }} options */
  constructor({ onUndo, onMode, onHelp }) {
    this.suspects = el("h1", { text: "suspects" });
    this.decided = el("span");
    this.relabeled = el("span", { class: "relabeled" });
    this.skipped = el("span", { hidden: true });
    this.nextBatch = el("span", { class: "next-batch", role: "status", hidden: true });
    this.left = el("span", { class: "remaining", hidden: true, title: "How many wrong labels are left at most (95 % confidence) follows from random checks mixed into this queue, once there are enough. More on the page “Label error estimate”." });
    this.beyond = el("span", { class: "beyond", hidden: true });
    this.fill = el("span", { class: "fill" });
    this.meter = el("div", { class: "meter", role: "progressbar", "aria-label": "suspects decided", "aria-valuemin": "0" }, this.fill);
    this.words = el("span");
    this.connection = el("span", { class: "connection", role: "status" }, el("i", { "aria-hidden": "true" }), this.words);
    this.undo = keyButton("U", "Undo", onUndo, { class: "key-button plain" });
    this.mode = keyButton("G", "Grid", onMode, { class: "key-button plain" });
    this.node = el("header", { class: "head" },
      el("div", { class: "counts" }, this.suspects, this.decided, this.relabeled, this.skipped, this.left, this.beyond, this.nextBatch),
      this.meter, this.connection,
      el("div", { class: "tools" }, this.undo, this.mode, keyButton("?", "Keys", onHelp, { class: "key-button plain" })));
  }

  /** @param {"one" | "grid"} mode */
  showMode(mode) {
    setText(wordsOf(this.mode), mode === "grid" ? "Single" : "Grid");
  }

  /**
   * @param {QueueProgress} progress
   * @param {boolean} undoable
   * @param {string} further which samples that are no suspects are on screen too, by request
   */
  showProgress(progress, undoable, further) {
    const { open, decided, relabeled, skipped, remaining: left } = progress;
    const all = open + decided + skipped;
    setText(this.suspects, suspectsWords(open));
    this.node.classList.toggle("bare", all === 0);
    setText(this.decided, `${count(decided)} decided`);
    setText(this.relabeled, `${count(relabeled)} relabeled`);
    setText(this.skipped, skipped > 0 ? `${count(skipped)} skipped` : "");
    this.skipped.hidden = skipped === 0;
    this.left.hidden = !left || (left.sampled === 0 && left.found === 0);
    setText(this.left, left ? `${count(left.found)} wrong found${left.informative ? `, at most ${count(left.upper)} left` : ""}` : "");
    this.meter.setAttribute("aria-valuenow", String(decided));
    this.meter.setAttribute("aria-valuemax", String(all));
    this.fill.style.transform = `scaleX(${all ? decided / all : 0})`;
    this.undo.disabled = !undoable;
    this.beyond.hidden = !further;
    setText(this.beyond, further);
  }

  /**
   * @param {object} now
   * @param {number} now.labeled samples with a label
   * @param {number} now.left of the batch
   * @param {number} now.size of the batch
   * @param {{ state: string, words: string }} now.next how far the batch after it is
   * @param {boolean} now.undoable
   */
  showLabeling({ labeled, left, size, next, undoable }) {
    setText(this.suspects, `${count(labeled)} labeled`);
    setText(this.decided, size > 0 ? `${count(left)} of ${count(size)} left in this batch` : "");
    this.decided.hidden = size === 0;
    for (const one of [this.relabeled, this.skipped, this.left, this.beyond]) one.hidden = true;
    setText(this.nextBatch, next.words);
    this.nextBatch.dataset.next = next.state;
    this.nextBatch.hidden = !next.words;
    this.mode.hidden = true;
    this.meter.setAttribute("aria-label", "labeled of this batch");
    this.meter.setAttribute("aria-valuenow", String(size - left));
    this.meter.setAttribute("aria-valuemax", String(size));
    this.fill.style.transform = `scaleX(${size ? (size - left) / size : 0})`;
    this.undo.disabled = !undoable;
  }

  /**
   * The place of the meter is taken by what matters more, so that nothing below moves.
   * @param {number} waiting decisions
   * @param {boolean} away
   * @param {boolean} isPersistent
   */
  showConnection(waiting, away, isPersistent) {
    this.connection.dataset.state = away ? "error" : waiting > 0 ? "waiting" : "saved";
    this.node.classList.toggle("away", away);
    setText(this.words, connectionWords(waiting, away, isPersistent));
  }
}
