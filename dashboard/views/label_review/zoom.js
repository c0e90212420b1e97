/* Looks closer into a frame without changing its size. */

const ZOOMS = [1, 2, 4];

export class Zoom {
  constructor(frame, stage) {
    this.frame = frame;
    this.stage = stage;
    this.onChange = () => {};
    this.reset();
    frame.addEventListener("wheel", (event) => {
      event.preventDefault();
      const box = frame.getBoundingClientRect();
      this.to(this.scale * (event.deltaY < 0 ? 1.25 : 0.8), (event.clientX - box.left) / box.width - 0.5, (event.clientY - box.top) / box.height - 0.5);
    }, { passive: false });
    frame.addEventListener("dblclick", () => this.reset());
    frame.addEventListener("pointerdown", (event) => {
      if (this.scale === 1) return;
      this.drag = { x: event.clientX - this.x * frame.clientWidth, y: event.clientY - this.y * frame.clientHeight };
      frame.setPointerCapture(event.pointerId);
    });
    frame.addEventListener("pointermove", (event) => {
      if (!this.drag) return;
      this.place((event.clientX - this.drag.x) / frame.clientWidth, (event.clientY - this.drag.y) / frame.clientHeight);
    });
    for (const name of ["pointerup", "pointercancel"]) frame.addEventListener(name, () => { this.drag = null; });
  }

  reset() {
    this.scale = 1;
    this.place(0, 0);
  }

  next() {
    const larger = ZOOMS.find((scale) => scale > this.scale + 0.01);
    if (larger) this.to(larger, 0, 0);
    else this.reset();
  }

  /* (x, y): the point of the frame that stays where it is, from its middle, in frame widths. */
  to(scale, x, y) {
    const bounded = Math.max(1, Math.min(8, scale));
    const ratio = bounded / this.scale;
    this.scale = bounded;
    this.place(x - (x - this.x) * ratio, y - (y - this.y) * ratio);
  }

  place(x, y) {
    const most = (this.scale - 1) / 2;
    this.x = Math.max(-most, Math.min(most, x));
    this.y = Math.max(-most, Math.min(most, y));
    this.stage.style.transform = this.scale === 1 ? "" : `translate(${this.x * 100}%, ${this.y * 100}%) scale(${this.scale})`;
    this.frame.classList.toggle("zoomed", this.scale > 1);
    this.onChange(this.scale);
  }
}
