// @ts-check
/* A row of a table as a card: a line a column with its value, and its place among the given and the suggested class. */

/** @import { ValueLine, ValuePlaces } from "../../payloads.d.ts" */
/** @import { ValuePlace } from "./value_places.js" */

import { button, el } from "./elements.js";
import { columnsFolded, columnsShown, placeOf, placeWords } from "./value_places.js";
import { count, percent } from "./words.js";

const HELP = "A mark on a line: the share of the class with a smaller number, equal ones counted half. A bar: the share of the class with the same value.";
export const UNUSUAL = "unusual: at most 5 % of the given class lie as far out or are as rare";

/** @typedef {{ given: string, suggested: string }} ClassNames */

/**
 * @param {{ values?: string[][], others?: string[][], places?: ValuePlaces, otherPlaces?: ValuePlaces }} card
 * @param {ClassNames | undefined} names without them, no value has a place
 */
export function valueCard({ values = [], others = [], places, otherPlaces }, names) {
  const line = (/** @type {number} */ column) => valueRow(values[column], column, places, names, column);
  const [first, rest] = places ? [columnsShown(values.length, places.order), columnsFolded(values.length, places.order)] : [values.map((_, column) => column), []];
  const body = el("tbody", {}, ...first.map(line));
  const nodes = [places && names ? headOf(names, rest.length > 0) : null, body];
  const known = places ?? otherPlaces;
  const table = el("table", { class: `values${known && names ? " placed" : ""}`, tabindex: "0" }, ...nodes, rest.length > 0 ? foldOf(body, rest.map(line)) : null, othersOf(others, otherPlaces, names));
  return [table, known && names ? legendOf(known) : null];
}

/**
 * Columns beside a sample that is a picture or a text, with what their marks mean.
 * @param {{ others?: string[][], otherPlaces?: ValuePlaces }} card
 * @param {ClassNames | undefined} names
 */
export function besideCard({ others = [], otherPlaces }, names) {
  if (others.length === 0) return [];
  const table = el("table", { class: `values beside${otherPlaces && names ? " placed" : ""}`, tabindex: "0" }, othersOf(others, otherPlaces, names));
  return [table, otherPlaces && names ? legendOf(otherPlaces) : null];
}

/**
 * Columns of a sample that is no row, or that no feature is computed from.
 * @param {readonly string[][]} others
 * @param {ValuePlaces} [places]
 * @param {ClassNames} [names]
 */
function othersOf(others, places, names) {
  if (others.length === 0) return null;
  const isPlaced = places && names;
  const title = el("th", { class: "not-used", scope: "rowgroup", colspan: isPlaced ? "2" : "4", text: "Not used as features" });
  const head = el("tr", {}, title, ...(isPlaced ? [amongHead(names.given), amongHead(names.suggested)] : []));
  return el("tbody", { class: "others" }, head, ...others.map((value, column) => valueRow(value, column, places, names)));
}

/** @param {string} name */
function amongHead(name) {
  return el("th", { class: "among", scope: "col", title: `Place among the samples labeled ${name}. ${HELP}` }, el("span", { class: "among-word", text: "among " }), name);
}

/**
 * @param {ClassNames} names
 * @param {boolean} isOrdered by how unusual the values are
 */
function headOf({ given, suggested }, isOrdered) {
  return el("thead", {}, el("tr", {}, el("th", { scope: "col", text: isOrdered ? "column, most unusual first" : "column" }), el("th", { scope: "col", class: "number", text: "value" }), amongHead(given), amongHead(suggested)));
}

/**
 * What the marks mean, of those that occur.
 * @param {ValuePlaces} places
 */
function legendOf({ isNumber, unusualGiven }) {
  const entry = (/** @type {ValuePlace} */ place, /** @type {string} */ words) => el("span", { title: HELP }, strip(place), words);
  return el("p", { class: "value-legend quiet" },
    isNumber.some(Boolean) ? entry({ share: 0.7, isNumber: true, isUnusual: false }, "share below") : null,
    isNumber.every(Boolean) ? null : entry({ share: 0.7, isNumber: false, isUnusual: false }, "share alike"),
    unusualGiven.some(Boolean) ? el("span", { title: UNUSUAL }, unusualSign(), "at most 5 % lie as far out") : null);
}

/**
 * @param {readonly string[]} value by name
 * @param {number} column among the places
 * @param {ValuePlaces} [places]
 * @param {ClassNames} [names]
 * @param {number} [feature] its number, of a column that is one
 */
function valueRow([name, value], column, places, names, feature) {
  const isUnusual = places?.unusualGiven[column];
  const strips = places && names
    ? [stripCell(placeOf(places, "given", column), names.given), stripCell(placeOf(places, "suggested", column), names.suggested)] : [];
  return el("tr", { class: isUnusual ? "unusual" : "", "data-column": feature },
    el("th", { scope: "row", dir: "auto", title: name, text: name }),
    el("td", { class: "value", title: value }, isUnusual ? unusualSign() : null, el("span", { dir: "auto", text: value })), ...strips);
}

/**
 * @param {ValuePlace | null} place
 * @param {string} name
 */
function stripCell(place, name) {
  if (!place) return el("td", { class: "place", title: `nothing to compare with in ${name}` }, el("span", { class: "quiet", text: "–" }));
  const words = placeWords(place, name);
  return el("td", { class: "place", title: words, "data-share": String(place.share) }, strip(place),
    el("span", { class: "number", "aria-hidden": "true", text: percent(place.share) }), el("span", { class: "visually-hidden", text: words }));
}

/** @param {ValuePlace} place */
export function strip({ share, isNumber, isUnusual }) {
  const at = `${(100 * share).toFixed(1)}%`;
  const mark = el("i", { style: isNumber ? { "inset-inline-start": at } : { width: at } });
  return el("span", { class: `place-strip ${isNumber ? "rank" : "share"}${isUnusual ? " unusual" : ""}`, "aria-hidden": "true" }, mark);
}

/**
 * A value with its place in one class, in little room.
 * @param {ValueLine} line
 */
export function valueLine({ name, value, share, isNumber, isUnusual }) {
  const place = share === null ? null : { share, isNumber, isUnusual };
  return el("span", { class: `value-line${isUnusual ? " unusual" : ""}`, title: place ? `${name} ${value}, ${placeWords(place, "its class")}` : `${name} ${value}` },
    el("span", { class: "name", dir: "auto", text: name }), el("span", { class: "value" }, isUnusual ? unusualSign() : null, el("span", { dir: "auto", text: value })), place ? strip(place) : el("span"));
}

export function unusualSign() {
  return el("span", { class: "unusual-sign", title: UNUSUAL }, el("span", { "aria-hidden": "true", text: "▲" }), el("span", { class: "visually-hidden", text: "unusual " }));
}

/**
 * @param {HTMLElement} body
 * @param {readonly HTMLElement[]} rows
 */
function foldOf(body, rows) {
  const node = el("tbody", { class: "fold" }, el("tr", {}, el("td", { colspan: "4" },
    button({ class: "link", text: `Show ${count(rows.length)} more columns, which are less unusual`, on: { click: () => { body.append(...rows); node.remove(); } } }))));
  return node;
}
