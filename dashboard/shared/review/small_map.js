// @ts-check
/* Where a sample lies among all others, as small as a stamp. */

/** @import { Card, ClassEntry } from "../../payloads.d.ts" */

import { brushOf } from "../../shared/browser/canvas.js";
import { button, el } from "../../shared/browser/elements.js";
import { address, getBytes } from "../../shared/browser/server.js";
import { classOf } from "../../shared/browser/words.js";

const MAX_POINTS = 20_000;

/** @typedef {{ row: number, color: string | null }} MapMark a sample of the batch, with the color of its label if it has one */

export class SmallMap {
  /**
   * @param {string} study
   * @param {number} side pixels that are drawn; two or more for each that is seen
   * @param {() => void} onClick
   */
  constructor(study, side, onClick) {
    this.study = study;
    this.side = side;
    this.unit = Math.max(1, side / 480);
    /** @type {Float32Array | null} */
    this.points = null;
    this.asked = false;
    /** @type {{ card: Card, classes: readonly ClassEntry[] } | null} */
    this.ringed = null;
    /** @type {readonly MapMark[]} */
    this.marks = [];
    this.base = el("canvas", { width: side, height: side });
    this.rings = el("canvas", { width: side, height: side });
    this.computing = el("span", { class: "quiet", hidden: true, text: "The map is being computed." });
    this.button = button({ class: "small-map", title: "show on the map", "aria-label": "where it lies: show on the map", on: { click: onClick } }, this.base, this.rings, this.computing);
    this.node = el("div", { class: "map-position" }, el("span", { class: "title", text: "on the map" }), this.button);
  }

  /* Once; a study whose map is not laid out yet has no points to give. */
  async load() {
    if (this.points || this.asked) return;
    this.asked = true;
    try {
      this.points = new Float32Array(await getBytes(address(this.study, "points")));
      this.draw(this.points);
    } catch (reason) {
      this.asked = false;
      console.warn("margin: the small map has no points yet.", reason);
    }
  }

  /** @param {Float32Array} points */
  draw(points) {
    this.computing.hidden = true;
    const paint = brushOf(this.base);
    paint.clearRect(0, 0, this.side, this.side);
    paint.fillStyle = "#8a8f98";
    const n = points.length / 2;
    const step = Math.max(1, Math.ceil(n / MAX_POINTS));
    const crowded = n / step > 5_000;
    const dot = (crowded ? 2 : 3) * this.unit;
    paint.globalAlpha = crowded ? 0.35 : 0.55;
    for (let row = 0; row < n; row += step) {
      const [left, top] = this.placeOf(points, row);
      paint.fillRect(left - dot / 2, top - dot / 2, dot, dot);
    }
    if (this.ringed) this.ring(this.ringed.card, this.ringed.classes);
  }

  /**
   * @param {Float32Array} points
   * @param {number} row
   * @returns {[left: number, top: number]}
   */
  placeOf(points, row) {
    return [(0.5 + points[2 * row] * 0.47) * this.side, (0.5 - points[2 * row + 1] * 0.47) * this.side];
  }

  /**
   * @param {Card} card
   * @param {readonly ClassEntry[]} classes
   */
  ring(card, classes) {
    this.ringed = { card, classes };
    const { points } = this;
    this.computing.hidden = Boolean(points) || card.x !== null;
    const paint = brushOf(this.rings);
    paint.clearRect(0, 0, this.side, this.side);
    if (!points) return;
    for (const one of card.neighbors) {
      paint.beginPath();
      paint.arc(...this.placeOf(points, one.row), 5 * this.unit, 0, 7);
      paint.fillStyle = classOf(classes, one.label).color;
      paint.fill();
    }
    this.drawMarks(paint, points);
    paint.beginPath();
    paint.arc(...this.placeOf(points, card.row), 11 * this.unit, 0, 7);
    paint.strokeStyle = getComputedStyle(this.node).color;
    paint.lineWidth = 4;
    paint.stroke();
  }

  /**
   * The batch: a small ring each, filled once it is labeled.
   * @param {readonly MapMark[]} marks
   */
  mark(marks) {
    this.marks = marks;
    this.button.title = marks.length > 0 ? "show on the map; small rings: this batch, filled once labeled" : "show on the map";
    if (this.ringed) this.ring(this.ringed.card, this.ringed.classes);
  }

  /**
   * @param {CanvasRenderingContext2D} paint
   * @param {Float32Array} points
   */
  drawMarks(paint, points) {
    paint.strokeStyle = getComputedStyle(this.node).color;
    paint.lineWidth = 1.5 * this.unit;
    for (const { row, color } of this.marks) {
      paint.beginPath();
      paint.arc(...this.placeOf(points, row), 4 * this.unit, 0, 7);
      if (color) {
        paint.fillStyle = color;
        paint.fill();
      }
      paint.stroke();
    }
  }
}
