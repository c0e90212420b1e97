// @ts-check
/* From numbers to places in a plot. */

/** @typedef {{ low: number, high: number }} Extent */

/**
 * What an axis has to hold: 0, the numbers that are known, and 1; a measure without a bound only as much as there is.
 * @param {readonly (number | null)[]} values
 * @param {boolean} isUnbounded
 * @returns {Extent}
 */
export function extentOf(values, isUnbounded) {
  const known = values.filter((value) => value !== null);
  return { low: Math.min(0, ...known), high: isUnbounded ? Math.max(1, ...known) : 1 };
}

/**
 * @param {number} value
 * @param {Extent} extent
 * @param {number} first where the low end lies
 * @param {number} last where the high end lies
 */
export function placeIn(value, { low, high }, first, last) {
  return first + ((value - low) / (high - low)) * (last - first);
}
