// @ts-check
/* A text to be read: its words that count marked, a long one folded around them until all of it is asked for. */

/** @import { Card } from "../../payloads.d.ts" */
/** @import { Piece } from "./marked_text.js" */

import { button, el, setText } from "./elements.js";
import { lengthOf, markedText, wordLegend } from "./marked_text.js";
import { besideCard } from "./value_card.js";
import { count } from "./words.js";

/**
 * @param {Pick<Card, "text" | "pieces" | "folded" | "others" | "otherPlaces">} card
 * @param {{ given: string, suggested: string }} [names] of the classes; without them nothing is marked
 */
export function readText({ text = "", pieces = [[text, 0]], folded, others, otherPlaces }, names) {
  const shown = (/** @type {readonly Piece[]} */ some) => markedText(names ? some : some.map(([part]) => [part, 0]), names ?? { given: "" });
  const prose = el("p", { class: "prose", dir: "auto", tabindex: "0" }, ...shown(folded ?? pieces));
  if (lengthOf(pieces) === 0) prose.replaceChildren(el("span", { class: "quiet", text: "This text is empty." }));
  const legend = names ? wordLegend(folded ?? pieces, names) : null;
  return [prose, folded ? foldButton(prose, folded, pieces, shown) : null, legend, ...besideCard({ others, otherPlaces }, names)];
}

/**
 * @param {HTMLElement} prose
 * @param {readonly Piece[]} folded
 * @param {readonly Piece[]} pieces
 * @param {(some: readonly Piece[]) => Node[]} shown
 */
function foldButton(prose, folded, pieces, shown) {
  let isFolded = true;
  const words = () => (isFolded ? `Show all ${count(lengthOf(pieces))} characters` : "Show the parts around marked words");
  const node = button({ class: "link unfold", text: words(), on: { click: () => {
    isFolded = !isFolded;
    prose.replaceChildren(...shown(isFolded ? folded : pieces));
    setText(node, words());
  } } });
  return node;
}
