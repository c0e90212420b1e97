// @ts-check
/* What is drawn above the points, on a canvas of its own: the outline of a lasso, and rings around samples. */

import { brushOf } from "../../shared/browser/canvas.js";

/** @typedef {[left: number, top: number]} Point in pixels from the top left */
/** @typedef {{ outline: readonly Point[], dashed: boolean, rings: readonly { at: Point, width: number }[], radius: number }} Overlay */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {CSSStyleDeclaration} style
 * @param {number} ratio of drawn pixels to those of the page
 * @param {Overlay} overlay
 */
export function paintOverlay(canvas, style, ratio, { outline, dashed, rings, radius }) {
  const paint = brushOf(canvas);
  paint.setTransform(ratio, 0, 0, ratio, 0, 0);
  paint.clearRect(0, 0, canvas.width, canvas.height);
  if (outline.length > 1) paintOutline(paint, style, outline, dashed);
  const paper = style.getPropertyValue("--paper-now") || "#fff";
  for (const { at, width } of rings) paintRing(paint, at, radius, [[paper, width + 3], [style.color, width]]);
}

/**
 * @param {CanvasRenderingContext2D} paint
 * @param {CSSStyleDeclaration} style
 * @param {readonly Point[]} outline
 * @param {boolean} dashed
 */
function paintOutline(paint, style, outline, dashed) {
  paint.beginPath();
  outline.forEach(([left, top], index) => (index ? paint.lineTo(left, top) : paint.moveTo(left, top)));
  paint.closePath();
  paint.fillStyle = style.color;
  paint.globalAlpha = 0.08;
  paint.fill();
  paint.globalAlpha = 1;
  paint.lineWidth = 1.5;
  paint.strokeStyle = style.color;
  if (dashed) paint.setLineDash([5, 3]);
  paint.stroke();
  paint.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} paint
 * @param {Point} place
 * @param {number} radius
 * @param {readonly (readonly [color: string, width: number])[]} strokes
 */
function paintRing(paint, [left, top], radius, strokes) {
  for (const [stroke, width] of strokes) {
    paint.beginPath();
    paint.arc(left, top, radius, 0, 7);
    paint.strokeStyle = stroke;
    paint.lineWidth = width;
    paint.stroke();
  }
}
