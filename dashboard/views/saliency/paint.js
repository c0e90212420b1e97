// @ts-check
/* Heatmaps and outlines as pixels on canvases that lie over a picture. */

/** @import { Color } from "../../shared/browser/canvas.js" */

import { brushOf, paintPixels, pixelAt, resize } from "../../shared/browser/canvas.js";
import { el } from "../../shared/browser/elements.js";
import { edgesOf } from "./weights.js";

/** @typedef {{ height: number, width: number }} Size */

/** @param {string} kind */
export function canvas(kind) {
  return el("canvas", { class: kind, "aria-hidden": "true" });
}

/**
 * Bytes of one heatmap, or of the first less the second, in the colors of a palette.
 * @param {HTMLCanvasElement} node
 * @param {Size} heatmap
 * @param {Uint8Array} bytes
 * @param {Uint8Array | null} other
 * @param {readonly Color[]} palette
 */
export function paintHeatmap(node, heatmap, bytes, other, palette) {
  const last = palette.length - 1;
  paintPixels(node, heatmap, (place) => {
    const share = other ? (bytes[place] - other[place] + 255) / 510 : bytes[place] / 255;
    return palette[Math.round(share * last)];
  });
}

/**
 * Edges between parts, drawn finer than the places themselves; the chosen part is ringed.
 * @param {HTMLCanvasElement} node
 * @param {Size} parts
 * @param {Uint16Array} layout
 * @param {number | null} chosen
 */
export function paintParts(node, parts, layout, chosen) {
  const scale = Math.max(1, Math.ceil(448 / parts.width));
  resize(node, parts.height * scale, parts.width * scale);
  const brush = brushOf(node);
  brush.clearRect(0, 0, node.width, node.height);
  /** @type {(isEdge: (one: number, other: number) => boolean, color: string, breadth: number) => void} */
  const lines = (isEdge, color, breadth) => {
    brush.strokeStyle = color;
    brush.lineWidth = breadth;
    brush.beginPath();
    for (const [fromX, fromY, toX, toY] of edgesOf(parts, layout, isEdge)) {
      brush.moveTo(fromX * scale, fromY * scale);
      brush.lineTo(toX * scale, toY * scale);
    }
    brush.stroke();
  };
  lines((one, other) => one !== other, "rgb(0 0 0 / 0.55)", 3);
  lines((one, other) => one !== other, "rgb(255 255 255 / 0.8)", 1);
  if (chosen === null) return;
  lines((one, other) => one !== other && (one === chosen || other === chosen), "#000", 6);
  lines((one, other) => one !== other && (one === chosen || other === chosen), "#FFB000", 3);
}

/**
 * Values of a picture: gray, or red, green and blue.
 * @param {HTMLCanvasElement} node
 * @param {Size & { channels: number }} picture
 * @param {Uint8Array} bytes
 */
export function paintPicture(node, picture, bytes) {
  paintPixels(node, picture, (place) => pixelAt(bytes, place * picture.channels, picture.channels));
}
