// @ts-check
/* Frames and signed heatmaps of a path as pixels on a canvas. */

/** @import { CounterfactualPicture } from "../../payloads.d.ts" */
/** @import { Color } from "../../shared/browser/canvas.js" */

import { paintPixels, pixelAt } from "../../shared/browser/canvas.js";
import { el } from "../../shared/browser/elements.js";

/** @type {Color} */
const BELOW = [11, 95, 165];
/** @type {Color} */
const ZERO = [242, 242, 242];
/** @type {Color} */
const ABOVE = [213, 94, 0];

/** @param {string} words */
export function canvas(words) {
  return el("canvas", { class: "pixelated", role: "img", "aria-label": words });
}

/**
 * @param {HTMLCanvasElement} node
 * @param {CounterfactualPicture} picture
 * @param {Uint8Array} frames
 * @param {number} number
 */
export function paintFrame(node, picture, frames, number) {
  const { height, width, channels } = picture;
  const start = number * height * width * channels;
  paintPixels(node, picture, (place) => pixelAt(frames, start + place * channels, channels));
}

/**
 * @param {HTMLCanvasElement} node
 * @param {CounterfactualPicture} picture
 * @param {Int8Array} values from -127 to 127
 */
export function paintSigned(node, picture, values) {
  paintPixels(node, picture, (place) => signedColor(values[place] / 127));
}

/**
 * Blue below zero, white at it, orange above.
 * @param {number} value in [-1, 1]
 * @returns {Color}
 */
export function signedColor(value) {
  const end = value < 0 ? BELOW : ABOVE;
  const share = Math.abs(value);
  const [red, green, blue] = ZERO.map((zero, part) => Math.round(zero + share * (end[part] - zero)));
  return [red, green, blue];
}
