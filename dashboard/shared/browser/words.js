// @ts-check
/* Classes, decisions and numbers as they are read. */

/** @import { ClassEntry } from "../../payloads.d.ts" */

export const NO_CLASS = { name: "no label", color: "transparent", key: "" };

/**
 * @param {readonly ClassEntry[]} classes
 * @param {number | null} label
 * @returns {ClassEntry}
 */
export function classOf(classes, label) {
  return (label === null ? null : classes[label]) ?? NO_CLASS;
}

/**
 * The names of the two classes that the evidence on a sample is about.
 * @param {{ given: number, suggested: number }} card
 * @param {readonly ClassEntry[]} classes
 */
export function comparedClasses({ given, suggested }, classes) {
  const name = (/** @type {number} */ label) => (label < 0 ? "other classes" : classOf(classes, label).name);
  return { given: name(given), suggested: name(suggested) };
}

/**
 * @param {readonly ClassEntry[]} classes
 * @param {{ verdict: string, label: number | null }} decision
 * @param {boolean} [isLabeling] whether it gave a label to a sample that had none
 */
export function verdictWords(classes, decision, isLabeling = false) {
  switch (decision.verdict) {
    case "relabel": return `${isLabeling ? "labeled" : "relabeled to"} ${classOf(classes, decision.label).name}`;
    case "keep": return "kept";
    case "skip": return "skipped";
    case "exclude": return "excluded";
    default: return decision.verdict;
  }
}

/**
 * Names of classes in a few letters each: the beginning of a longer one, and its end too where another one begins alike.
 * @param {readonly string[]} names
 * @param {number} most letters of each, at least 4
 */
export function shortNames(names, most) {
  const beginnings = names.map((name) => (name.length > most ? `${name.slice(0, most - 1)}…` : name));
  return names.map((name, index) => {
    const isAlone = beginnings.every((other, place) => place === index || other !== beginnings[index]);
    return isAlone || name.length <= most ? beginnings[index] : `${name.slice(0, most - 3)}…${name.slice(-2)}`;
  });
}

/** @param {number} number */
export function count(number) {
  return number.toLocaleString("en-GB");
}

/**
 * So many things, and the noun as it goes with them: "1 sample", "1,200 samples".
 * @param {number} number
 * @param {string} noun of one
 */
export function counted(number, noun) {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * What stands where a picture would: the beginning of a text, the first values of a row of numbers, else the id.
 * @param {{ id: string, excerpt: string }} sample
 */
export function excerptOf({ id, excerpt }) {
  return excerpt || `#${id}`;
}

/**
 * The name of a sample for a screen reader: its id, and what stands where a picture would.
 * @param {{ id: string, excerpt: string }} sample
 */
export function sampleName({ id, excerpt }) {
  return excerpt ? `${id}, ${excerpt.replaceAll("\n", ", ")}` : id;
}

/**
 * Values that stand a line each, all in one.
 * @param {string} excerpt
 */
export function inLine(excerpt) {
  return excerpt.replaceAll("\n", " · ");
}

/**
 * What is shown of a sample where the pointer rests on it.
 * @param {{ id: string, excerpt: string }} sample
 * @param {string} [words] what there is to say of it
 */
export function titleOf({ id, excerpt }, words = "") {
  return [`#${id}`, words, inLine(excerpt)].filter(Boolean).join(" · ");
}

/** @param {number} number */
export function fraction(number) {
  return number.toFixed(2);
}

/** @param {number} share */
export function percent(share) {
  return share > 0 && share < 0.005 ? "< 1 %" : `${Math.round(100 * share)} %`;
}

/** @param {string} at */
export function localTime(at) {
  return new Date(at).toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}
