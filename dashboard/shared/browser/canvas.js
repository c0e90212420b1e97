// @ts-check
/* Pixels on a canvas. */

/** @typedef {[red: number, green: number, blue: number]} Color from 0 to 255 */

/**
 * Bytes of a base64 text.
 * @param {string} text
 */
export function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/**
 * @param {string} text "#rrggbb"
 * @returns {Color}
 */
export function colorOf(text) {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));
  return [red, green, blue];
}

/**
 * What draws on a canvas. Only a canvas that draws by other means already has none.
 * @param {HTMLCanvasElement} node
 */
export function brushOf(node) {
  const brush = node.getContext("2d");
  if (brush === null) throw new Error("this canvas is drawn on by other means");
  return brush;
}

/**
 * @param {HTMLCanvasElement} node
 * @param {number} height
 * @param {number} width
 */
export function resize(node, height, width) {
  if (node.width !== width || node.height !== height) Object.assign(node, { width, height });
}

/**
 * Paint a canvas of a size pixel by pixel, row after row.
 * @param {HTMLCanvasElement} node
 * @param {{ height: number, width: number }} size
 * @param {(place: number) => Color} colorAt
 */
export function paintPixels(node, { height, width }, colorAt) {
  resize(node, height, width);
  const brush = brushOf(node);
  const pixels = brush.createImageData(width, height);
  for (let place = 0; place < height * width; place += 1) {
    const [red, green, blue] = colorAt(place);
    pixels.data.set([red, green, blue, 255], 4 * place);
  }
  brush.putImageData(pixels, 0, 0);
}

/**
 * The color of one value of a picture: gray, or red, green and blue.
 * @param {ArrayLike<number>} bytes
 * @param {number} at where its first byte is
 * @param {number} channels
 * @returns {Color}
 */
export function pixelAt(bytes, at, channels) {
  return channels === 3 ? [bytes[at], bytes[at + 1], bytes[at + 2]] : [bytes[at], bytes[at], bytes[at]];
}
