// @ts-check
/* Which action each key of the review stands for, apart from carrying it out. */

/** @import { ClassEntry } from "../../payloads.d.ts" */

/**
 * What is on screen, as far as keys depend on it.
 * @typedef {object} Situation
 * @property {"one" | "grid"} mode one sample after another, or groups
 * @property {string} place what stands in the place of the work
 * @property {boolean} isAside whether another sample than the next in turn is looked at
 * @property {boolean} offersCheck whether more random checks are offered
 * @property {readonly ClassEntry[]} classes
 * @property {number} columns of the grid
 * @property {boolean} [isLabeling] whether samples without a label are labeled: there is nothing to keep, and there are no groups
 */
/**
 * @typedef {(
 *   { name: "help" | "mode" | "undo" | "check" | "keep" | "main" | "suggestion" | "skip" | "exclude" | "note" | "why" | "saliency" | "zoom" | "type" | "back" } |
 *   { name: "step", by: number } | { name: "relabelTo", label: number } |
 *   { name: "relabelGroup" | "keepGroup" | "toggle" } | { name: "group" | "move", by: number }
 * )} Action
 */

/** @type {Record<string, Action>} */
const ALWAYS = { "?": { name: "help" }, g: { name: "mode" }, u: { name: "undo" }, Backspace: { name: "undo" } };
/** @type {Record<string, Action>} */
const ONE_BY_ONE = {
  k: { name: "keep" }, Enter: { name: "main" }, r: { name: "suggestion" }, s: { name: "skip" }, x: { name: "exclude" }, n: { name: "note" },
  w: { name: "why" }, v: { name: "saliency" }, z: { name: "zoom" }, "/": { name: "type" },
  ArrowLeft: { name: "step", by: -1 }, ArrowRight: { name: "step", by: 1 },
};
/** @type {Record<string, Action>} */
const GRID = {
  Enter: { name: "relabelGroup" }, k: { name: "keepGroup" }, " ": { name: "toggle" }, n: { name: "group", by: 1 }, p: { name: "group", by: -1 },
  ArrowLeft: { name: "move", by: -1 }, ArrowRight: { name: "move", by: 1 },
};

const NOT_WHEN_LABELING = new Set(["g", "k", "w"]);

/**
 * What a key does, if it does anything here.
 * @param {string} key
 * @param {Situation} now
 * @returns {Action | null}
 */
export function actionFor(key, now) {
  if (now.isLabeling && NOT_WHEN_LABELING.has(key)) return null;
  if (key === "c" && now.place === "empty" && now.offersCheck) return { name: "check" };
  return ALWAYS[key] ?? (now.mode === "grid" ? inGrid(key, now) : inOne(key, now));
}

/**
 * @param {string} key
 * @param {Situation} now
 * @returns {Action | null}
 */
function inOne(key, { isAside, classes }) {
  if (key === "Escape" && isAside) return { name: "back" };
  if (ONE_BY_ONE[key]) return ONE_BY_ONE[key];
  const label = classes.findIndex((one) => one.key === key);
  return label >= 0 ? { name: "relabelTo", label } : null;
}

/**
 * @param {string} key
 * @param {Situation} now
 * @returns {Action | null}
 */
function inGrid(key, { place, columns }) {
  if (key === "Escape") return { name: "mode" };
  if (place !== "grid") return null;
  if (key === "ArrowUp") return { name: "move", by: -columns };
  if (key === "ArrowDown") return { name: "move", by: columns };
  return GRID[key] ?? null;
}

/**
 * A key held down would decide about samples that have not been seen; moving around may go on.
 * @param {Action} action
 */
export function mayRepeat({ name }) {
  return name === "step" || name === "move";
}
