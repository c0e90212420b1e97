/* The map of samples: every point drawn by WebGL, the lasso on a canvas above it, so that dragging redraws no points.
   What goes back to Python is a polygon or a row, never a list of points. */

import { button, el } from "../../shared/browser/elements.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { address, getBytes } from "../../shared/browser/server.js";
import { count } from "../../shared/browser/words.js";
import { Legend } from "./legend.js";
import { paintOverlay } from "./overlay.js";
import { Places } from "./places.js";
import { FlatRenderer, PointRenderer } from "./renderers.js";
import { Tip } from "./tip.js";
import { Tools } from "./tools.js";
import { View } from "./view.js";

const PICK_RADIUS = 8;
const WITHOUT_WEBGL = 50_000;

class SampleMap {
  constructor(data) {
    this.data = data;
    this.points = null;
    this.channel = null;
    this.mask = null;
    this.polygon = [];
    this.drawing = null;
    this.dragging = null;
    this.loaded = {};
    this.abort = new AbortController();
    this.view = new View(() => {
      this.tip.hide();
      this.askDraw();
    });
    this.build();
    this.openCanvas();
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.surface);
    this.loadPoints();
  }

  /* ----- life ----- */

  update(data) {
    const before = this.data;
    this.data = data;
    this.node.style.setProperty("--map-height", `${data.height}px`);
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
    this.tip.hide();
    this.renderer?.free();
  }

  description() {
    const coloured = this.data.legend.title;
    return `map of ${count(this.data.n)} samples, coloured by ${coloured}. Arrow keys move, plus and minus zoom, L lasso, B box, H pan, Escape clears.`;
  }

  /* ----- bytes ----- */

  async loadPoints() {
    await this.load("points", "points", (bytes) => {
      this.points = new Float32Array(bytes);
      this.places = null;
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
      this.loaded.mask = null;
      this.mask = null;
      this.renderer?.setMask(null, this.data.n);
      return null;
    }
    return this.load("mask", `mask/${encodeURIComponent(this.data.mask)}`, (bytes) => {
      this.mask = new Uint8Array(bytes);
      this.renderer?.setMask(this.mask, this.data.n);
    });
  }

  /* Only what changed is asked for again; an answer that was overtaken is dropped. */
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
    } catch (reason) {
      if (this.abort.signal.aborted) return;
      if (this.loaded[part] === path) this.loaded[part] = undefined;
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
        this.renderer = new PointRenderer(gl);
        this.refillRenderer();
      });
      return;
    }
    if (this.data.n > WITHOUT_WEBGL) {
      this.renderer = null;
      this.showProblem("This browser shows no WebGL.", `A map of ${count(this.data.n)} samples needs it. Turn on hardware acceleration in the browser's settings, or open this page in a current Firefox, Chrome or Safari.`, null);
      return;
    }
    this.renderer = new FlatRenderer(this.canvas);
    this.plainNote.hidden = false;
  }

  refillRenderer() {
    if (this.points) this.renderer.setPoints(this.points);
    if (this.channel) this.renderer.setChannel(this.channel);
    this.renderer.setMask(this.mask, this.data.n);
    this.setPalette();
    this.verified = false;
    this.askDraw();
  }

  setPalette() {
    this.renderer?.setPalette(this.data.palette.map(rgb));
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
      centre: [view.x, view.y],
      scale: [(2 * view.unit) / view.width, (2 * view.unit) / view.height],
      size: view.pointSize(this.data.n) * this.ratio,
      opacity: this.opacity(),
      grey: this.grey(),
      ordered: this.data.legend.kind === "score" ? 1 : 0,
    });
    if (!this.verified && this.renderer.painted()) {
      this.verified = true;
      this.node.dataset.painted = String(this.data.n);
      this.node.dataset.shown = `${this.loaded.channel} ${this.loaded.mask ?? ""}`.trim();
    }
  }

  opacity() {
    return Math.max(0.45, Math.min(0.9, 2.2 / Math.log10(Math.max(10, this.data.n)) + 0.05));
  }

  grey() {
    const dark = luminance(getComputedStyle(this.node).color) > 0.5;
    const level = dark ? 0.5 : 0.62;
    return [level, level, level * 1.03, this.data.mask ? 0.22 : 0.55];
  }

  drawOverlay() {
    const rings = [];
    if (this.points && this.tip.row >= 0) rings.push({ at: this.placeOf(this.tip.row), width: 1.5 });
    if (this.isRow(this.data.selected)) rings.push({ at: this.placeOf(this.data.selected), width: 3 });
    paintOverlay(this.overlay, getComputedStyle(this.node), this.ratio, {
      outline: this.drawing ? this.drawing.path : this.polygon.map(([x, y]) => this.view.toScreen(x, y)),
      dashed: !this.drawing,
      rings,
      radius: this.view.pointSize(this.data.n) / 2 + 5,
    });
  }

  isRow(row) {
    return Number.isInteger(row) && row >= 0 && this.points !== null && 2 * row < this.points.length;
  }

  placeOf(row) {
    return this.view.toScreen(this.points[2 * row], this.points[2 * row + 1]);
  }

  bringIntoView() {
    if (this.isRow(this.data.selected) && this.view.width) this.view.bringIn(this.points[2 * this.data.selected], this.points[2 * this.data.selected + 1]);
  }

  /* ----- pointer ----- */

  place(event) {
    const box = this.overlay.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  onDown(event) {
    this.canvas.focus({ preventScroll: true, focusVisible: false });
    event.preventDefault();
    this.tip.hide();
    this.overlay.setPointerCapture(event.pointerId);
    const at = this.place(event);
    const pans = event.button === 2 || event.button === 1 || this.space || this.tools.chosen === "pan";
    this.dragging = { at, start: at, pans, right: event.button === 2, moved: false };
    if (!pans) this.drawing = { start: at, path: [at] };
    this.overlay.classList.toggle("moving", pans);
  }

  onMove(event) {
    const at = this.place(event);
    if (!this.dragging) {
      this.hover(at);
      return;
    }
    const drag = this.dragging;
    if (Math.hypot(at[0] - drag.start[0], at[1] - drag.start[1]) > 4) drag.moved = true;
    if (drag.pans) {
      this.view.panBy(at[0] - drag.at[0], at[1] - drag.at[1]);
    } else if (this.tools.chosen === "box") {
      const [from, to] = [drag.start, at];
      this.drawing.path = [from, [to[0], from[1]], to, [from[0], to[1]]];
      this.drawOverlay();
    } else {
      const last = this.drawing.path.at(-1);
      if (Math.hypot(at[0] - last[0], at[1] - last[1]) >= 2) this.drawing.path.push(at);
      this.drawOverlay();
    }
    drag.at = at;
  }

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

  pick(at) {
    const row = this.nearest(at);
    if (row >= 0) this.send("picked", { row });
  }

  nearest([left, top]) {
    if (!this.ready()) return -1;
    this.places ??= new Places(this.points);
    return this.places.nearest(this.view.toData(left, top), PICK_RADIUS / this.view.unit, this.mask);
  }

  hover(at) {
    this.hoverAt = at;
    if (this.hoverAsked) return;
    this.hoverAsked = requestAnimationFrame(() => {
      this.hoverAsked = 0;
      if (this.dragging || !this.hoverAt) return;
      const row = this.nearest(this.hoverAt);
      this.overlay.classList.toggle("on-point", row >= 0);
      if (row === this.tip.row) return;
      if (row < 0) this.tip.hide();
      else this.tip.show(row, this.placeOf(row), this.view, this.data.classes);
      this.drawOverlay();
    });
  }

  /* ----- keys, only while the map has the focus ----- */

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = 48;
    const { view, tools } = this;
    const runs = {
      ArrowLeft: () => view.panBy(step, 0),
      ArrowRight: () => view.panBy(-step, 0),
      ArrowUp: () => view.panBy(0, step),
      ArrowDown: () => view.panBy(0, -step),
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
    const run = runs[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  }

  onKeyUp(event) {
    if (event.key !== " ") return;
    this.space = false;
    this.overlay.classList.toggle("pan", this.tools.chosen === "pan");
  }

  /* ----- elements ----- */

  build() {
    this.canvas = el("canvas", { class: "points", tabindex: "0", role: "application", "aria-roledescription": "map" });
    this.overlay = el("canvas", { class: "overlay", "aria-hidden": "true" });
    this.tip = new Tip(this.data.study, this.data.kind, this.abort.signal);
    this.legend = new Legend((label) => this.send("legend", { class: label }));
    this.tools = new Tools({ view: this.view, onTool: (name) => this.overlay.classList.toggle("pan", name === "pan") });
    this.tools.take("lasso");
    this.problemTitle = el("h2");
    this.problemWords = el("p");
    this.problemAgain = button({ class: "key-button", text: "try again" });
    this.problem = el("div", { class: "notice", role: "alert", hidden: true }, this.problemTitle, this.problemWords, this.problemAgain);
    this.plainNote = el("p", { class: "quiet plain-note", hidden: true, text: "drawn without WebGL: slower. Turn on hardware acceleration in the browser's settings." });
    this.surface = el("div", { class: "surface" }, this.canvas, this.overlay,
      el("p", { class: "quiet waiting", text: "loading the map" }), el("p", { class: "quiet none", text: "no samples to show" }), this.tip.node, this.problem, this.plainNote, this.tools.node);
    this.node = el("section", { class: "margin map", "aria-label": "map", "data-state": "loading" }, this.surface, this.legend.node);
    this.listen();
  }

  listen() {
    this.overlay.addEventListener("pointerdown", (event) => this.onDown(event));
    this.overlay.addEventListener("pointermove", (event) => this.onMove(event));
    this.overlay.addEventListener("pointerup", (event) => this.onUp(event));
    this.overlay.addEventListener("pointercancel", () => this.cancel());
    this.overlay.addEventListener("pointerleave", () => { if (!this.dragging) { this.hoverAt = null; this.tip.hide(); this.drawOverlay(); } });
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

function rgb(colour) {
  const bits = Number.parseInt(colour.slice(1), 16);
  return [bits >> 16, (bits >> 8) & 255, bits & 255];
}

/* `colour` as getComputedStyle says it: rgb(…), 0 to 255. */
function luminance(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/g).map(Number);
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

export default function (component) {
  return mountOnce(component, (data) => new SampleMap(data));
}
