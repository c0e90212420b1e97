// @ts-check
/* The map of samples: every point drawn by WebGL, the lasso on a canvas above it, so that dragging redraws no points.
   What goes back to Python is a polygon or a row, never a list of points. */

/** @import { MapData, MapStates } from "../../payloads.d.ts" */
/** @import { Component, Send } from "../../shared/browser/mount.js" */
/** @import { Place } from "./overlay.js" */
/** @import { Renderer } from "./renderers.js" */

import { colorOf } from "../../shared/browser/canvas.js";
import { button, el } from "../../shared/browser/elements.js";
import { hasModifier, keyOf } from "../../shared/browser/keyboard.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { address, getBytes } from "../../shared/browser/server.js";
import { count } from "../../shared/browser/words.js";
import { grayFor, opacityFor } from "./colors.js";
import { Legend } from "./legend.js";
import { paintOverlay } from "./overlay.js";
import { PointIndex } from "./point_index.js";
import { FlatRenderer, PointRenderer } from "./renderers.js";
import { Tooltip } from "./tooltip.js";
import { Tools } from "./tools.js";
import { Viewport } from "./viewport.js";

const PICK_RADIUS = 8;
const MAX_POINTS_WITHOUT_WEBGL = 50_000;

const STEP = 48;

/** @typedef {"points" | "channel" | "mask"} Part of what comes as bytes */

class SampleMap {
  /** @type {Send<MapStates>} */
  send = () => {};
  /** @type {Float32Array<ArrayBuffer> | null} */
  points = null;
  /** @type {Uint8Array<ArrayBuffer> | null} */
  channel = null;
  /** @type {Uint8Array<ArrayBuffer> | null} */
  mask = null;
  /** @type {PointIndex | null} */
  index = null;
  /** @type {Renderer | null} */
  renderer = null;
  /** @type {[x: number, y: number][]} the outline of the last lasso */
  polygon = [];
  /** @type {{ start: Place, path: Place[] } | null} */
  drawing = null;
  /** @type {{ at: Place, start: Place, pans: boolean, right: boolean, moved: boolean } | null} */
  dragging = null;
  /** @type {Place | null} */
  hoverAt = null;
  hoverAsked = 0;
  /** @type {{ [Name in Part]?: string }} the address that each came from */
  loaded = {};
  ratio = 1;
  frame = 0;
  updated = false;
  verified = false;
  lost = false;
  space = false;
  abort = new AbortController();
  view = new Viewport(() => {
    this.tooltip.hide();
    this.askDraw();
  });

  canvas = el("canvas", { class: "points", tabindex: "0", role: "application", "aria-roledescription": "map" });
  overlay = el("canvas", { class: "overlay", "aria-hidden": "true" });
  legend = new Legend((label) => this.send("legend", { label }));
  tools = new Tools({ view: this.view, onTool: (name) => this.overlay.classList.toggle("pan", name === "pan") });
  problemTitle = el("h2");
  problemWords = el("p");
  problemAgain = button({ class: "key-button", text: "try again" });
  problem = el("div", { class: "notice", role: "alert", hidden: true }, this.problemTitle, this.problemWords, this.problemAgain);
  plainNote = el("p", { class: "quiet plain-note", hidden: true, text: "drawn without WebGL: slower. Turn on hardware acceleration in the browser's settings." });

