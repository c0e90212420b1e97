// @ts-check
/* Which class the heatmaps explain, and against which other. */

/** @import { SaliencyAnswer } from "../../payloads.d.ts" */

import { el } from "../../shared/browser/elements.js";
import { fraction } from "../../shared/browser/words.js";

export class ClassChoice {
  /** What the lists were filled for. */
  filled = "";
  why = el("select", { "aria-label": "why this class", on: { change: () => this.choose() } });
  whyNot = el("select", { "aria-label": "and why not", on: { change: () => this.choose() } });
  nodes = [
    el("label", {}, el("span", { class: "quiet", text: "Why" }), this.why),
    el("label", {}, el("span", { class: "quiet", text: "and not" }), this.whyNot),
  ];

  /**
   * @param {object} options
   * @param {(number: number | null) => string} options.nameOf a class by its number
   * @param {(target: number, against: number | null) => void} options.onChoose
   */
  constructor({ nameOf, onChoose }) {
    this.nameOf = nameOf;
    this.onChoose = onChoose;
  }

  choose() {
    this.onChoose(Number(this.why.value), this.whyNot.value === "" || this.whyNot.value === this.why.value ? null : Number(this.whyNot.value));
  }

  /**
   * The likeliest classes first.
   * @param {SaliencyAnswer} answer
   * @param {readonly string[]} outputs of the model
   */
  show(answer, outputs) {
    if (!answer.probabilities) return;
    const probability = new Map(answer.probabilities.map((one) => [one.label, one.p]));
    const order = [...answer.probabilities.map((one) => one.label), ...outputs.map((_, number) => number).filter((number) => !probability.has(number))];
    /** @param {number} number */
    const words = (number) => {
      const p = probability.get(number);
      return p === undefined ? this.nameOf(number) : `${this.nameOf(number)} (${fraction(p)})`;
    };
    const name = `${answer.row} ${answer.target} ${answer.against}`;
    if (this.filled === name) return;
    this.filled = name;
    /** @param {number[]} numbers */
    const options = (numbers) => numbers.map((number) => el("option", { value: String(number), text: words(number) }));
    this.why.replaceChildren(...options(order));
    this.why.value = String(answer.target);
    this.whyNot.replaceChildren(el("option", { value: "", text: "nothing else" }), ...options(order.filter((number) => number !== answer.target)));
    this.whyNot.value = answer.against === null ? "" : String(answer.against);
  }
}
