// @ts-check
/* The list of keys. */

import { button, el } from "../../shared/browser/elements.js";

const ONE_BY_ONE = [
  ["Enter", "relabel a suspect to the suggested class; any other label takes R or K"],
  ["R", "relabel to the suggested class"],
  ["K", "keep the given label"],
  ["1 – 9, 0", "relabel to the class beside the key"],
  ["/", "type the class"],
  ["S", "skip for now"],
  ["X", "exclude the sample from the data set"],
  ["N", "write a note that goes with the decision"],
  ["W", "why: sources of evidence, voting neighbors, similar decisions"],
  ["V", "saliency of the sample; V again comes back"],
  ["U or Backspace", "undo the last decision, or the last group"],
  ["→", "look at the next sample without deciding"],
  ["←", "look at the previous sample; before the first, at the last decisions"],
  ["Z", "zoom into a picture: 2 times, 4 times, all of it (or the wheel)"],
  ["G", "grid: decide about a group that shares a suggestion"],
  ["C", "after the last suspect: check some labels at random"],
  ["Esc", "come back to the sample"],
  ["?", "this list"],
];

const LABELING = [
  ["1 – 9, 0", "give the label beside the key"],
  ["/", "type the class"],
  ["Enter", "give the predicted label, once there is one"],
  ["S", "skip for now"],
  ["X", "exclude the sample from the data set"],
  ["N", "write a note that goes with the label"],
  ["U or Backspace", "undo the last label"],
  ["→", "look at the next sample without labeling"],
  ["←", "look at the previous sample; before the first, at the last labels"],
  ["Tab, Enter", "go to a sample of the batch (or click it)"],
  ["Z", "zoom into a picture: 2 times, 4 times, all of it (or the wheel)"],
  ["Esc", "come back to the sample"],
  ["?", "this list"],
];

const GRID = [
  ["Enter", "relabel all that are not left out"],
  ["K", "keep all that are not left out"],
  ["Space", "leave one out, or take it back in (or click)"],
  ["arrows", "move among the samples"],
  ["N, P", "next group, previous group"],
  ["U or Backspace", "undo the whole group"],
  ["G or Esc", "back to one sample at a time"],
];

/**
 * @param {boolean} hasSaliency whether heatmaps of the samples can be computed
 * @param {boolean} [isLabeling] whether samples without a label are labeled
 */
export function helpDialog(hasSaliency, isLabeling = false) {
  const keys = isLabeling ? LABELING : ONE_BY_ONE.filter(([key]) => key !== "V" || hasSaliency);
  const node = el("dialog", { class: "help", "aria-labelledby": "help-title" },
    el("div", { class: "help-head" }, el("h2", { id: "help-title", text: "Keys" }), button({ class: "key-button", on: { click: () => node.close() } }, el("kbd", { text: "Esc" }), el("span", { text: "Close" }))),
    el("div", { class: "help-body" }, el("div", {}, el("h3", { text: isLabeling ? "labeling" : "one by one" }), table(keys)),
      isLabeling ? null : el("div", {}, el("h3", { text: "grid" }), table(GRID))));
  node.addEventListener("click", (event) => { if (event.target === node) node.close(); });
  return node;
}

/** @param {string[][]} rows keys, and what they do */
function table(rows) {
  const body = el("tbody");
  for (const [keys, words] of rows) body.append(el("tr", {}, el("th", { scope: "row" }, el("kbd", { text: keys })), el("td", { text: words })));
  return el("table", {}, body);
}
