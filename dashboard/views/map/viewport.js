// @ts-check
/* Which part of the map is on screen: its points lie in [-1, 1] both ways, screens count pixels from the top left. */

const MAX_ZOOM = 4_000;
const MARGIN = 24;

export class Viewport {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    this.width = 0;
    this.height = 0;
    this.x = 0;
    this.y = 0;
    this.zoom = 1;
  }

  /* Screen pixels per unit of the map. */
  get unit() {
    return (Math.min(this.width, this.height) / 2) * 0.94 * this.zoom;
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {[left: number, top: number]}
   */
  toScreen(x, y) {
    return [this.width / 2 + (x - this.x) * this.unit, this.height / 2 - (y - this.y) * this.unit];
  }

  /**
   * @param {number} left
   * @param {number} top
   * @returns {[x: number, y: number]}
   */
  toData(left, top) {
    return [this.x + (left - this.width / 2) / this.unit, this.y - (top - this.height / 2) / this.unit];
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} zoom
   */
  look(x, y, zoom) {
    this.x = Math.max(-1.5, Math.min(1.5, x));
    this.y = Math.max(-1.5, Math.min(1.5, y));
    this.zoom = zoom;
    this.onChange();
  }

  /**
   * @param {number} left
   * @param {number} top
   */
  panBy(left, top) {
    this.look(this.x - left / this.unit, this.y + top / this.unit, this.zoom);
  }

  /**
   * The place under (left, top) stays where it is.
   * @param {number} factor
   * @param {number} [left]
   * @param {number} [top]
   */
  zoomBy(factor, left = this.width / 2, top = this.height / 2) {
    const [x, y] = this.toData(left, top);
    const zoom = Math.max(0.5, Math.min(MAX_ZOOM, this.zoom * factor));
    const ratio = this.zoom / zoom;
    this.look(x + (this.x - x) * ratio, y + (this.y - y) * ratio, zoom);
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  bringIn(x, y) {
    const [left, top] = this.toScreen(x, y);
    if (left < MARGIN || top < MARGIN || left > this.width - MARGIN || top > this.height - MARGIN) this.look(x, y, this.zoom);
  }

  reset() {
    this.look(0, 0, 1);
  }

  /** @param {number} n samples */
  pointSize(n) {
    const spread = Math.sqrt((this.width * this.height * 0.09) / Math.max(1, n));
    return Math.max(1.2, Math.min(7, spread) * Math.min(3, this.zoom ** 0.4));
  }
}
