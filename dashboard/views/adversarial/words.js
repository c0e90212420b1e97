// @ts-check
/* What is said of a pair of a clean and an attacked picture. */

/** @import { AttackedPair } from "../../payloads.d.ts" */

import { count } from "../../shared/browser/words.js";

/** @param {number} p */
export function probabilityWords(p) {
  if (p > 0.995) return "predicted, > 99 %";
  return p < 0.005 ? "predicted, < 1 %" : `predicted, ${Math.round(100 * p)} %`;
}

/** @param {Pick<AttackedPair, "length" | "largest">} pair */
export function changeWords({ length, largest }) {
  return `L2 length ${length.toFixed(2)}, largest ${largest.toFixed(3)} of 1`;
}

/** @param {Pick<AttackedPair, "staysChanged">} pair */
export function savedWords({ staysChanged }) {
  return staysChanged ? "" : "Saved with 8 bits, the picture is predicted as before.";
}

/**
 * @param {Pick<AttackedPair, "cleanScore" | "attackedScore">} pair
 * @param {string} title of the score
 */
export function scoreWords({ cleanScore, attackedScore }, title) {
  if (cleanScore === null || attackedScore === null) return "";
  return `${title}: the attacked picture scores above ${Math.round(100 * attackedScore)} % of all samples, the clean one above ${Math.round(100 * cleanScore)} %.`;
}

/**
 * @param {number} at
 * @param {number} shown
 * @param {number} total
 */
export function positionWords(at, shown, total) {
  return `${count(at + 1)} of ${count(shown)}${shown < total ? ` (the first of ${count(total)})` : ""}`;
}
