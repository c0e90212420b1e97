// @ts-check
/* How close a frame is looked into, and where. */

const ZOOMS = [1, 2, 4];
const CLOSEST = 8;

/**
 * The scale, and the middle of the picture from that of the frame, in frame widths.
 * @typedef {{ scale: number, x: number, y: number }} ZoomState
 */

/** @type {ZoomState} */
export const WHOLE = { scale: 1, x: 0, y: 0 };

/**
 * No further than the picture's edge.
 * @param {ZoomState} state
 * @returns {ZoomState}
 */
export function moved({ scale, x, y }) {
  const most = (scale - 1) / 2;
  return { scale, x: Math.max(-most, Math.min(most, x)), y: Math.max(-most, Math.min(most, y)) };
}

/**
 * Closer or farther; the point of the frame at (x, y), from its middle in frame widths, stays where it is.
 * @param {ZoomState} state
 * @param {number} scale
 * @param {number} x
 * @param {number} y
 */
export function zoomed(state, scale, x, y) {
  const bounded = Math.max(1, Math.min(CLOSEST, scale));
  const ratio = bounded / state.scale;
  return moved({ scale: bounded, x: x - (x - state.x) * ratio, y: y - (y - state.y) * ratio });
}

/**
 * The next of a few scales, and after the last the whole picture.
 * @param {ZoomState} state
 */
export function nextZoom(state) {
  const larger = ZOOMS.find((scale) => scale > state.scale + 0.01);
  return larger ? zoomed(state, larger, 0, 0) : WHOLE;
}
