// @ts-check
/* Why a sample is a prototype or a criticism, and what a class cannot show. */

/** @import { ClassEntry, Criticism, Prototype, PrototypeGroup } from "../../payloads.d.ts" */
/**
 * A sample that is marked, with the rule that selected it and its place among those; a prototype with how many samples it represents.
 * @typedef {{ rule: string, place: number } & ({ role: "prototype", sample: Prototype, represented: number } | { role: "criticism", sample: Criticism })} Chosen
 */

import { classOf, count, percent } from "../../shared/browser/words.js";
import { OWN_RULE } from "./rules.js";

/**
 * The class of a group as it is shown; where nothing has a label there is one group of all samples.
 * @param {readonly ClassEntry[]} classes
 * @param {number} label
 * @returns {Pick<ClassEntry, "name" | "color">}
 */
export function classOfGroup(classes, label) {
  return label < 0 ? { name: "all samples", color: "transparent" } : classOf(classes, label);
}

/** @param {Pick<Criticism, "reason" | "density">} sample */
export function reasonWords(sample) {
  if (sample.reason === "label") return "label conflict";
  if (sample.reason === "model") return "model disagrees";
  return sample.density < 0.25 ? "low density" : "uneven density";
}

/**
 * One clear sentence where a class has less to show than was asked for.
 * @param {{ size: number, prototypes: ArrayLike<unknown> }} group
 * @param {number} first
 * @param {number} classes
 * @param {boolean} unlabeled whether the group is all samples, since nothing has a label
 */
export function groupNote(group, first, classes, unlabeled) {
  if (group.size === 0) return "No sample of this class has features.";
  if (unlabeled) return "No sample has a label, so there is one set of prototypes for all.";
  if (group.size === 1) return "This class has one sample, which represents itself.";
  if (group.prototypes.length < first && group.size < first) return `This class has ${count(group.size)} samples, fewer than ${first}.`;
  if (classes === 1) return "There is one class only, so a criticism is unusual rather than wrongly labeled.";
  return "";
}

/**
 * Why a sample was selected, in sentences.
 * @param {Chosen} chosen
 * @param {Pick<PrototypeGroup, "size">} group
 * @param {string} name of the class
 * @param {(label: number) => string} nameOf
 * @returns {string[]}
 */
export function selectionWords(chosen, group, name, nameOf) {
  return chosen.role === "prototype" ? prototypeWords(chosen, group, name) : [`Criticism of ${name}, number ${chosen.place + 1}. ${criticismWords(chosen.sample, name, nameOf)}`];
}

/**
 * @param {Extract<Chosen, { role: "prototype" }>} chosen
 * @param {Pick<PrototypeGroup, "size">} group
 * @param {string} name
 */
function prototypeWords({ sample, place, represented, rule }, group, name) {
  const alike = sample.agreement === null ? "" : ` Of its neighbors, by weight, ${percent(sample.agreement)} carry the same label.`;
  const reason = rule === OWN_RULE
    ? "It is like its neighbors, and of those that are it brings the most samples closer to a prototype."
    : "MMD-critic selects it because it makes the distribution of the prototypes more similar to that of the class.";
  return [
    `Prototype of ${name}, number ${place + 1}. The nearest prototype of ${count(represented)} of ${count(group.size)} (${percent(represented / Math.max(group.size, 1))}).`,
    `${reason} It lies denser than ${percent(sample.density)} of its class.${alike}`,
  ];
}

/**
 * @param {Criticism} sample
 * @param {string} name
 * @param {(label: number) => string} nameOf
 */
function criticismWords(sample, name, nameOf) {
  if (sample.reason === "label") return `Its neighbors have other labels; by weight, ${percent(sample.agreement ?? 0)} of them are ${name}. Check the label.`;
  if (sample.reason === "model") return `Its neighbors agree with the label, but the model predicts ${nameOf(sample.predicted)}.`;
  if (sample.density < 0.25) return `It lies apart: only ${percent(sample.density)} of its class lie in a sparser place.`;
  return "The density around its neighbors is much higher or lower than around it.";
}
