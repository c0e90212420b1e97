// @ts-check
/* How much the places of a heatmap count that is no picture's, and which part of a picture lies where. */

/** @import { Heatmap, PartDrops, PlaceNames } from "../../payloads.d.ts" */

const COLUMNS_SHOWN = 24;

/** @typedef {Required<Pick<Heatmap, "key" | "height" | "width">> & { kind: Heatmap["kind"] }} PictureHeatmap */
/** @typedef {Required<Pick<PartDrops, "key" | "height" | "width">>} PartLayout */

/**
 * A heatmap as bytes that are kept elsewhere, if it is one of a picture.
 * @param {Heatmap | null} heatmap
 * @returns {PictureHeatmap | null}
 */
export function toPictureHeatmap(heatmap) {
  return heatmap?.key === undefined || heatmap.height === undefined || heatmap.width === undefined ? null : { kind: heatmap.kind, key: heatmap.key, height: heatmap.height, width: heatmap.width };
}

/**
 * @param {PartDrops | null} parts
 * @returns {PartLayout | null}
 */
export function layoutOf(parts) {
  return parts?.key === undefined || parts.height === undefined || parts.width === undefined ? null : { key: parts.key, height: parts.height, width: parts.width };
}

/**
 * How much each place counts: the weights of one heatmap, or of the first less the second. Each heatmap is on the scale of its own largest
 * effect, and a class that nothing supports has one too: of two, each counts as much as its largest effect.
 * @param {readonly Pick<Heatmap, "weights" | "most">[]} heatmaps
 */
export function weightsOf([one, other]) {
  const own = one.weights ?? [];
  if (!other) return own;
  const [first, second] = [one.most ?? 0, other.most ?? 0];
  const most = Math.max(first, second) || 1;
  return own.map((weight, place) => (weight * first - (other.weights?.[place] ?? 0) * second) / most);
}

/**
 * The places in the order in which they are shown: words as they stand, columns the most important first.
 * @param {PlaceNames} content
 * @param {readonly number[]} weights
 */
export function orderOf(content, weights) {
  const order = weights.map((_, place) => place);
  return content.words ? order : order.sort((a, b) => Math.abs(weights[b]) - Math.abs(weights[a]) || a - b).slice(0, COLUMNS_SHOWN);
}

/**
 * Which part of a picture lies under a point of a frame; null beside the picture, which fills the frame as far as its shape allows.
 * @param {{ x: number, y: number }} point from the frame's top left
 * @param {{ width: number, height: number }} frame
 * @param {{ width: number, height: number }} picture
 * @param {Uint16Array} layout the part of each place, row after row
 */
export function partAt(point, frame, { width, height }, layout) {
  const scale = Math.min(frame.width / width, frame.height / height);
  const x = Math.floor((point.x - (frame.width - width * scale) / 2) / scale);
  const y = Math.floor((point.y - (frame.height - height * scale) / 2) / scale);
  return x < 0 || y < 0 || x >= width || y >= height ? null : layout[y * width + x];
}

/**
 * The lines between places that lie in different parts, as pairs of corners.
 * @param {{ width: number, height: number }} picture
 * @param {Uint16Array} layout
 * @param {(one: number, other: number) => boolean} isEdge
 * @returns {[fromX: number, fromY: number, toX: number, toY: number][]}
 */
export function edgesOf({ width, height }, layout, isEdge) {
  /** @type {[number, number, number, number][]} */
  const found = [];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const here = layout[y * width + x];
      if (x + 1 < width && isEdge(here, layout[y * width + x + 1])) found.push([x + 1, y, x + 1, y + 1]);
      if (y + 1 < height && isEdge(here, layout[(y + 1) * width + x])) found.push([x, y + 1, x + 1, y + 1]);
    }
  }
  return found;
}