  /** @param {MapData} data */
  constructor(data) {
    this.data = data;
    this.tooltip = new Tooltip(data.study, data.kind, this.abort.signal);
    this.surface = el("div", { class: "surface" }, this.canvas, this.overlay,
      el("p", { class: "quiet waiting", text: "loading the map" }), el("p", { class: "quiet none", text: "no samples to show" }), this.tooltip.node, this.problem, this.plainNote, this.tools.node);
    this.node = el("section", { class: "margin map", "aria-label": "map", "data-state": "loading" }, this.surface, this.legend.node);
    this.tools.take("lasso");
    this.listen();
    this.openCanvas();
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.surface);
    this.loadPoints();
  }

  /* ----- life ----- */

  /** @param {MapData} data */
  update(data) {
    const before = this.data;
    this.data = data;
    this.node.classList.toggle("has-list", data.hasList);
    this.canvas.setAttribute("aria-label", this.description());
    this.legend.show(data.legend, data.palette);
    this.setPalette();
    this.loadChannel();
    this.loadMask();
    if (before.selected !== data.selected || !this.updated) this.bringIntoView();
    this.updated = true;
    this.askDraw();
  }

  destroy() {
    this.abort.abort();
    this.sizes.disconnect();
    cancelAnimationFrame(this.frame);
    this.tooltip.hide();
    this.renderer?.free();
  }

  description() {
    return `map of ${count(this.data.n)} samples, colored by ${this.data.legend.title}. Arrow keys move, plus and minus zoom, L lasso, B box, H pan, Escape clears.`;
  }

  /* ----- bytes ----- */

  async loadPoints() {
    await this.load("points", "points", (bytes) => {
      this.points = new Float32Array(bytes);
      this.index = null;
      this.renderer?.setPoints(this.points);
      this.bringIntoView();
    });
  }

  loadChannel() {
    return this.load("channel", `channel/${encodeURIComponent(this.data.channel)}?v=${this.data.version}`, (bytes) => {
      this.channel = new Uint8Array(bytes);
      this.renderer?.setChannel(this.channel);
    });
  }

  loadMask() {
    if (!this.data.mask) {
      this.loaded.mask = undefined;
      this.mask = null;
      this.renderer?.setMask(null);
      return null;
    }
    return this.load("mask", `mask/${encodeURIComponent(this.data.mask)}`, (bytes) => {
      this.mask = new Uint8Array(bytes);
      this.renderer?.setMask(this.mask);
    });
  }

  /**
   * Only what changed is asked for again; an answer that was overtaken is dropped.
   * @param {Part} part
   * @param {string} path
   * @param {(bytes: ArrayBuffer) => void} take
   */
  async load(part, path, take) {
    if (this.loaded[part] === path) return;
    this.loaded[part] = path;
    try {
      const bytes = await getBytes(address(this.data.study, path), { signal: this.abort.signal });
      if (this.loaded[part] !== path) return;
      take(bytes);
      this.verified = false;
      this.showState();
      this.askDraw();
    } catch {
      if (this.abort.signal.aborted) return;
      if (this.loaded[part] !== path) return;
      this.loaded[part] = undefined;
      this.showProblem("The map's data did not arrive.", "The server does not answer. Try again when it runs.", () => {
        this.problem.hidden = true;
        this.loadPoints();
        this.loadChannel();
        this.loadMask();
      });
    }
  }

  ready() {
    return this.points !== null && this.channel !== null && this.channel.length * 2 === this.points.length;
  }

  showState() {
    this.node.dataset.state = this.ready() ? (this.data.n === 0 ? "empty" : "ready") : "loading";
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

  openCanvas() {
    const gl = this.canvas.getContext("webgl", { alpha: true, antialias: false, premultipliedAlpha: true, preserveDrawingBuffer: false });
    if (gl) {
      this.renderer = new PointRenderer(gl);
      this.canvas.addEventListener("webglcontextlost", (event) => {
        event.preventDefault();
        delete this.node.dataset.painted;
        this.lost = true;
      });
      this.canvas.addEventListener("webglcontextrestored", () => {
        this.lost = false;
        this.refill(new PointRenderer(gl));
      });
      return;
    }
    if (this.data.n > MAX_POINTS_WITHOUT_WEBGL) {
      this.renderer = null;
      this.showProblem("This browser shows no WebGL.", `A map of ${count(this.data.n)} samples needs it. Turn on hardware acceleration in the browser's settings, or open this page in a current Firefox, Chrome or Safari.`, null);
      return;
    }
    this.renderer = new FlatRenderer(this.canvas);
    this.plainNote.hidden = false;
  }

  /** @param {Renderer} renderer a new one, which has nothing yet */
  refill(renderer) {
    this.renderer = renderer;
    if (this.points) renderer.setPoints(this.points);
    if (this.channel) renderer.setChannel(this.channel);
    renderer.setMask(this.mask);
    this.setPalette();
    this.verified = false;
    this.askDraw();
  }

  setPalette() {
    this.renderer?.setPalette(this.data.palette.map(colorOf));
  }

  resize() {
    this.ratio = Math.min(window.devicePixelRatio || 1, 2);
    this.view.width = this.surface.clientWidth;
    this.view.height = this.surface.clientHeight;
    for (const canvas of [this.canvas, this.overlay]) {
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
    const { view } = this;
    if (!this.renderer || !view.width || this.lost) return;
    this.drawOverlay();
    if (!this.ready() || this.data.n === 0) return;
    this.renderer.draw({
      center: [view.x, view.y],
      scale: [(2 * view.unit) / view.width, (2 * view.unit) / view.height],
      size: view.pointSize(this.data.n) * this.ratio,
      opacity: opacityFor(this.data.n),
      gray: grayFor(getComputedStyle(this.node).color, this.data.mask !== null),
      ordered: this.data.legend.kind === "score",
    });
    if (!this.verified && this.renderer.painted()) {
      this.verified = true;
      this.node.dataset.painted = String(this.data.n);
      this.node.dataset.shown = `${this.loaded.channel} ${this.loaded.mask ?? ""}`.trim();
    }
  }

  drawOverlay() {
    const { selected, n } = this.data;
    const rings = [this.ring(this.tooltip.row, 1.5), this.ring(selected, 3)];
    paintOverlay(this.overlay, getComputedStyle(this.node), this.ratio, {
      outline: this.drawing ? this.drawing.path : this.polygon.map(([x, y]) => this.view.toScreen(x, y)),
      dashed: !this.drawing,
      rings: rings.flatMap((ring) => ring ?? []),
      radius: this.view.pointSize(n) / 2 + 5,
    });
  }

  /**
   * @param {number | null} row
   * @param {number} width
   */
  ring(row, width) {
    const at = this.placeOf(row);
    return at && { at: this.view.toScreen(...at), width };
  }

  /**
   * Where a sample lies on the map, if it is there.
   * @param {number | null} row
   * @returns {[x: number, y: number] | null}
   */
  placeOf(row) {
    if (row === null || row < 0 || !this.points || 2 * row >= this.points.length) return null;
    return [this.points[2 * row], this.points[2 * row + 1]];
  }

  bringIntoView() {
    const at = this.placeOf(this.data.selected);
    if (at && this.view.width) this.view.bringIn(...at);
  }

  /* ----- pointer ----- */

  /**
   * @param {MouseEvent} event
   * @returns {Place}
   */
  place(event) {
    const box = this.overlay.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    this.canvas.focus(/** @type {FocusOptions} */ ({ preventScroll: true, focusVisible: false }));
    event.preventDefault();
    this.tooltip.hide();
    this.overlay.setPointerCapture(event.pointerId);
    const at = this.place(event);
    const pans = event.button === 2 || event.button === 1 || this.space || this.tools.chosen === "pan";
    this.dragging = { at, start: at, pans, right: event.button === 2, moved: false };
    if (!pans) this.drawing = { start: at, path: [at] };
    this.overlay.classList.toggle("moving", pans);
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    const at = this.place(event);
    const { dragging: drag, drawing } = this;
    if (!drag) {
      this.hover(at);
      return;
    }
    if (Math.hypot(at[0] - drag.start[0], at[1] - drag.start[1]) > 4) drag.moved = true;
    if (!drawing) {
      this.view.panBy(at[0] - drag.at[0], at[1] - drag.at[1]);
    } else if (this.tools.chosen === "box") {
      const { start } = drag;
      drawing.path = [start, [at[0], start[1]], at, [start[0], at[1]]];
      this.drawOverlay();
    } else {
      const last = drawing.path[drawing.path.length - 1];
      if (Math.hypot(at[0] - last[0], at[1] - last[1]) >= 2) drawing.path.push(at);
      this.drawOverlay();
    }
    drag.at = at;
  }

  /** @param {PointerEvent} event */
  onUp(event) {
    const drag = this.dragging;
    if (!drag) return;
    this.dragging = null;
    this.overlay.classList.remove("moving");
    const path = this.drawing?.path ?? [];
    this.drawing = null;
    if (!drag.moved) {
      if (!drag.right) this.pick(this.place(event));
    } else if (!drag.pans && path.length >= 3) {
      this.polygon = path.map(([left, top]) => this.view.toData(left, top));
      this.send("lasso", { polygon: this.polygon });
    }
    this.drawOverlay();
  }

  cancel() {
    this.dragging = null;
    this.drawing = null;
    this.drawOverlay();
  }

  clear() {
    this.cancel();
    if (this.polygon.length === 0) return;
    this.polygon = [];
    this.drawOverlay();
    this.send("lasso", { polygon: [] });
  }

  /** @param {Place} at */
  pick(at) {
    const row = this.nearest(at);
    if (row >= 0) this.send("picked", { row });
  }

  /** @param {Place} at */
  nearest([left, top]) {
    if (!this.points || !this.ready()) return -1;
    this.index ??= new PointIndex(this.points);
    return this.index.nearest(this.view.toData(left, top), PICK_RADIUS / this.view.unit, this.mask);
  }

  /** @param {Place} at */
  hover(at) {
    this.hoverAt = at;
    if (this.hoverAsked) return;
    this.hoverAsked = requestAnimationFrame(() => {
      this.hoverAsked = 0;
      if (this.dragging || !this.hoverAt) return;
      const row = this.nearest(this.hoverAt);
      this.overlay.classList.toggle("on-point", row >= 0);
      if (row === this.tooltip.row) return;
      const place = this.placeOf(row);
      if (place) this.tooltip.show(row, this.view.toScreen(...place), this.view, this.data.classes);
      else this.tooltip.hide();
      this.drawOverlay();
    });
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
      " ": () => { this.space = true; this.overlay.classList.add("pan"); },
      Escape: () => this.clear(),
    };
    const run = runs[keyOf(event)];
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  }

  /** @param {{ key: string }} event */
  onKeyUp(event) {
    if (event.key !== " ") return;
    this.space = false;
    this.overlay.classList.toggle("pan", this.tools.chosen === "pan");
  }

  /* ----- elements ----- */

  listen() {
    this.overlay.addEventListener("pointerdown", (event) => this.onDown(event));
    this.overlay.addEventListener("pointermove", (event) => this.onMove(event));
    this.overlay.addEventListener("pointerup", (event) => this.onUp(event));
    this.overlay.addEventListener("pointercancel", () => this.cancel());
    this.overlay.addEventListener("pointerleave", () => { if (!this.dragging) { this.hoverAt = null; this.tooltip.hide(); this.drawOverlay(); } });
    this.overlay.addEventListener("contextmenu", (event) => event.preventDefault());
    this.overlay.addEventListener("dblclick", () => this.view.reset());
    this.overlay.addEventListener("wheel", (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      this.view.zoomBy(Math.exp(-Math.max(-200, Math.min(200, event.deltaY * lines)) * 0.002), ...this.place(event));
    }, { passive: false });
    this.canvas.addEventListener("keydown", (event) => this.onKey(event));
    this.canvas.addEventListener("keyup", (event) => this.onKeyUp(event));
    this.canvas.addEventListener("blur", () => this.onKeyUp({ key: " " }));
  }
}

/** @param {Component<MapData>} component */
export default function (component) {
  return mountOnce(component, (data) => new SampleMap(data));
}
