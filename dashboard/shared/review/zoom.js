// @ts-check
/* Looks closer into a frame without changing its size: by wheel, by dragging, by key. */

import { moved, nextZoom, WHOLE, zoomed } from "./zoom_state.js";

export class Zoom {
  /**
   * @param {HTMLElement} frame
   * @param {HTMLElement} stage what is enlarged within it
   * @param {(scale: number) => void} onChange
   */
  constructor(frame, stage, onChange) {
    this.frame = frame;
    this.stage = stage;
    this.onChange = onChange;
    this.state = WHOLE;
    /** @type {{ x: number, y: number } | null} where the picture's middle was when it was taken hold of */
    this.drag = null;
    frame.addEventListener("wheel", (event) => {
      event.preventDefault();
      const box = frame.getBoundingClientRect();
      this.to(zoomed(this.state, this.state.scale * (event.deltaY < 0 ? 1.25 : 0.8), (event.clientX - box.left) / box.width - 0.5, (event.clientY - box.top) / box.height - 0.5));
    }, { passive: false });
    frame.addEventListener("dblclick", () => this.reset());
    frame.addEventListener("pointerdown", (event) => {
      const { scale, x, y } = this.state;
      if (scale === 1) return;
      this.drag = { x: event.clientX - x * frame.clientWidth, y: event.clientY - y * frame.clientHeight };
      frame.setPointerCapture(event.pointerId);
    });
    frame.addEventListener("pointermove", (event) => {
      if (!this.drag) return;
      this.to(moved({ scale: this.state.scale, x: (event.clientX - this.drag.x) / frame.clientWidth, y: (event.clientY - this.drag.y) / frame.clientHeight }));
    });
    frame.addEventListener("pointerup", () => { this.drag = null; });
    frame.addEventListener("pointercancel", () => { this.drag = null; });
    this.reset();
  }

  reset() {
    this.to(WHOLE);
  }

  next() {
    this.to(nextZoom(this.state));
  }

  /** @param {import("./zoom_state.js").ZoomState} state */
  to(state) {
    this.state = state;
    const { scale, x, y } = state;
    this.stage.style.transform = scale === 1 ? "" : `translate(${x * 100}%, ${y * 100}%) scale(${scale})`;
    this.frame.classList.toggle("zoomed", scale > 1);
    this.onChange(scale);
  }
}
