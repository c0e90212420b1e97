/* Maps and outlines as pixels on canvases that lie over a picture. */

import { el } from "../../shared/browser/elements.js";

export function canvas(kind) {
  return el("canvas", { class: kind, "aria-hidden": "true" });
}

export function paletteOf(colours) {
  return colours.map((colour) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)));
}

/* Bytes of one map, or of the first less the second, in the colours of a palette. */
export function paintMap(node, map, bytes, other, palette) {
  const { height, width } = map;
  size(node, height, width);
  const context = node.getContext("2d");
  const pixels = context.createImageData(width, height);
  const last = palette.length - 1;
  for (let place = 0; place < height * width; place += 1) {
    const share = other ? (bytes[place] - other[place] + 255) / 510 : bytes[place] / 255;
    const [red, green, blue] = palette[Math.round(share * last)];
    pixels.data.set([red, green, blue, 255], 4 * place);
  }
  context.putImageData(pixels, 0, 0);
}

/* Edges between parts, drawn finer than the places themselves; the chosen part is ringed. */
export function paintParts(node, parts, layout, chosen, scale = Math.max(1, Math.ceil(448 / parts.width))) {
  const { height, width } = parts;
  size(node, height * scale, width * scale);
  const context = node.getContext("2d");
  context.clearRect(0, 0, node.width, node.height);
  const lines = (isEdge, colour, breadth) => {
    context.strokeStyle = colour;
    context.lineWidth = breadth;
    context.beginPath();
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const here = layout[y * width + x];
        if (x + 1 < width && isEdge(here, layout[y * width + x + 1])) path(context, (x + 1) * scale, y * scale, (x + 1) * scale, (y + 1) * scale);
        if (y + 1 < height && isEdge(here, layout[(y + 1) * width + x])) path(context, x * scale, (y + 1) * scale, (x + 1) * scale, (y + 1) * scale);
      }
    }
    context.stroke();
  };
  lines((one, other) => one !== other, "rgb(0 0 0 / 0.55)", 3);
  lines((one, other) => one !== other, "rgb(255 255 255 / 0.8)", 1);
  if (chosen === null) return;
  lines((one, other) => one !== other && (one === chosen || other === chosen), "#000", 6);
  lines((one, other) => one !== other && (one === chosen || other === chosen), "#FFB000", 3);
}

/* Values of a picture: grey, or red, green and blue. */
export function paintPicture(node, { height, width, channels }, bytes) {
  size(node, height, width);
  const context = node.getContext("2d");
  const pixels = context.createImageData(width, height);
  for (let place = 0; place < height * width; place += 1) {
    const at = place * channels;
    const grey = channels === 1;
    pixels.data.set([bytes[at], bytes[grey ? at : at + 1], bytes[grey ? at : at + 2], 255], 4 * place);
  }
  context.putImageData(pixels, 0, 0);
}

export function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function size(node, height, width) {
  if (node.width !== width || node.height !== height) Object.assign(node, { width, height });
}

function path(context, fromX, fromY, toX, toY) {
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
}
