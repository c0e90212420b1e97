// @ts-check
/* What a strip shows of a sample: how much of its class a prototype stands for, or why a sample is a criticism. */

/** @import { Criticism, Prototype, ReadableSample } from "../../payloads.d.ts" */

import { sampleName, percent } from "../../shared/browser/words.js";
import { reasonWords } from "./words.js";

/**
 * `share`: how full its bar is; `words`: what stands under it; `label`: its name for a screen reader.
 * @typedef {ReadableSample & { share: number, words: string, label: string }} Entry
 */

/**
 * @param {Prototype} sample
 * @param {number} represented so many samples
 * @param {number} size of its class
 * @returns {Entry}
 */
export function prototypeEntry(sample, represented, size) {
  const share = size > 0 ? represented / size : 0;
  const words = percent(share);
  const { row, id, excerpt, pieces, lines } = sample;
  return { row, id, excerpt, pieces, lines, share, words, label: `${sampleName(sample)}, stands for ${words} of its class` };
}

/**
 * @param {Criticism} sample
 * @returns {Entry}
 */
export function criticismEntry(sample) {
  const words = reasonWords(sample);
  const { row, id, excerpt, pieces, lines } = sample;
  return { row, id, excerpt, pieces, lines, share: 0, words, label: `${sampleName(sample)}, ${words}` };
}
