// @ts-check
/* How the heatmaps lie over the sample: how strongly, and blinking. */

import { el, keyButton } from "../../shared/browser/elements.js";

const BLINK_INTERVAL = 600;
const OPACITY = 0.65;

export class Overlay {
  /** @type {ReturnType<typeof setInterval> | null} */
  blinking = null;
  isBlinking = false;

  opacity = el("input", { type: "range", min: "0", max: "1", step: "0.05", value: String(OPACITY), "aria-label": "opacity of the heatmaps",
    on: { input: () => this.line.style.setProperty("--opacity", this.opacity.value) } });
  blinkButton = keyButton("B", "Blink", () => this.blink(), { "aria-pressed": "false", title: "show or hide the heatmaps" });

  /** @param {HTMLElement} line the tiles */
  constructor(line) {
    this.line = line;
    line.style.setProperty("--opacity", String(OPACITY));
  }

  blink() {
    const isOn = !this.isBlinking;
    this.stop();
    this.isBlinking = isOn;
    this.blinkButton.setAttribute("aria-pressed", String(isOn));
    this.line.classList.remove("bare");
    if (!isOn) return;
    // Who asked the system for no motion gets one change a press.
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.line.classList.add("bare");
    else this.blinking = setInterval(() => this.line.classList.toggle("bare"), BLINK_INTERVAL);
  }

  stop() {
    if (this.blinking !== null) clearInterval(this.blinking);
    this.blinking = null;
  }
}
