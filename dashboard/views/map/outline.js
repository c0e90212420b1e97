// @ts-check
/* The outline that a gesture draws. */

/** @import { Point } from "./overlay.js" */

/* A hand that rests draws nothing, and a slow one no more corners than a quick one. */
const MIN_STEP = 2;
const MIN_CORNERS = 3;

/**
 * Go on with a lasso, in place: it grows with every move of the pointer.
 * @param {Point[]} path at least where it began
 * @param {Point} at where the pointer is now
 */
export function extendLasso(path, at) {
  const last = path[path.length - 1];
  if (Math.hypot(at[0] - last[0], at[1] - last[1]) >= MIN_STEP) path.push(at);
}

/**
 * @param {Point} start
 * @param {Point} at the corner across
 * @returns {Point[]} the four corners, around
 */
export function boxBetween(start, at) {
  return [start, [at[0], start[1]], at, [start[0], at[1]]];
}

/**
 * Whether an outline holds any area.
 * @param {readonly Point[]} path
 */
export function hasArea(path) {
  return path.length >= MIN_CORNERS;
}
