/* A row of a table on its way: each column with its value now, and how far it moves. */

import { el, setText } from "../../shared/browser/elements.js";
import { gapWords } from "./badges.js";

const MAPS = ["difference", "first_order", "integrated"];

export class ColumnTable {
  constructor() {
    this.body = el("tbody", {});
    this.heads = MAPS.map(() => el("th", { scope: "col" }));
    this.note = el("p", { class: "quiet" });
    this.node = el("div", { class: "columns" },
      el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col", text: "column" }), el("th", { scope: "col", class: "number", text: "sample" }), el("th", { scope: "col", class: "number", text: "on its way" }), ...this.heads)), this.body),
      this.note);
  }

  show(walk, start, end) {
    const { columns, gaps } = walk;
    this.columns = columns;
    const largest = Object.fromEntries(MAPS.map((name) => [name, Math.max(...columns.maps[name].map(Math.abs), Number.MIN_VALUE)]));
    [`sample − boundary: up to ${short(largest.difference)} standard deviations`, `importance, first order: ${gapWords(gaps.first_order)}`, `importance, integrated: ${gapWords(gaps.integrated)}`].forEach((words, place) => setText(this.heads[place], words));
    this.cells = columns.names.map(() => el("td", { class: "number now" }));
    this.body.replaceChildren(...columns.names.map((name, place) => el("tr", {},
      el("th", { scope: "row", text: name, title: name }), el("td", { class: "number", text: short(columns.frames[0][place]) }), this.cells[place],
      ...MAPS.map((map) => el("td", {}, signedBar(columns.maps[map][place], largest[map]))))));
    const more = columns.total - columns.names.length;
    setText(this.note, `Importance: orange speaks for ${start.name}, blue for ${end.name}.${more > 0 ? ` ${more} more columns move less.` : ""}`);
  }

  step(number) {
    this.columns.frames[number].forEach((value, place) => {
      const cell = this.cells[place];
      setText(cell, short(value));
      const outside = value < this.columns.low[place] || value > this.columns.high[place];
      cell.classList.toggle("outside", outside);
      cell.title = outside ? "outside the range of the data" : "";
    });
  }
}

function signedBar(value, largest) {
  const share = Math.abs(value) / largest;
  return el("span", { class: "signed", role: "img", "aria-label": short(value), title: short(value) },
    el("i", { class: value < 0 ? "below" : "above", style: { width: `${50 * share}%` } }));
}

function short(value) {
  return String(Number(value.toPrecision(4)));
}
