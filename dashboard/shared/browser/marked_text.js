// @ts-check
/* A text whose words that count are marked: by the kind and the weight of a line below them, and by color besides. */

import { el } from "./elements.js";

/** @typedef {readonly [string, number]} Piece of a text, and how much it counts */
/** @typedef {"for" | "against" | "shared"} Side for the given label, against it, or in common with another text */

export const GAP = "…";

/* From which weight on a mark is heavier. */
const STRONGER = [0.35, 0.7];

/**
 * How heavy a mark is, from 1 to 3; 0: there is none.
 * @param {number} weight in [-1, 1]
 */
export function strengthOf(weight) {
  const size = Math.abs(weight);
  return size > 0 ? 1 + STRONGER.filter((from) => size >= from).length : 0;
}

/**
 * @param {number} weight
 * @returns {Side}
 */
export function sideOf(weight) {
  return weight < 0 ? "against" : "for";
}

/**
 * How many characters a text has.
 * @param {readonly Piece[]} pieces
 */
export function lengthOf(pieces) {
  return pieces.reduce((length, [text]) => length + [...text].length, 0);
}

/**
 * Whether a word is evidence for the one class or the other.
 * @param {readonly Piece[]} pieces
 */
export function sidesIn(pieces) {
  return { for: pieces.some(([, weight]) => weight > 0), against: pieces.some(([, weight]) => weight < 0) };
}

/**
 * @param {readonly Piece[]} pieces
 * @param {{ given?: string, suggested?: string }} [classes] names; without them, what is marked is shared with another text
 */
export function markedText(pieces, { given, suggested } = {}) {
  const isCompared = given !== undefined || suggested !== undefined;
  return pieces.map(([text, weight]) => {
    const strength = strengthOf(weight);
    if (strength === 0) return text === GAP ? el("span", { class: "gap", text }) : document.createTextNode(text);
    const side = isCompared ? sideOf(weight) : "shared";
    const title = !isCompared ? "in both texts" : side === "for" ? `evidence for ${given}` : `evidence for ${suggested}`;
    return el("mark", { class: `word ${side}`, "data-strength": String(strength), "data-weight": String(weight), title, text });
  });
}

/**
 * What the marks mean, of those that occur.
 * @param {readonly Piece[]} pieces
 * @param {{ given: string, suggested: string }} classes names
 */
export function wordLegend(pieces, { given, suggested }) {
  const sides = sidesIn(pieces);
  if (!sides.for && !sides.against) return null;
  const entry = (/** @type {Side} */ side, /** @type {string} */ name) =>
    el("span", {}, el("span", { class: `word ${side}`, "data-strength": "3", "aria-hidden": "true", text: "word" }), ` evidence for ${name}`);
  return el("p", { class: "word-legend quiet", title: "By MARGIN's own linear probe of words, fitted without this sample's label; the thicker the line, the more a word counts." },
    sides.against ? entry("against", suggested) : null, sides.for ? entry("for", given) : null);
}
