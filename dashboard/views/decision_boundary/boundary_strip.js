// @ts-check
/* The samples between two classes in a row, from the one class to the other. */

/** @import { BoundaryData, BoundarySample } from "../../payloads.d.ts" */
/** @import { Pair } from "./words.js" */

import { button, el, setText } from "../../shared/browser/elements.js";
import { moveInRow } from "../../shared/browser/keyboard.js";
import { Miniature } from "../../shared/browser/pictures.js";
import { classOf } from "../../shared/browser/words.js";
import { itemWords, marginWords, pairName } from "./words.js";

/** @typedef {ReturnType<typeof newItem>} Item */

export class BoundaryStrip {
  /** @type {Item[]} */
  items = [];
  node = el("div", { class: "samples", role: "listbox", "aria-orientation": "horizontal", on: {
    keydown: (event) => moveInRow(event, this.items.map((item) => item.node).filter((node) => !node.hidden)), scroll: () => this.markEdges(),
  } });

  /** @param {(row: number) => void} onPick */
  constructor(onPick) {
    this.onPick = onPick;
  }

  /**
   * @param {readonly BoundarySample[]} samples in their order
   * @param {BoundaryData} data
   * @param {Pair} pair
   * @param {number | undefined} mostUncertain the row that Tab reaches while none is marked
   */
  show(samples, data, pair, mostUncertain) {
    this.node.classList.toggle("of-excerpts", data.kind !== "picture");
    this.node.setAttribute("aria-label", `samples between ${pairName(data.classes, pair)}, from the first to the second`);
    while (this.items.length < samples.length) this.addItem(data.kind);
    const chosen = samples.findIndex((sample) => sample.row === data.selected);
    const reached = chosen >= 0 ? chosen : samples.findIndex((sample) => sample.row === mostUncertain);
    const border = samples.findIndex((sample) => sample.margin < 0);
    this.items.forEach((item, place) => {
      const sample = samples[place];
      item.node.hidden = !sample;
      item.sample = sample;
      item.node.tabIndex = place === Math.max(0, reached) ? 0 : -1;
      if (!sample) return;
      this.showItem(item, sample, data, pair);
      item.node.classList.toggle("border", place === border);
      item.node.setAttribute("aria-selected", String(place === chosen));
    });
    this.markEdges();
  }

  /**
   * @param {Item} item
   * @param {BoundarySample} sample
   * @param {BoundaryData} data
   * @param {Pair} pair
   */
  showItem(item, sample, { study, classes }, pair) {
    const words = itemWords(classes, pair, sample);
    item.miniature.show(study, sample, { given: classOf(classes, pair[0]).name, suggested: classOf(classes, pair[1]).name });
    setText(item.lean, marginWords(classes, pair, sample));
    item.mark.hidden = !sample.wrong;
    setText(item.given, sample.wrong ? `labeled ${classOf(classes, sample.given).name}` : "");
    item.node.classList.toggle("wrong", sample.wrong);
    item.node.setAttribute("aria-label", words);
    item.node.title = words;
  }

  /** @param {BoundaryData["kind"]} kind */
  addItem(kind) {
    const item = newItem(kind, () => { if (item.sample) this.onPick(item.sample.row); });
    this.items.push(item);
    this.node.append(item.node);
  }

  /* What goes on beyond an edge fades out there. */
  markEdges() {
    const { scrollLeft, scrollWidth, clientWidth } = this.node;
    this.node.classList.toggle("more-before", scrollLeft > 1);
    this.node.classList.toggle("more-after", scrollLeft + clientWidth < scrollWidth - 1);
  }

  /**
   * Bring the line between the classes to the middle, or a sample where all lie on one side of it.
   * @param {number | undefined} row
   */
  center(row) {
    const shown = this.items.filter((item) => !item.node.hidden);
    const border = shown.find((item) => item.node.classList.contains("border"));
    const at = border ?? shown.find((item) => item.sample?.row === row);
    if (!at) return;
    const [strip, item] = [this.node.getBoundingClientRect(), at.node.getBoundingClientRect()];
    const middle = border ? item.left : item.left + item.width / 2;
    this.node.scrollLeft += middle - (strip.left + strip.width / 2);
  }
}

/**
 * @param {BoundaryData["kind"]} kind
 * @param {() => void} onPick
 */
function newItem(kind, onPick) {
  const miniature = new Miniature(kind);
  if (miniature.image) miniature.image.loading = "lazy";
  const [lean, given] = [el("span", { class: "under" }), el("span", { class: "under given" })];
  const mark = el("span", { class: "mark", "aria-hidden": "true", text: "×", hidden: true });
  const node = button({ class: "item", role: "option", on: { click: onPick } }, miniature.node, mark, lean, given);
  return { miniature, lean, given, mark, node, sample: /** @type {BoundarySample | undefined} */ (undefined) };
}
