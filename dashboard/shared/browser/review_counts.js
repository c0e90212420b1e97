// @ts-check
/* Counts that the review sends to whatever shows them elsewhere on the page: it decides without a rerun, which would bring them. */

/**
 * @typedef {object} ReviewCounts
 * @property {number} decided samples that were decided on
 * @property {number} open suspects that were not
 * @property {number} skipped samples that the decision was put off on
 * @property {number} [labeled] samples that have a label, where labels are given for the first time
 * @property {Record<string, number>} counts of the menu, by the path of their page
 */

const NAME = "margin:review-counts";

/** @param {ReviewCounts} counts */
export function publishCounts(counts) {
  window.dispatchEvent(new CustomEvent(NAME, { detail: counts }));
}

/**
 * @param {(counts: ReviewCounts) => void} listener
 * @param {AbortSignal} signal ends it
 */
export function onCounts(listener, signal) {
  window.addEventListener(NAME, (event) => listener(/** @type {CustomEvent<ReviewCounts>} */ (event).detail), { signal });
}
