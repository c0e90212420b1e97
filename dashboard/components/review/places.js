/* What stands in the place of the work while there is none: it comes, there is none left, or the server does not answer. */

import { button, el, setText } from "../shared/elements.js";
import { count } from "../shared/words.js";

export function skeleton() {
  const bones = [60, 72, 48, 88, 88, 56].map((width) => el("i", { class: "bone", style: { width: `${width}%` } }));
  return el("div", { class: "skeleton", "aria-label": "loading the queue" }, el("div", { class: "frame" }), el("div", { class: "bones" }, ...bones));
}

export class Empty {
  constructor(onAgain) {
    this.title = el("h2");
    this.words = el("p");
    this.node = el("div", { class: "notice empty" }, this.title, this.words,
      button({ class: "key-button", text: "look for new suspects", on: { click: onAgain } }));
  }

  show({ progress, isGrid, isSelection, open }) {
    const [title, words] = emptyWords(progress, isGrid && open > 0, isSelection);
    setText(this.title, title);
    setText(this.words, words);
  }
}

function emptyWords(progress, hasOthers, isSelection) {
  if (hasOthers) return ["No group to decide at once", "The suspects that are left share no suggestion. Press G to look at them one by one."];
  if (progress && progress.decided > 0) {
    return ["Every suspect is decided",
      `${count(progress.relabelled)} relabelled, ${count(progress.kept)} kept, ${count(progress.excluded)} excluded, ${count(progress.skipped)} skipped. Export the corrections, or look again at the last decisions below.`];
  }
  return ["No suspect labels here", isSelection
    ? "None of the selected samples is suspect. Select others on the map, or review the whole queue."
    : "Every label agrees with its neighbourhood. Look at the map or at odd samples next."];
}

export class Unreachable {
  constructor(onAgain) {
    this.words = el("p");
    this.node = el("div", { class: "notice unreachable", role: "alert" }, el("h2", { text: "The server does not answer" }), this.words,
      button({ class: "key-button", text: "try again now", on: { click: onAgain } }));
  }

  show(waiting) {
    setText(this.words, waiting > 0
      ? `Nothing is lost: ${count(waiting)} ${waiting === 1 ? "decision is" : "decisions are"} kept in this browser and sent as soon as it answers.`
      : "Nothing is lost. The queue comes back as soon as it answers.");
  }
}
