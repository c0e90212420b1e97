// @ts-check
/* How far to rely on a path across a boundary, in words and numbers. */

/** @import { ClassEntry, SurrogateAgreement, Counterfactual } from "../../payloads.d.ts" */

import { classOf, percent } from "../../shared/browser/words.js";

/** @typedef {{ name: string, value: string, meaning: string, isPoor: boolean }} Badge */

/** @param {number} size */
const error = (size) => (size === 0 ? "0" : size.toExponential(0));

/**
 * One number each, with what it means and whether it is fine.
 * @param {Counterfactual} counterfactual
 * @param {SurrogateAgreement} surrogate
 * @returns {Badge[]}
 */
export function badgesOf(counterfactual, { agreement, accuracy }) {
  /** @type {Badge[]} */
  const found = [];
  /** @type {(name: string, value: string, meaning: string, isPoor: boolean) => void} */
  const add = (name, value, meaning, isPoor) => found.push({ name, value, meaning, isPoor });
  if (agreement === null) add("agreement", "not known", "This study has no predictions of a model to compare the network with.", true);
  else add("agrees with the model", percent(agreement), "Share of held-out samples for which this network and the model above predict the same class. The network explains that model only as far as they agree.", agreement < 0.9);
  if (accuracy !== null) add("agrees with the labels", percent(accuracy), "Share of held-out samples for which it predicts the given label.", accuracy < 0.7);
  if (counterfactual.ratio === null) add("detour", "not known", "No nearer point of the boundary was found to compare with.", true);
  else add("detour", `${counterfactual.ratio.toFixed(2)} ×`, "How many times farther the boundary point shown here lies than the nearest one that DeepFool found. 1 means it is the nearest.", counterfactual.ratio > 2);
  const outside = counterfactual.outside[counterfactual.times.indexOf(1)];
  add("out of range", percent(outside), `Share of the ${counterfactual.picture ? "pixels" : "columns"} that leave the range of the data on the boundary.`, outside > 0.3);
  add("reconstruction error", error(counterfactual.reconstruction), "Largest error after encoding and decoding the sample.", counterfactual.reconstruction > 1e-4);
  add("margin on the boundary", error(counterfactual.residual), "The margin at the boundary point, which should be 0.", counterfactual.residual > 1e-3);
  return found;
}

/**
 * Whether shares add up to what they share out.
 * @param {number} gap relative to that
 */
export function gapWords(gap) {
  return gap < 0.001 ? "adds up to the margin" : `misses the margin by ${gap < 0.1 ? (100 * gap).toFixed(1) : Math.round(100 * gap)} %`;
}

/**
 * @param {Counterfactual} counterfactual
 * @param {readonly ClassEntry[]} classes
 */
export function warningsOf(counterfactual, classes) {
  const found = [];
  if (counterfactual.likelier !== null) found.push(`On this boundary ${classOf(classes, counterfactual.likelier).name} is likelier than both.`);
  if (counterfactual.trainedOn) found.push("The network was trained on this sample.");
  return found;
}

/**
 * Where a frame is between the sample (0), the boundary (1) and what lies beyond.
 * @param {number} time
 * @param {[start: string, end: string]} names of the two classes
 */
export function placeWords(time, [start, end]) {
  if (time === 0) return "the sample as it is";
  if (time === 1) return `on the boundary of ${start} and ${end}`;
  return time < 1 ? `${Math.round(100 * time)} % of the way` : `${Math.round(100 * (time - 1))} % beyond`;
}

/**
 * The pair, and whoever else comes closest on the way.
 * @param {Counterfactual} counterfactual
 * @param {number} most
 */
export function classesShown({ probabilities, start, end }, most) {
  const closest = probabilities[0].map((_, number) => Math.max(...probabilities.map((frame) => frame[number])));
  const others = closest.map((_, number) => number).filter((number) => number !== start && number !== end).sort((a, b) => closest[b] - closest[a]);
  return [start, end, ...others.slice(0, most - 2)];
}
