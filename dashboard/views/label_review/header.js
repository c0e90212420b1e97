/* How far the review is, and whether all of it is safe. */

import { el, keyButton, setText } from "../../shared/browser/elements.js";
import { count } from "../../shared/browser/words.js";

export class Header {
  constructor({ onUndo, onMode, onHelp }) {
    this.suspects = el("h1", { text: "suspects" });
    this.decided = el("span");
    this.relabelled = el("span", { class: "relabelled" });
    this.left = el("span", { class: "remaining", hidden: true, title: "Wrong labels left at most, 95 % sure: from random checks mixed into this queue. More under “How far to trust it”." });
    this.beyond = el("span", { class: "beyond", hidden: true });
    this.fill = el("span", { class: "fill" });
    this.meter = el("div", { class: "meter", role: "progressbar", "aria-label": "suspects decided", "aria-valuemin": "0" }, this.fill);
    this.words = el("span");
    this.connection = el("span", { class: "connection", role: "status" }, el("i", { "aria-hidden": "true" }), this.words);
    this.undo = keyButton("U", "undo", onUndo, { class: "key-button plain" });
    this.mode = keyButton("G", "grid", onMode, { class: "key-button plain" });
    this.node = el("header", { class: "head" },
      el("div", { class: "counts" }, this.suspects, this.decided, this.relabelled, this.left, this.beyond),
      this.meter, this.connection,
      el("div", { class: "tools" }, this.undo, this.mode, keyButton("?", "keys", onHelp, { class: "key-button plain" })));
  }

  showMode(mode) {
    setText(this.mode.querySelector(".words"), mode === "grid" ? "single" : "grid");
  }

  /* `further`: which samples that nobody suspects are on screen too, by request, in words. */
  showProgress(progress, undoable, further) {
    const { suspects, decided } = progress;
    const shown = further ? Math.max(0, suspects - decided) : suspects;
    setText(this.suspects, `${shown > 0 ? count(shown) : "no"} ${shown === 1 ? "suspect" : "suspects"}${further ? " left" : ""}`);
    this.node.classList.toggle("bare", suspects === 0);
    setText(this.decided, `${count(progress.decided)} decided`);
    setText(this.relabelled, `${count(progress.relabelled)} relabelled`);
    this.left.hidden = !(progress.left?.drawn > 0);
    setText(this.left, `${count(progress.left?.found ?? 0)} wrong found, at most ${count(progress.left?.most ?? 0)} left`);
    this.meter.setAttribute("aria-valuenow", progress.decided);
    this.meter.setAttribute("aria-valuemax", progress.suspects);
    this.fill.style.transform = `scaleX(${progress.suspects ? Math.min(1, progress.decided / progress.suspects) : 0})`;
    this.undo.disabled = !undoable;
    this.beyond.hidden = !further;
    setText(this.beyond, further);
  }

  /* The place of the meter is taken by what matters more, so that nothing below moves. */
  showConnection(waiting, away, lasting) {
    const state = away ? "trouble" : waiting > 0 ? "waiting" : "saved";
    this.connection.dataset.state = state;
    this.node.classList.toggle("away", away);
    const where = lasting ? "kept here, sent when it is back" : "kept in this tab: leave it open";
    const decisions = `${count(waiting)} ${waiting === 1 ? "decision" : "decisions"}`;
    const words = {
      trouble: waiting > 0 ? `Server away: ${decisions} ${where}` : "Server away: go on, decisions are kept here",
      waiting: `saving ${count(waiting)}`,
      saved: "saved",
    };
    setText(this.words, words[state]);
  }
}
