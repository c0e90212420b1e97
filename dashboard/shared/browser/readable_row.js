// @ts-check
/* A sample that is a text or a row of a table, in one line of a list: what is to be read of it, and what marks it. */

/** @import { Card } from "../../payloads.d.ts" */
/** @import { ClassNames } from "./value_card.js" */

import { el } from "./elements.js";
import { markedText, wordLegend } from "./marked_text.js";
import { columnsInCommon } from "./value_places.js";

/* Columns of a table that a line has room for. */
const COLUMNS = 6;

/** @typedef {Pick<Card, "id" | "kind" | "pieces" | "short" | "values" | "places">} Readable */

/** @param {string} kind */
export function isReadable(kind) {
  return kind === "text" || kind === "values";
}

/**
 * The columns that the lines of a list show.
 * @param {readonly Readable[]} cards
 */
export function columnsOfRows(cards) {
  return cards.some((card) => card.places) ? columnsInCommon(cards, COLUMNS) : [];
}

/**
 * What stands above the lines: the names of the columns, or what the marks of words mean.
 * @param {readonly Readable[]} cards
 * @param {readonly number[]} columns
 * @param {ClassNames} names
 */
export function headOfRows(cards, columns, names) {
  const [first] = cards;
  const { values } = first ?? {};
  if (values && columns.length > 0) {
    const of = columns.length < values.length ? `${columns.length} of ${values.length} columns, those in which these samples are most unusual for ${names.given}` : "";
    return [el("span", { class: "quiet", title: of, text: of ? `of ${values.length} columns` : "" }), ...columns.map((column) => el("span", { class: "cell quiet", dir: "auto", title: values[column][0], text: values[column][0] }))];
  }
  const legend = wordLegend(cards.flatMap((card) => card.short ?? card.pieces ?? []), names);
  return legend ? [legend] : [];
}

/**
 * @param {Readable} card
 * @param {readonly number[]} columns
 * @param {ClassNames} names
 */
export function readableRow(card, columns, names) {
  const { values, places } = card;
  if (values && columns.length > 0) return columns.map((column) => valueCell(values[column], Boolean(places?.unusualGiven[column])));
  const pieces = card.short ?? card.pieces ?? [];
  return [el("span", { class: "read", dir: "auto" }, ...(pieces.length > 0 ? markedText(pieces, names) : [el("span", { class: "quiet", text: "empty" })]))];
}

/**
 * @param {readonly string[]} value by name
 * @param {boolean} isUnusual
 */
function valueCell([name, value], isUnusual) {
  return el("span", { class: `cell${isUnusual ? " unusual" : ""}`, dir: "auto", title: `${name} ${value}${isUnusual ? ", unusual for its given class" : ""}` },
    isUnusual ? el("span", { class: "unusual-sign", "aria-hidden": "true", text: "▲" }) : null, value);
}
