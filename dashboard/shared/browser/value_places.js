// @ts-check
/* Where the values of a row lie among those of its classes, in words and numbers. */

/** @import { Card, ValueLine, ValuePlaces } from "../../payloads.d.ts" */

import { percent } from "./words.js";

/* So many columns are shown at first. */
export const SHOWN_FIRST = 30;

/** @typedef {{ share: number, isNumber: boolean, isUnusual: boolean }} ValuePlace */

/**
 * The columns that are shown, in their order: all, or the most unusual of many.
 * @param {number} count
 * @param {readonly number[]} order the most unusual first
 */
export function columnsShown(count, order) {
  return count <= SHOWN_FIRST ? Array.from({ length: count }, (_, column) => column) : order.slice(0, SHOWN_FIRST);
}

/**
 * Those that follow when all are asked for.
 * @param {number} count
 * @param {readonly number[]} order
 */
export function columnsFolded(count, order) {
  return count <= SHOWN_FIRST ? [] : order.slice(SHOWN_FIRST);
}

/**
 * @param {ValuePlaces} places
 * @param {"given" | "suggested"} which
 * @param {number} column
 * @returns {ValuePlace | null}
 */
export function placeOf(places, which, column) {
  const share = places[which][column];
  if (share === null || share === undefined) return null;
  const unusual = which === "given" ? places.unusualGiven : places.unusualSuggested;
  return { share, isNumber: places.isNumber[column], isUnusual: unusual[column] };
}

/**
 * @param {ValuePlace} place
 * @param {string} name of the class
 */
export function placeWords({ share, isNumber, isUnusual }, name) {
  const where = isNumber ? `above ${percent(share)} of ${name}` : `${percent(share)} of ${name} have the same`;
  return isUnusual ? `${where}: unusual` : where;
}

/**
 * The columns in which the samples of a list are told apart soonest: unusual in most of them, and those first.
 * @param {readonly { places?: ValuePlaces }[]} cards
 * @param {number} limit
 */
export function columnsInCommon(cards, limit) {
  /** @type {Map<number, number>} */
  const ranks = new Map();
  for (const { places } of cards) places?.order.forEach((column, rank) => ranks.set(column, (ranks.get(column) ?? 0) + rank));
  return [...ranks].sort((one, other) => one[1] - other[1] || one[0] - other[0]).slice(0, limit).map(([column]) => column);
}

/**
 * Those values of a row that are most unusual for its given class, with their place in it.
 * @param {Pick<Card, "values" | "places">} card
 * @param {number} limit
 * @returns {ValueLine[] | undefined} none of a sample that is no row
 */
export function linesOf({ values, places }, limit) {
  if (!values || !places) return undefined;
  return places.order.slice(0, limit).map((column) => {
    const [name, value] = values[column];
    return { name, value, share: places.given[column], isNumber: places.isNumber[column], isUnusual: places.unusualGiven[column] };
  });
}
