// @ts-check
/* Methods by their numbers over many samples, with intervals; more is measured while somebody waits, and kept. */

/** @import { ComparisonAnswer, ComparisonData, Interval } from "../../payloads.d.ts" */
/** @import { Component } from "../../shared/browser/mount.js" */

import { button, el } from "../../shared/browser/elements.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { address, getJson, messageOf } from "../../shared/browser/server.js";
import { count } from "../../shared/browser/words.js";
import { postSeries } from "./polling.js";
import { SeriesControls } from "./series_controls.js";

const INTERVAL = 1_000;
/** @type {[name: keyof ComparisonAnswer["table"], words: string, meaning: string][]} */
const COLUMNS = [
  ["deletion", "deletion", "Area under the curve as the most important go first. Less is better."],
  ["insertion", "insertion", "Area under the curve as the most important come first. More is better."],
  ["road", "ROAD", "What filling in the least important leaves of the class, less what filling in the most important leaves. More is better."],
  ["gini", "sparsity", "Gini index: 0 if all pixels are equal, close to 1 if one pixel stands out. Neither is better."],
  ["top_k", "top pixels that stay", "When every value moves by 4 of 255, up or down at random. More is more stable."],
  ["correlation", "rank correlation", "Of all pixels, under the same change. More is more stable."],
  ["shift", "center moved by", "In pixels, under the same change. Less is more stable."],
];
const DEFAULT_SAMPLES = 50;

class Comparison {
  send = () => {};
  isDestroyed = false;
  asked = {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer = undefined;

  header = el("tr");
  body = el("tbody");

  /** @param {ComparisonData} data */
  constructor(data) {
    const { available: methods, samples, total } = data;
    this.data = data;
    this.chosen = new Set(data.methods);
    this.select = el("select", { "aria-label": "samples compared on", on: { change: () => this.refresh() } }, ...samples.map((one) => el("option", { value: String(one), text: one < total ? `${one} samples` : `all ${count(total)} samples` })));
    this.select.value = String(samples.includes(DEFAULT_SAMPLES) ? DEFAULT_SAMPLES : samples[0]);
    const buttons = methods.map((method) => {
      const node = button({ class: "option", text: method.title, title: method.sentence, "aria-pressed": String(this.chosen.has(method.name)), on: { click: () => this.toggle(method.name, node) } });
      return node;
    });
    this.series = new SeriesControls({ look: "key-button next plain-words", start: methods.length > 1 ? "Compare" : "Measure", onStart: () => this.begin(), onStop: () => this.end() });
    this.table = el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "methods compared", hidden: true },
      el("table", {}, el("thead", {}, this.header), this.body),
      el("p", { class: "quiet", text: methods.length === 1 ? "Mean with its 95 % interval over the samples." : "Mean with its 95 % interval over the samples. Bold: better than every other method, in the same samples, with an interval of the difference that excludes 0." }));
    this.node = el("section", { class: "margin comparison", "aria-label": "compare on the whole set", "data-state": "none" },
      el("div", { class: "controls" }, this.select, methods.length > 1 ? el("div", { class: "options", role: "group", "aria-label": "methods to compare" }, ...buttons) : null, ...this.series.nodes),
      this.table);
    this.refresh();
  }

  /** @param {ComparisonData} data */
  update(data) {
    this.data = data;
  }

  destroy() {
    this.isDestroyed = true;
    clearTimeout(this.timer);
  }

  async refresh() {
    clearTimeout(this.timer);
    const ticket = (this.asked = {});
    try {
      const answer = /** @type {ComparisonAnswer} */ (await getJson(address(this.data.study, `saliency/comparison?count=${this.select.value}`)));
      if (ticket !== this.asked || this.isDestroyed) return;
      this.show(answer);
      if (answer.state !== "running") return;
    } catch {
      if (ticket !== this.asked || this.isDestroyed) return;
      this.series.showWords("The server does not answer. This goes on when it is back.");
    }
    this.timer = setTimeout(() => this.refresh(), INTERVAL);
  }

  /** @param {ComparisonAnswer} answer */
  show(answer) {
    this.node.dataset.state = answer.state;
    const words = { running: `${count(answer.done)} of ${count(answer.total)} heatmaps measured`, stopped: "Stopped. Finished measurements are stored.", none: "", done: "" };
    this.series.show({ isRunning: answer.state === "running", share: answer.total ? answer.done / answer.total : 0, words: answer.error || words[answer.state] });
    this.table.hidden = answer.methods.length === 0;
    const shown = COLUMNS.filter(([name]) => Object.keys(answer.table[name] ?? {}).length > 0);
    this.header.replaceChildren(el("th", { scope: "col", text: "method" }), el("th", { scope: "col", class: "number", text: "samples" }),
      ...shown.map(([, name, meaning]) => el("th", { scope: "col", class: "number", text: name, title: meaning })));
    this.body.replaceChildren(...this.data.available.filter((method) => answer.methods.includes(method.name)).map((method) => {
      const samples = Math.max(...shown.map(([name]) => answer.table[name][method.name]?.samples ?? 0));
      return el("tr", {}, el("th", { scope: "row", text: method.title }), el("td", { class: "number", text: count(samples) }), ...shown.map(([name]) => cell(answer.table[name][method.name])));
    }));
    this.node.dataset.rows = String(answer.methods.length);
  }

  async begin() {
    try {
      await postSeries(this.data.study, { what: "comparison", count: Number(this.select.value), methods: [...this.chosen] });
      this.refresh();
    } catch (reason) {
      this.series.showWords(messageOf(reason));
    }
  }

  async end() {
    await postSeries(this.data.study, { what: "stop", name: "comparison" }).catch((reason) => this.series.showWords(messageOf(reason)));
    this.refresh();
  }

  /**
   * @param {string} name of a method
   * @param {HTMLElement} node
   */
  toggle(name, node) {
    if (this.chosen.has(name)) this.chosen.delete(name);
    else this.chosen.add(name);
    node.setAttribute("aria-pressed", String(this.chosen.has(name)));
    this.series.start.disabled = this.chosen.size === 0;
  }
}

/** @param {Interval | undefined} one */
function cell(one) {
  if (!one || one.mean === null) return el("td", { class: "number quiet", text: "–" });
  const { mean, low, high, best, samples } = one;
  return el("td", { class: `number${best ? " best" : ""}` }, el("span", { class: "mean", text: mean.toFixed(2) }),
    samples > 1 && low !== null && high !== null ? el("span", { class: "quiet", text: `${low.toFixed(2)} – ${high.toFixed(2)}` }) : null, best ? el("span", { class: "visually-hidden", text: "best" }) : null);
}

/** @param {Component<ComparisonData>} component */
export default (component) => mountOnce(component, (data) => new Comparison(data));
