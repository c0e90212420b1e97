// @ts-check
/* Start and stop something that takes a while, and see how far it is. */

import { button, el, setText } from "../../shared/browser/elements.js";

export class SeriesControls {
  /**
   * @param {object} options
   * @param {string} [options.look] classes of the button that starts it
   * @param {string} options.start what it says
   * @param {() => void} options.onStart
   * @param {() => void} options.onStop
   */
  constructor({ look = "key-button plain-words", start, onStart, onStop }) {
    this.start = button({ class: look, text: start, "data-act": "start", on: { click: onStart } });
    this.stop = button({ class: "key-button plain-words", text: "Stop", "data-act": "stop", hidden: true, on: { click: onStop } });
    this.fill = el("i", { class: "fill" });
    this.track = el("span", { class: "track", hidden: true }, this.fill);
    this.report = el("span", { class: "quiet", role: "status" });
    this.nodes = [this.start, this.stop, this.track, this.report];
  }

  /**
   * @param {object} progress
   * @param {boolean} progress.isRunning
   * @param {number} progress.share how much of it is done, in [0, 1]
   * @param {string} progress.words
   * @param {boolean} [progress.mayStart] whether there is anything left to do
   */
  show({ isRunning, share, words, mayStart = true }) {
    this.start.hidden = isRunning || !mayStart;
    this.stop.hidden = this.track.hidden = !isRunning;
    this.fill.style.transform = `scaleX(${share})`;
    this.showWords(words);
  }

  /** @param {string} words */
  showWords(words) {
    setText(this.report, words);
  }
}
