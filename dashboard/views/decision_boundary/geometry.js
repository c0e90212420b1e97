// @ts-check
/* Where classes and samples lie in the pictures of a boundary. */

/** @import { ClassContacts } from "../../payloads.d.ts" */

const RADIUS = 80;
const MAX_BREADTH = 7;
const INWARD = 0.25; // of the radius: how near to the middle a line bends

/** @typedef {[x: number, y: number]} Point */

/**
 * Classes run from left, sure of the first, to right, sure of the second.
 * @param {number} margin in [-1, 1]
 * @returns {number} percent of the width
 */
export function placeOnAxis(margin) {
  return 50 * (1 - margin);
}

/**
 * The first class is at the top; the others follow clockwise.
 * @param {number} place
 * @param {number} of
 * @param {number} [radius]
 * @returns {Point}
 */
export function placeOnCircle(place, of, radius = RADIUS) {
  const turn = (2 * Math.PI * place) / of - Math.PI / 2;
  return [radius * Math.cos(turn), radius * Math.sin(turn)];
}

/**
 * A line between any two classes on the circle, the broader the more they touch; the broadest last, so that none of them is hidden.
 * Pairs with a class that is not worth a place have none.
 * @param {Pick<ClassContacts, "pairs" | "classes">} contacts
 */
export function chordsOf({ pairs, classes }) {
  const places = new Map(classes.map((number, at) => [number, placeOnCircle(at, classes.length)]));
  const most = Math.max(...pairs.map((one) => one.contact), 1e-9);
  return [...pairs].reverse().flatMap((one) => {
    const [from, to] = one.pair.map((number) => places.get(number));
    if (!from || !to) return [];
    const bend = [0, 1].map((axis) => (INWARD * (from[axis] + to[axis])) / 2);
    const share = Math.sqrt(one.contact / most);
    return [{ one, path: `M${from} Q${bend} ${to}`, breadth: Math.max(0.5, MAX_BREADTH * share), depth: Math.round(12 + 80 * share) }];
  });
}
