/* Frames and signed maps as pixels on a canvas. */

import { el } from "../../shared/browser/elements.js";

const BELOW = [11, 95, 165];
const ZERO = [242, 242, 242];
const ABOVE = [213, 94, 0];

export function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

export function canvas(words) {
  return el("canvas", { class: "pixelated", role: "img", "aria-label": words });
}

/* A frame of grey values, or of red, green, blue. */
export function paintFrame(node, picture, frames, number) {
  const { height, width, channels } = picture;
  const start = number * height * width * channels;
  paint(node, height, width, (place) => {
    const at = start + place * channels;
    return channels === 3 ? [frames[at], frames[at + 1], frames[at + 2]] : [frames[at], frames[at], frames[at]];
  });
}

/* Values from -127 to 127: blue below zero, white at it, orange above. */
export function paintSigned(node, picture, values) {
  paint(node, picture.height, picture.width, (place) => signed(values[place] / 127));
}

function paint(node, height, width, colourOf) {
  if (node.width !== width || node.height !== height) Object.assign(node, { width, height });
  const context = node.getContext("2d");
  const pixels = context.createImageData(width, height);
  for (let place = 0; place < height * width; place += 1) {
    const [red, green, blue] = colourOf(place);
    pixels.data.set([red, green, blue, 255], 4 * place);
  }
  context.putImageData(pixels, 0, 0);
}

function signed(value) {
  const end = value < 0 ? BELOW : ABOVE;
  const share = Math.abs(value);
  return ZERO.map((zero, part) => Math.round(zero + share * (end[part] - zero)));
}
