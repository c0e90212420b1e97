// @ts-check
/* Where samples lie between two classes: a dot each, a cross where the model contradicts the label. */

/** @import { BoundarySample } from "../../payloads.d.ts" */

import { el, shape } from "../../shared/browser/elements.js";
import { placeOnAxis } from "./geometry.js";

export class Axis {
  constructor() {
    this.dots = el("div", { class: "dots", "aria-hidden": "true" });
    this.ends = [el("span"), el("span", { class: "quiet", text: "uncertain" }), el("span")];
    this.node = el("div", { class: "axis" }, this.dots, el("div", { class: "ends" }, ...this.ends));
  }

  /**
   * @param {readonly BoundarySample[]} samples
   * @param {readonly string[]} names of the two classes
   * @param {number | null} selected
   */
  show(samples, names, selected) {
    this.ends[0].textContent = `certain: ${names[0]}`;
    this.ends[2].textContent = `certain: ${names[1]}`;
    this.dots.replaceChildren(el("i", { class: "middle" }), ...samples.map((sample) => dot(sample, sample.row === selected)));
  }
}

/**
 * @param {BoundarySample} sample
 * @param {boolean} chosen
 */
function dot(sample, chosen) {
  const drawing = shape("svg", { viewBox: "-6 -6 12 12", class: `dot${sample.wrong ? " wrong" : ""}${chosen ? " chosen" : ""}` });
  drawing.style.left = `${placeOnAxis(sample.margin)}%`;
  drawing.append(sample.wrong ? shape("path", { d: "M-4-4 4 4M-4 4 4-4" }) : shape("circle", { r: 4 }));
  return drawing;
}
