// @ts-check
/* The map of samples: every point drawn by WebGL, the lasso on a canvas above it, so that dragging redraws no points.
   What goes back to Python is a polygon or a row, never a list of points. */

/** @import { MapData, MapStates } from "../../payloads.d.ts" */
/** @import { Component, Send } from "../../shared/browser/mount.js" */
/** @import { Point } from "./overlay.js" */
/** @import { Part } from "./point_data.js" */

import { colorOf } from "../../shared/browser/canvas.js";
import { button, el } from "../../shared/browser/elements.js";
import { hasModifier, keyOf } from "../../shared/browser/keyboard.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { count } from "../../shared/browser/words.js";
import { grayFor, opacityFor } from "./colors.js";
import { Gestures } from "./gestures.js";
import { Legend } from "./legend.js";
import { paintOverlay } from "./overlay.js";
import { PointCanvas } from "./point_canvas.js";
import { PointData } from "./point_data.js";
import { Tooltip } from "./tooltip.js";
import { Tools } from "./tools.js";
import { Viewport } from "./viewport.js";

const PICK_RADIUS = 8;
const STEP = 48;
const NO_WEBGL_HELP = "Turn on hardware acceleration in the browser's settings";

class SampleMap {
  /** @type {Send<MapStates>} */
  send = () => {};
  /** @type {[x: number, y: number][]} the outline of the last lasso */
  polygon = [];
  ratio = 1;
  frame = 0;
  updated = false;
  abort = new AbortController();
  view = new Viewport(() => {
    this.tooltip.hide();
    this.askDraw();
  });

  overlay = el("canvas", { class: "overlay", "aria-hidden": "true" });
  legend = new Legend((label) => this.send("legend", { label }));
  tools = new Tools({ view: this.view, onTool: () => this.gestures.showPanning() });
  gestures = new Gestures({ surface: this.overlay, view: this.view, tools: this.tools, page: {
    onDown: () => {
      this.canvas.node.focus(/** @type {FocusOptions} */ ({ preventScroll: true, focusVisible: false }));
      this.tooltip.hide();
    },
    onOutline: (path) => this.select(path),
    onPick: (at) => this.pick(at),
    onHover: (at) => this.hover(at),
    onDraw: () => this.drawOverlay(),
  } });
  problemTitle = el("h2");
  problemWords = el("p");
  problemAgain = button({ class: "key-button", text: "Try again" });
  problem = el("div", { class: "notice", role: "alert", hidden: true }, this.problemTitle, this.problemWords, this.problemAgain);
  plainNote = el("p", { class: "quiet plain-note", hidden: true, text: `drawn without WebGL: slower. ${NO_WEBGL_HELP}.` });

