// @ts-check
/* What is marked in samples that are read at a glance, in one line. */

import { el } from "./elements.js";
import { UNUSUAL, strip, unusualSign } from "./value_card.js";

/**
 * @param {string} kind what the samples are made of
 * @param {{ given: string, suggested: string }} names of the classes that words are evidence for; values have their place in the first
 * @param {string} [columns] which columns are shown
 */
export function glanceLegend(kind, { given, suggested }, columns = "the columns that tell it apart best") {
  if (kind === "text") {
    const entry = (/** @type {string} */ side, /** @type {string} */ name) => el("span", {}, el("span", { class: `word ${side}`, "data-strength": "3", text: "word" }), ` evidence for ${name}`);
    return el("p", { class: "glance-legend quiet" }, entry("for", given), entry("against", suggested));
  }
  if (kind !== "values") return null;
  return el("p", { class: "glance-legend quiet" }, el("span", { text: columns }),
    el("span", {}, strip({ share: 0.7, isNumber: true, isUnusual: false }), `place among ${given}: share below`),
    el("span", {}, strip({ share: 0.7, isNumber: false, isUnusual: false }), "share alike"), el("span", { title: UNUSUAL }, unusualSign(), "at most 5 % lie as far out"));
}
