// @ts-check
/* How far a heatmap changes, against how far the picture may: random changes beside an attack, the strength on screen marked. */

/** @import { HeatmapChange, Strengths } from "../../payloads.d.ts" */

import { el, setText, shape } from "../../shared/browser/elements.js";
import { extentOf, placeIn } from "./scale.js";

const [WIDTH, HEIGHT, EDGE] = [240, 96, 6];

/** @typedef {{ measure: keyof HeatmapChange, title: string, write: (value: number) => string }} PlotKind of numbers that a plot shows */

/** @type {PlotKind[]} */
const PLOTS = [
  { measure: "topK", title: "top pixels that stay", write: (value) => `${Math.round(100 * value)} %` },
  { measure: "correlation", title: "rank correlation", write: (value) => value.toFixed(2) },
  { measure: "shift", title: "center moved by", write: (value) => `${value.toFixed(1)} px` },
];

export class StrengthPlots {
  constructor() {
    this.plots = PLOTS.map((kind) => new Plot(kind));
    this.legend = el("p", { class: "quiet legend" });
    this.node = el("div", { class: "lines" }, el("div", { class: "plots" }, ...this.plots.map((plot) => plot.node)), this.legend);
  }

  /**
   * @param {Strengths} strengths
   * @param {number} chosen place of the strength on screen
   * @param {Record<string, string>} names of the kinds of change
   */
  show({ eps, lines }, chosen, names) {
    const entries = Object.entries(lines);
    /** @param {string} kind */
    const key = (kind) => el("span", { class: `key ${kind === "random" ? kind : "attack"}`, "aria-hidden": "true" });
    this.legend.replaceChildren(...entries.flatMap(([kind]) => [key(kind), el("span", { text: names[kind] })]),
      el("span", { text: "Along: the largest change of a value, of 255." }));
    for (const plot of this.plots) plot.show(eps, entries, chosen, names);
  }
}

class Plot {
  /** @param {PlotKind} kind */
  constructor({ measure, title, write }) {
    this.measure = measure;
    this.title = title;
    this.write = write;
    this.svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
    this.high = el("span", { class: "quiet" });
    this.low = el("span", { class: "quiet" });
    this.axis = el("div", { class: "axis quiet", "aria-hidden": "true" });
    this.node = el("figure", { class: "line" }, el("figcaption", { class: "quiet", text: title }),
      el("div", { class: "plot" }, el("div", { class: "scale", "aria-hidden": "true" }, this.high, this.low), this.svg), this.axis);
  }

  /**
   * @param {readonly number[]} eps
   * @param {readonly [kind: string, line: readonly (HeatmapChange | null)[]][]} entries
   * @param {number} chosen
   * @param {Record<string, string>} names
   */
  show(eps, entries, chosen, names) {
    const lines = entries.map(([kind, line]) => ({ kind, values: line.map((one) => one?.[this.measure] ?? null) }));
    const { low, high } = extentOf(lines.flatMap(({ values }) => values), this.measure === "shift");
    /** @param {number} place */
    const x = (place) => placeIn(place, { low: 0, high: eps.length - 1 }, EDGE, WIDTH - EDGE);
    const mark = shape("line", { class: "mark", x1: x(chosen), x2: x(chosen), y1: 0, y2: HEIGHT });
    const parts = lines.flatMap(({ kind, values }) => {
      const points = values.flatMap((value, place) => (value === null ? [] : [[x(place), placeIn(value, { low, high }, HEIGHT - EDGE, EDGE)]]));
      const own = kind === "random" ? kind : "attack";
      // A line of no length with round ends is a dot that no stretching bends.
      return [shape("polyline", { class: own, points: points.map((point) => point.join()).join(" ") }),
        ...points.map(([left, top]) => shape("path", { class: `dot ${own}`, d: `M${left} ${top}h0` }))];
    });
    this.svg.replaceChildren(mark, ...parts);
    setText(this.high, this.write(high));
    setText(this.low, this.write(low));
    this.axis.replaceChildren(...eps.map((one, place) => el("span", { class: place === chosen ? "now" : "", text: String(one) })));
    const words = lines.map(({ kind, values }) => `${names[kind]}: ${values.map((value, place) => `${value === null ? "not known" : this.write(value)} at ${eps[place]}`).join(", ")}`);
    this.svg.setAttribute("aria-label", `${this.title}. ${words.join(". ")}`);
  }
}
