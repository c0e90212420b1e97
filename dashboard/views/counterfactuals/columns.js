// @ts-check
/* A row of a table on its way: each column with its value now, and how far it moves. */

/** @import { ClassEntry, Counterfactual, CounterfactualColumns } from "../../payloads.d.ts" */

import { el, setText } from "../../shared/browser/elements.js";
import { gapWords } from "./words.js";

/** @type {("difference" | "firstOrder" | "integrated")[]} */
const HEATMAPS = ["difference", "firstOrder", "integrated"];

export class ColumnTable {
  constructor() {
    /** @type {CounterfactualColumns | undefined} */
    this.columns = undefined;
    /** @type {HTMLElement[]} */
    this.cells = [];
    this.body = el("tbody", {});
    this.heads = HEATMAPS.map(() => el("th", { scope: "col" }));
    this.note = el("p", { class: "quiet" });
    this.node = el("div", { class: "columns" },
      el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col", text: "column" }), el("th", { scope: "col", class: "number", text: "sample" }), el("th", { scope: "col", class: "number", text: "on its way" }), ...this.heads)), this.body),
      this.note);
  }

  /**
   * @param {CounterfactualColumns} columns
   * @param {Counterfactual["gaps"]} gaps
   * @param {ClassEntry} start
   * @param {ClassEntry} end
   */
  show(columns, gaps, start, end) {
    this.columns = columns;
    const largest = HEATMAPS.map((name) => Math.max(...columns.heatmaps[name].map(Math.abs), Number.MIN_VALUE));
    [`sample − boundary: up to ${short(largest[0])} standard deviations`, `importance, first order: ${gapWords(gaps.firstOrder)}`, `importance, integrated: ${gapWords(gaps.integrated)}`].forEach((words, place) => setText(this.heads[place], words));
    this.cells = columns.names.map(() => el("td", { class: "number now" }));
    this.body.replaceChildren(...columns.names.map((name, place) => el("tr", {},
      el("th", { scope: "row", text: name, title: name }), el("td", { class: "number", text: columns.frames[0][place] }), this.cells[place],
      ...HEATMAPS.map((heatmap, number) => el("td", {}, signedBar(columns.heatmaps[heatmap][place], largest[number]))))));
    const more = columns.total - columns.names.length;
    setText(this.note, `Importance: orange supports ${start.name}, blue supports ${end.name}.${more > 0 ? ` ${more} more columns move less.` : ""}`);
  }

  /** @param {number} number of the frame */
  step(number) {
    const { columns } = this;
    columns?.frames[number].forEach((value, place) => {
      const cell = this.cells[place];
      setText(cell, value);
      const outside = columns.outside[number][place];
      cell.classList.toggle("outside", outside);
      cell.title = outside ? "outside the range of the data" : "";
    });
  }
}

/**
 * @param {number} value
 * @param {number} largest
 */
function signedBar(value, largest) {
  const share = Math.abs(value) / largest;
  return el("span", { class: "signed", role: "img", "aria-label": short(value), title: short(value) },
    el("i", { class: value < 0 ? "below" : "above", style: { width: `${50 * share}%` } }));
}

/** @param {number} value */
export function short(value) {
  return String(Number(value.toPrecision(4)));
}
