// @ts-check
/* What stands in the place of the work while there is none: it comes, there is none left, or the server does not answer. */

/** @import { QueueState, NextStepName } from "./progress_words.js" */

import { button, el, keyButton, setText } from "../../shared/browser/elements.js";
import { count } from "../../shared/browser/words.js";
import { endWords } from "./progress_words.js";

export function skeleton() {
  const lines = [60, 72, 48, 88, 88, 56].map((width) => el("i", { class: "skeleton-line", style: { width: `${width}%` } }));
  return el("div", { class: "skeleton", role: "status", "aria-label": "loading the queue" }, el("div", { class: "frame" }), el("div", { class: "skeleton-lines" }, ...lines));
}

/* The end of the queue, with what can be done next. */
export class EndNotice {
  /** @param {Record<NextStepName, () => void>} act */
  constructor(act) {
    this.act = act;
    this.offered = "";
    /** @type {NextStepName[]} */
    this.names = [];
    this.title = el("h2");
    this.words = el("p");
    this.nextSteps = el("div", { class: "next-steps" });
    this.node = el("div", { class: "notice empty" }, this.title, this.words, this.nextSteps);
  }

  /** @param {QueueState} state */
  show(state) {
    const { title, words, nextSteps } = endWords(state);
    this.node.dataset.enough = String(state.isEnough);
    setText(this.title, title);
    setText(this.words, words);
    const wanted = JSON.stringify(nextSteps);
    if (wanted === this.offered) return;
    this.offered = wanted;
    this.names = nextSteps.map(([name]) => name);
    this.nextSteps.replaceChildren(...nextSteps.map(([name, text], index) => {
      const look = { class: index === 0 ? "key-button next" : "key-button", "data-step": name, on: { click: () => this.act[name]() } };
      return name === "check" ? keyButton("C", text, look.on.click, look) : button({ ...look, text });
    }));
  }

  /** @param {NextStepName} name */
  offers(name) {
    return this.names.includes(name);
  }
}

export class UnreachableNotice {
  /** @param {() => void} onAgain */
  constructor(onAgain) {
    this.words = el("p");
    this.node = el("div", { class: "notice unreachable", role: "alert" }, el("h2", { text: "The server does not answer" }), this.words,
      button({ class: "key-button", text: "Try again now", "data-act": "again", on: { click: onAgain } }));
  }

  /** @param {number} waiting decisions */
  show(waiting) {
    setText(this.words, waiting > 0
      ? `Nothing is lost: ${count(waiting)} ${waiting === 1 ? "decision is" : "decisions are"} kept in this browser and sent as soon as it answers.`
      : "Nothing is lost. The queue comes back as soon as it answers.");
  }
}