  /** @param {MapData} data */
  constructor(data) {
    this.data = data;
    this.tooltip = new Tooltip(data.study, data.kind, this.abort.signal);
    this.points = new PointData({ study: data.study, signal: this.abort.signal, onArrive: (part) => this.onArrive(part), onAway: () => this.showAway() });
    this.canvas = new PointCanvas({ n: data.n, data: this.points, onLost: () => { delete this.node.dataset.painted; }, onRestored: () => this.askDraw() });
    this.surface = el("div", { class: "surface" }, this.canvas.node, this.overlay,
      el("p", { class: "quiet waiting", text: "loading the map" }), el("p", { class: "quiet none", text: "no samples to show" }), this.tooltip.node, this.problem, this.plainNote, this.tools.node);
    this.node = el("section", { class: "margin map", "aria-label": "map", "data-state": "loading" }, this.surface, this.legend.node);
    this.tools.take("lasso");
    this.canvas.node.addEventListener("keydown", (event) => this.onKey(event));
    this.canvas.node.addEventListener("keyup", (event) => { if (event.key === " ") this.gestures.holdSpace(false); });
    this.canvas.node.addEventListener("blur", () => this.gestures.holdSpace(false));
    this.showWebGl();
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.surface);
  }

  /* ----- life ----- */

  /** @param {MapData} data */
  update(data) {
    const before = this.data;
    this.data = data;
    this.node.classList.toggle("has-list", data.hasList);
    this.canvas.node.setAttribute("aria-label", this.description());
    this.legend.show(data.legend, data.palette);
    this.canvas.setPalette(data.palette.map(colorOf));
    this.points.load(data);
    if (before.selected !== data.selected || !this.updated) this.bringIntoView();
    this.updated = true;
    this.askDraw();
  }

  destroy() {
    this.abort.abort();
    this.sizes.disconnect();
    cancelAnimationFrame(this.frame);
    this.tooltip.hide();
    this.canvas.free();
  }

  description() {
    return `map of ${count(this.data.n)} samples, colored by ${this.data.legend.title}. Arrow keys move, plus and minus zoom, L lasso, B box, H pan, Escape clears.`;
  }

  /** @param {Part} part */
  onArrive(part) {
    this.canvas.take(part);
    if (part === "points") this.bringIntoView();
    this.node.dataset.state = this.points.isReady() ? (this.data.n === 0 ? "empty" : "ready") : "loading";
    this.askDraw();
  }

  /* ----- what went wrong ----- */

  showAway() {
    this.showProblem("The map's data did not arrive.", "The server does not answer. Try again when it runs.", () => {
      this.problem.hidden = true;
      this.points.load(this.data);
    });
  }

  showWebGl() {
    const { renderer, hasWebGl } = this.canvas;
    this.plainNote.hidden = hasWebGl || !renderer;
    if (renderer) return;
    this.showProblem("This browser shows no WebGL.", `A map of ${count(this.data.n)} samples needs it. ${NO_WEBGL_HELP}, or open this page in a current Firefox, Chrome or Safari.`, null);
  }

  /**
   * @param {string} title
   * @param {string} words
   * @param {(() => void) | null} again what helps, if anything does
   */
  showProblem(title, words, again) {
    this.problemTitle.textContent = title;
    this.problemWords.textContent = words;
    this.problemAgain.hidden = !again;
    this.problemAgain.onclick = again;
    this.problem.hidden = false;
  }

  /* ----- drawing ----- */

  resize() {
    this.ratio = Math.min(window.devicePixelRatio || 1, 2);
    this.view.width = this.surface.clientWidth;
    this.view.height = this.surface.clientHeight;
    for (const canvas of [this.canvas.node, this.overlay]) {
      canvas.width = Math.max(1, Math.round(this.view.width * this.ratio));
      canvas.height = Math.max(1, Math.round(this.view.height * this.ratio));
    }
    this.bringIntoView();
    this.draw();
  }

  askDraw() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    const { view, data } = this;
    if (!this.canvas.canDraw() || !view.width) return;
    this.drawOverlay();
    if (!this.points.isReady() || data.n === 0) return;
    const isNew = this.canvas.draw({
      center: [view.x, view.y],
      scale: [(2 * view.unit) / view.width, (2 * view.unit) / view.height],
      size: view.pointSize(data.n) * this.ratio,
      opacity: opacityFor(data.n),
      gray: grayFor(getComputedStyle(this.node).color, data.mask !== null),
      ordered: data.legend.kind === "score",
    });
    if (!isNew) return;
    this.node.dataset.painted = String(data.n);
    this.node.dataset.shown = this.points.name();
  }

  drawOverlay() {
    const { selected, n } = this.data;
    const { outline } = this.gestures;
    const rings = [this.ring(this.tooltip.row, 1.5), this.ring(selected, 3)];
    paintOverlay(this.overlay, getComputedStyle(this.node), this.ratio, {
      outline: outline ?? this.polygon.map(([x, y]) => this.view.toScreen(x, y)),
      dashed: !outline,
      rings: rings.flatMap((ring) => ring ?? []),
      radius: this.view.pointSize(n) / 2 + 5,
    });
  }

  /**
   * @param {number | null} row
   * @param {number} width
   */
  ring(row, width) {
    const at = this.points.placeOf(row);
    return at && { at: this.view.toScreen(...at), width };
  }

  bringIntoView() {
    const at = this.points.placeOf(this.data.selected);
    if (at && this.view.width) this.view.bringIn(...at);
  }

  /* ----- samples under the pointer, and drawn around ----- */

  /** @param {Point} at */
  nearest([left, top]) {
    return this.points.nearest(this.view.toData(left, top), PICK_RADIUS / this.view.unit);
  }

  /** @param {Point} at */
  pick(at) {
    const row = this.nearest(at);
    if (row >= 0) this.send("picked", { row });
  }

  /** @param {Point | null} at null: the pointer is gone */
  hover(at) {
    const row = at ? this.nearest(at) : -1;
    this.overlay.classList.toggle("on-point", row >= 0);
    if (row === this.tooltip.row) return;
    const place = this.points.placeOf(row);
    if (place) this.tooltip.show(row, this.view.toScreen(...place), this.view, this.data.classes);
    else this.tooltip.hide();
    this.drawOverlay();
  }

  /** @param {readonly Point[]} path */
  select(path) {
    this.polygon = path.map(([left, top]) => this.view.toData(left, top));
    this.send("lasso", { polygon: this.polygon });
  }

  clear() {
    this.gestures.cancel();
    if (this.polygon.length === 0) return;
    this.polygon = [];
    this.drawOverlay();
    this.send("lasso", { polygon: [] });
  }

  /* ----- keys, only while the map has the focus ----- */

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (hasModifier(event)) return;
    const { view, tools } = this;
    /** @type {Record<string, () => void>} */
    const runs = {
      ArrowLeft: () => view.panBy(STEP, 0),
      ArrowRight: () => view.panBy(-STEP, 0),
      ArrowUp: () => view.panBy(0, STEP),
      ArrowDown: () => view.panBy(0, -STEP),
      "+": () => view.zoomBy(1.3),
      "=": () => view.zoomBy(1.3),
      "-": () => view.zoomBy(1 / 1.3),
      0: () => view.reset(),
      l: () => tools.take("lasso"),
      b: () => tools.take("box"),
      h: () => tools.take("pan"),
      " ": () => this.gestures.holdSpace(true),
      Escape: () => this.clear(),
    };
    const run = runs[keyOf(event)];
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  }
}

/** @param {Component<MapData>} component */
export default function (component) {
  return mountOnce(component, (data) => new SampleMap(data));
}
