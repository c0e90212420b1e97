// @ts-check
/* The canvas of the points, and what draws on it: WebGL, which the browser may take away and give back, or the two-dimensional canvas. */

/** @import { Color } from "../../shared/browser/canvas.js" */
/** @import { Part, PointData } from "./point_data.js" */
/** @import { Renderer, Scene } from "./renderers.js" */

import { el } from "../../shared/browser/elements.js";
import { FlatRenderer, PointRenderer } from "./renderers.js";

const MAX_POINTS_WITHOUT_WEBGL = 50_000;

export class PointCanvas {
  node = el("canvas", { class: "points", tabindex: "0", role: "application", "aria-roledescription": "map" });
  /** @type {Renderer | null} */
  renderer = null;
  /** @type {readonly Color[]} */
  colors = [];
  hasWebGl = true;
  isLost = false;
  /* Whether what is drawn was seen on the canvas. */
  isVerified = false;

  /**
   * @param {object} options
   * @param {number} options.n samples
   * @param {PointData} options.data
   * @param {() => void} options.onLost nothing is on the canvas any more
   * @param {() => void} options.onRestored it can be drawn on again
   */
  constructor({ n, data, onLost, onRestored }) {
    this.data = data;
    const gl = this.node.getContext("webgl", { alpha: true, antialias: false, premultipliedAlpha: true, preserveDrawingBuffer: false });
    if (!gl) {
      this.hasWebGl = false;
      this.renderer = n > MAX_POINTS_WITHOUT_WEBGL ? null : new FlatRenderer(this.node);
      return;
    }
    this.renderer = new PointRenderer(gl);
    this.node.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.isLost = true;
      onLost();
    });
    this.node.addEventListener("webglcontextrestored", () => {
      this.isLost = false;
      this.refill(new PointRenderer(gl));
      onRestored();
    });
  }

  /** @param {Renderer} renderer a new one, which has nothing yet */
  refill(renderer) {
    this.renderer = renderer;
    for (const part of /** @type {const} */ (["points", "channel", "mask"])) this.take(part);
    renderer.setPalette(this.colors);
  }

  /** @param {Part} part of the data, which has changed */
  take(part) {
    const { points, channel, mask } = this.data;
    if (part === "points" && points) this.renderer?.setPoints(points);
    else if (part === "channel" && channel) this.renderer?.setChannel(channel);
    else if (part === "mask") this.renderer?.setMask(mask);
    this.isVerified = false;
  }

  /** @param {readonly Color[]} colors */
  setPalette(colors) {
    this.colors = colors;
    this.renderer?.setPalette(colors);
  }

  canDraw() {
    return this.renderer !== null && !this.isLost;
  }

  /**
   * Whether points are to be seen now for the first time since the data changed.
   * @param {Scene} scene
   */
  draw(scene) {
    if (!this.renderer) return false;
    this.renderer.draw(scene);
    if (this.isVerified || !this.renderer.painted()) return false;
    this.isVerified = true;
    return true;
  }

  free() {
    this.renderer?.free();
  }
}
