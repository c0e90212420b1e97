// @ts-check
/* A heatmap that is no picture's: the words of a text, read as they stand, or the columns of a row, the most important first. */

/** @import { PlaceNames } from "../../payloads.d.ts" */

import { el, setText } from "../../shared/browser/elements.js";
import { count } from "../../shared/browser/words.js";
import { orderOf } from "./weights.js";

export class PlaceWeights {
  /** @param {(place: number) => void} onPart */
  constructor(onPart) {
    this.onPart = onPart;
    /** @type {readonly number[]} */
    this.weights = [];
    /** @type {readonly number[]} */
    this.order = [];
    this.body = el("div", { class: "weights", role: "group", tabindex: "0" });
    this.more = el("p", { class: "quiet", hidden: true });
    this.node = el("div", { class: "places", hidden: true }, this.body, this.more);
    /** @type {Map<number, HTMLElement>} */
    this.nodes = new Map();
  }

  /**
   * @param {PlaceNames} content
   * @param {readonly number[]} weights
   * @param {boolean} isDifference
   */
  show(content, weights, isDifference) {
    const { words, is_apart: apart = [], names = [], values = [] } = content;
    this.weights = weights;
    this.order = orderOf(content, weights);
    this.nodes = new Map(this.order.map((place) => [place, words ? this.word(words[place], place) : this.column(names[place], values[place], place, isDifference)]));
    this.body.classList.toggle("running", Boolean(words));
    this.body.setAttribute("aria-label", words ? "the words, by how much each counts" : "the columns, by how much each counts");
    // Words are set apart by white space where the text has it, so that they are copied and read aloud as a text.
    if (words) this.body.replaceChildren(...[...this.nodes].flatMap(([place, node]) => apart[place] ? [" ", node] : [node]));
    else this.body.replaceChildren(head(isDifference), ...this.nodes.values());
    const left = weights.length - this.order.length;
    this.more.hidden = left === 0;
    if (left > 0) setText(this.more, `${count(left)} more ${left === 1 ? "column counts" : "columns count"} less. All are in the arrays.`);
    this.node.hidden = false;
  }

  /** @param {number | null} part */
  choose(part) {
    for (const [place, node] of this.nodes) node.classList.toggle("chosen", place === part);
  }

  /**
   * @param {string} text
   * @param {number} place
   */
  word(text, place) {
    const weight = this.weights[place];
    return el("span", { class: `word ${weight < 0 ? "below" : "above"}`, text, title: weight.toFixed(2), style: { "--share": Math.min(Math.abs(weight), 1).toFixed(2) }, on: { click: () => this.onPart(place) } });
  }

  /**
   * @param {string} name
   * @param {string} value
   * @param {number} place
   * @param {boolean} isDifference
   */
  column(name, value, place, isDifference) {
    const weight = this.weights[place];
    const bar = el("i", { class: weight < 0 ? "below" : "above", style: { width: `${Math.abs(weight) * (isDifference ? 50 : 100)}%` } });
    return el("div", { class: `weight${isDifference ? " signed" : ""}`, on: { click: () => this.onPart(place) } },
      el("span", { class: "name", text: name, title: name }), el("span", { class: "number quiet", text: value }),
      el("span", { class: "track" }, bar), el("span", { class: "number", text: weight.toFixed(2) }));
  }
}

/** @param {boolean} isDifference */
function head(isDifference) {
  return el("div", { class: "weight head" }, el("span", { class: "quiet", text: "column" }), el("span", { class: "number quiet", text: "value" }),
    el("span", { class: "quiet", text: isDifference ? "counts for either class" : "how much it counts" }), el("span"));
}
