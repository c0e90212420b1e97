// @ts-check
/* What the network predicts on the way: a bar for each of a few classes. */

/** @import { ClassEntry, Counterfactual } from "../../payloads.d.ts" */

import { chipOf } from "../../shared/browser/class_chip.js";
import { el, setText } from "../../shared/browser/elements.js";
import { classOf, fraction } from "../../shared/browser/words.js";
import { classesShown } from "./words.js";

const MAX_CLASSES = 4;

export class ProbabilityBars {
  /** @type {number[][]} of all classes, frame after frame */
  probabilities = [];
  /** @type {{ label: number, bar: ReturnType<typeof newBar> }[]} */
  shown = [];
  node = el("div", { class: "probabilities", "aria-label": "predictions of the network" });

  /**
   * @param {Counterfactual} counterfactual
   * @param {readonly ClassEntry[]} classes
   */
  show(counterfactual, classes) {
    this.probabilities = counterfactual.probabilities;
    this.shown = classesShown(counterfactual, MAX_CLASSES).map((label) => ({ label, bar: newBar(classOf(classes, label)) }));
    this.node.replaceChildren(...this.shown.map(({ bar }) => bar.node));
  }

  /** @param {number} number of the frame */
  step(number) {
    for (const { label, bar } of this.shown) bar.show(this.probabilities[number][label]);
  }
}

/** @param {ClassEntry} entry */
function newBar(entry) {
  const fill = el("i", { class: "fill" });
  const number = el("span", { class: "number" });
  return {
    node: el("div", { class: "bar" }, chipOf(entry, "small"), el("span", { class: "track" }, fill), number),
    /** @param {number} probability */
    show(probability) {
      fill.style.transform = `scaleX(${probability})`;
      setText(number, fraction(probability));
    },
  };
}
