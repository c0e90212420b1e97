// @ts-check
/* How bright points are, and in which gray those stand back that do not matter. */

/**
 * @param {string} color as getComputedStyle says it: rgb(…), 0 to 255
 * @returns {number} in [0, 1]
 */
export function luminanceOf(color) {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

/**
 * The more points there are, the more each lets through.
 * @param {number} n
 */
export function opacityFor(n) {
  return Math.max(0.45, Math.min(0.9, 2.2 / Math.log10(Math.max(10, n)) + 0.05));
}

/**
 * @param {string} ink the color of text: light on a dark page
 * @param {boolean} isMasked
 * @returns {[red: number, green: number, blue: number, opacity: number]} each in [0, 1]
 */
export function grayFor(ink, isMasked) {
  const level = luminanceOf(ink) > 0.5 ? 0.5 : 0.62;
  return [level, level, level * 1.03, isMasked ? 0.22 : 0.55];
}
