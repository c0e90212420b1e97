// @ts-check
/* What is on screen as one picture with its legend, to take away. */

/** @import { PlaceNames } from "../../payloads.d.ts" */
/** @import { Color } from "../../shared/browser/canvas.js" */
/** @import { Tile } from "./tile.js" */

import { brushOf } from "../../shared/browser/canvas.js";

/**
 * What is taken away: the tiles, what they are made of (null of a picture), and what the colors mean.
 * @typedef {object} Sheet
 * @property {readonly Tile[]} tiles
 * @property {PlaceNames | null} content
 * @property {string} title
 * @property {boolean} isDifference
 * @property {readonly Color[]} palette
 * @property {readonly [string, string]} ends words at both ends of the palette
 * @property {number} opacity of the heatmaps
 */

const SIDE = 320;
const GAP = 16;
const HEAD = 64;
const FOOT = 56;
const INK = "#1B2530";
const FOR = "#D55E00";
const ALONE = "#0B61A4";
const WIDTH = 720;
const LINE = { row: 24, word: 32 };

/**
 * Pictures side by side, or what a text or a row is made of, each place with how much it counts.
 * @param {Sheet} asked
 * @returns {Promise<Blob>}
 */
export function drawImage(asked) {
  const node = asked.content ? placesDrawn(asked, asked.content) : picturesDrawn(asked);
  return new Promise((take, fail) => {
    node.toBlob((blob) => (blob ? take(blob) : fail(new Error("the browser could not write the picture"))), "image/png");
  });
}

/**
 * @param {number} width
 * @param {number} height
 * @param {string} title
 */
function sheet(width, height, title) {
  const node = document.createElement("canvas");
  Object.assign(node, { width, height });
  const context = brushOf(node);
  context.fillStyle = "#FFFFFF";
  context.fillRect(0, 0, width, height);
  context.fillStyle = INK;
  context.font = "600 16px sans-serif";
  context.fillText(title, GAP, 28, width - 2 * GAP);
  return { node, context };
}

/**
 * @param {Sheet} asked
 * @param {PlaceNames} content
 */
function placesDrawn({ tiles, title, isDifference }, content) {
  const { order, weights } = tiles[0].places;
  return content.words ? wordsDrawn(content.words, content.is_apart ?? [], weights, title, isDifference) : columnsDrawn(content, order, weights, title, isDifference);
}

/**
 * @param {PlaceNames} content
 * @param {readonly number[]} order
 * @param {readonly number[]} weights
 * @param {string} title
 * @param {boolean} isDifference
 */
function columnsDrawn({ names = [], values = [] }, order, weights, title, isDifference) {
  const { node, context } = sheet(WIDTH, HEAD + order.length * LINE.row + GAP, title);
  const [left, width] = [320, WIDTH - 320 - 72];
  const zero = isDifference ? left + width / 2 : left;
  order.forEach((place, number) => {
    const base = HEAD + number * LINE.row + 12;
    const length = weights[place] * (isDifference ? width / 2 : width);
    context.fillStyle = isDifference && weights[place] >= 0 ? FOR : ALONE;
    context.fillRect(Math.min(zero, zero + length), base - 11, Math.abs(length), 13);
    context.fillStyle = INK;
    context.font = "13px sans-serif";
    context.textAlign = "left";
    context.fillText(names[place], GAP, base, 200);
    context.textAlign = "right";
    context.fillText(values[place], left - GAP, base, 80);
    context.fillText(weights[place].toFixed(2), WIDTH - GAP, base);
  });
  return node;
}

/**
 * @param {readonly string[]} words
 * @param {readonly boolean[]} apart
 * @param {readonly number[]} weights
 * @param {string} title
 * @param {boolean} isDifference
 */
function wordsDrawn(words, apart, weights, title, isDifference) {
  const measure = brushOf(document.createElement("canvas"));
  measure.font = "16px sans-serif";
  const space = measure.measureText(" ").width;
  /** @type {{ word: string, x: number, y: number, width: number, weight: number }[]} */
  const laid = [];
  let [x, line] = [GAP, 0];
  words.forEach((word, place) => {
    const width = Math.min(measure.measureText(word).width, WIDTH - 2 * GAP);
    if (apart[place]) x += space;
    if (x + width > WIDTH - GAP && x > GAP) [x, line] = [GAP, line + 1];
    laid.push({ word, x, y: HEAD + line * LINE.word, width, weight: weights[place] });
    x += width;
  });
  const { node, context } = sheet(WIDTH, HEAD + (line + 1) * LINE.word + GAP, title);
  context.font = "16px sans-serif";
  for (const { word, x: at, y, width, weight } of laid) {
    context.fillStyle = isDifference && weight >= 0 ? FOR : ALONE;
    context.globalAlpha = 0.36 * Math.min(Math.abs(weight), 1);
    context.fillRect(at - 1, y, width + 2, 24);
    context.globalAlpha = Math.min(Math.abs(weight), 1);
    context.fillRect(at - 1, y + 22, width + 2, 3);
    context.globalAlpha = 1;
    context.fillStyle = INK;
    context.fillText(word, at, y + 17, width);
  }
  return node;
}

/** @param {Sheet} asked */
function picturesDrawn({ tiles, title, palette, ends, opacity }) {
  const width = tiles.length * (SIDE + GAP) + GAP;
  const { node, context } = sheet(width, HEAD + SIDE + FOOT + 3 * GAP, title);
  tiles.forEach((tile, place) => {
    const left = GAP + place * (SIDE + GAP);
    context.font = "14px sans-serif";
    context.fillStyle = INK;
    context.fillText(tile.title.textContent ?? "", left, HEAD - 4, SIDE);
    inFrame(context, tile.image, tile.image.naturalWidth, tile.image.naturalHeight, left);
    if (!tile.heat.hidden && tile.drawn) {
      context.globalAlpha = opacity;
      inFrame(context, tile.heat, tile.heat.width, tile.heat.height, left);
      context.globalAlpha = 1;
    }
  });
  const bar = context.createLinearGradient(GAP, 0, GAP + SIDE, 0);
  palette.forEach(([red, green, blue], at) => bar.addColorStop(at / (palette.length - 1), `rgb(${red} ${green} ${blue})`));
  context.fillStyle = bar;
  const top = HEAD + SIDE + 2 * GAP;
  context.fillRect(GAP, top, SIDE, 10);
  context.fillStyle = INK;
  context.font = "12px sans-serif";
  context.fillText(ends[0], GAP, top + 28);
  context.textAlign = "right";
  context.fillText(ends[1], GAP + SIDE, top + 28);
  return node;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {CanvasImageSource} image
 * @param {number} width
 * @param {number} height
 * @param {number} left
 */
function inFrame(context, image, width, height, left) {
  if (!width || !height) return;
  const scale = SIDE / Math.max(width, height);
  context.imageSmoothingEnabled = Math.max(width, height) >= 64;
  context.drawImage(image, left + (SIDE - width * scale) / 2, HEAD + GAP + (SIDE - height * scale) / 2, width * scale, height * scale);
}
