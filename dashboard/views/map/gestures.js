// @ts-check
/* What the pointer does on the map: it points, picks, pans, zooms, or draws around samples. */

/** @import { Point } from "./overlay.js" */
/** @import { Tools } from "./tools.js" */
/** @import { Viewport } from "./viewport.js" */

import { boxBetween, extendLasso, hasArea } from "./outline.js";

/* A hand that clicks trembles: so many pixels are still a click. */
const CLICK_RADIUS = 4;
const LINE_HEIGHT = 16;
const MAX_WHEEL = 200;

/**
 * What gestures are for.
 * @typedef {object} GesturesHost
 * @property {() => void} onDown a gesture begins
 * @property {(path: readonly Point[]) => void} onOutline samples are drawn around
 * @property {(at: Point) => void} onPick
 * @property {(at: Point | null) => void} onHover at most once a frame; null: the pointer is gone
 * @property {() => void} onDraw the outline changed
 */

export class Gestures {
  /** @type {Point[] | null} the outline that is being drawn */
  outline = null;
  /** @type {{ at: Point, start: Point, pans: boolean, isRight: boolean, moved: boolean } | null} */
  dragging = null;
  /** @type {Point | null} */
  hoverAt = null;
  hoverFrame = 0;
  isSpaceHeld = false;

  /**
   * @param {object} options
   * @param {HTMLElement} options.surface
   * @param {Viewport} options.view
   * @param {Tools} options.tools
   * @param {GesturesHost} options.page
   */
  constructor({ surface, view, tools, page }) {
    this.surface = surface;
    this.view = view;
    this.tools = tools;
    this.page = page;
    surface.addEventListener("pointerdown", (event) => this.onDown(event));
    surface.addEventListener("pointermove", (event) => this.onMove(event));
    surface.addEventListener("pointerup", (event) => this.onUp(event));
    surface.addEventListener("pointercancel", () => this.cancel());
    surface.addEventListener("pointerleave", () => this.onLeave());
    surface.addEventListener("contextmenu", (event) => event.preventDefault());
    surface.addEventListener("dblclick", () => view.reset());
    surface.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
  }

  /**
   * @param {MouseEvent} event
   * @returns {Point}
   */
  place(event) {
    const box = this.surface.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    event.preventDefault();
    this.page.onDown();
    this.surface.setPointerCapture(event.pointerId);
    const at = this.place(event);
    const pans = event.button === 2 || event.button === 1 || this.isPanning();
    this.dragging = { at, start: at, pans, isRight: event.button === 2, moved: false };
    if (!pans) this.outline = [at];
    this.surface.classList.toggle("moving", pans);
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    const at = this.place(event);
    const { dragging: drag, outline } = this;
    if (!drag) {
      this.hover(at);
      return;
    }
    if (Math.hypot(at[0] - drag.start[0], at[1] - drag.start[1]) > CLICK_RADIUS) drag.moved = true;
    if (!outline) {
      this.view.panBy(at[0] - drag.at[0], at[1] - drag.at[1]);
    } else {
      if (this.tools.chosen === "box") this.outline = boxBetween(drag.start, at);
      else extendLasso(outline, at);
      this.page.onDraw();
    }
    drag.at = at;
  }

  /** @param {PointerEvent} event */
  onUp(event) {
    const { dragging: drag, outline } = this;
    if (!drag) return;
    this.dragging = null;
    this.outline = null;
    this.surface.classList.remove("moving");
    if (!drag.moved) {
      if (!drag.isRight) this.page.onPick(this.place(event));
    } else if (outline && hasArea(outline)) {
      this.page.onOutline(outline);
    }
    this.page.onDraw();
  }

  onLeave() {
    if (this.dragging) return;
    this.hoverAt = null;
    this.page.onHover(null);
  }

  /** @param {WheelEvent} event */
  onWheel(event) {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_HEIGHT : 1);
    this.view.zoomBy(Math.exp(-Math.max(-MAX_WHEEL, Math.min(MAX_WHEEL, pixels)) * 0.002), ...this.place(event));
  }

  cancel() {
    this.dragging = null;
    this.outline = null;
    this.page.onDraw();
  }

  /** @param {Point} at */
  hover(at) {
    this.hoverAt = at;
    if (this.hoverFrame) return;
    this.hoverFrame = requestAnimationFrame(() => {
      this.hoverFrame = 0;
      if (!this.dragging && this.hoverAt) this.page.onHover(this.hoverAt);
    });
  }

  /* ----- panning, by its tool or as long as the space bar is held ----- */

  isPanning() {
    return this.isSpaceHeld || this.tools.chosen === "pan";
  }

  /** @param {boolean} isHeld */
  holdSpace(isHeld) {
    this.isSpaceHeld = isHeld;
    this.showPanning();
  }

  showPanning() {
    this.surface.classList.toggle("pan", this.isPanning());
  }
}
