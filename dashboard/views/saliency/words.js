// @ts-check
/* Heatmaps, their making and their numbers in words. */

/** @import { MethodTile, PartDrops, PlaceNames } from "../../payloads.d.ts" */

/** @type {Record<string, string>} */
const WAITING = { waiting: "queued", unknown: "queued", making: "at work" };

/** @param {Pick<MethodTile, "fraction"> & { state: string }} making */
function shareWords({ state, fraction }) {
  return state === "making" && fraction > 0 ? ` ${Math.round(100 * fraction)} %` : "";
}

/**
 * How far a heatmap is that is not there yet, or why it will not come.
 * @param {{ state: string, fraction: number, text: string }} making
 */
export function makingWords(making) {
  const { state, text } = making;
  if (state === "failed") return text;
  return `${(state === "making" && text) || WAITING[state] || ""}${shareWords(making)}`;
}

/**
 * How far something is that was asked for.
 * @param {{ state: string, fraction: number, text: string }} making
 */
export function progressWords(making) {
  return `${making.text || "Queued"}${shareWords(making)}`;
}

/**
 * A part of a sample by its name: a word, a column, or a number among the parts of a picture.
 * @param {number} part
 * @param {PlaceNames | null} content
 * @param {number} parts how many there are
 */
export function partName(part, content, parts) {
  if (content?.words) return `word ${part + 1}, “${content.words[part]}”`;
  return content ? `${content.names?.[part]}, the mean of all samples in its place` : `part ${part + 1} of ${parts}`;
}

/**
 * How far the classes fall without a part, and which place that takes among all parts.
 * @param {number} part
 * @param {PartDrops} parts
 * @param {string} name of the part
 * @param {readonly string[]} classes
 */
export function dropWords(part, { drops, whole }, name, classes) {
  const rank = drops[0].filter((drop) => drop > drops[0][part]).length + 1;
  const words = drops.map((ofClass, place) => {
    const drop = ofClass[part];
    return `${classes[place]} ${drop >= 0 ? "falls" : "rises"} by ${Math.abs(drop).toFixed(3)}, from ${whole[place].toFixed(2)} to ${(whole[place] - drop).toFixed(2)}`;
  });
  return `Without ${name}: ${words.join("; ")}. Number ${rank} of ${drops[0].length} by its drop.`;
}

/**
 * The numbers of a heatmap as a tile shows them: a value between 0 and 1 for the bar, and words beside it.
 * @param {NonNullable<MethodTile["numbers"]>} numbers
 */
export function measureWords({ deletion, insertion, road, top_k: stays, correlation, gini }) {
  const imputed = road === null ? "" : `, ROAD ${road.toFixed(2)}`;
  const ranks = correlation === null ? "" : `, ranks ${correlation.toFixed(2)}`;
  return {
    faithful: deletion === null || insertion === null
      ? { value: null, words: "not known here" }
      : { value: insertion - deletion, words: `deletion ${deletion.toFixed(2)}, insertion ${insertion.toFixed(2)}${imputed}` },
    fragile: stays === null ? { value: null, words: "not known here" } : { value: 1 - stays, words: `${Math.round(100 * stays)} % of top pixels stay${ranks}` },
    sparse: { value: gini, words: "" },
  };
}
