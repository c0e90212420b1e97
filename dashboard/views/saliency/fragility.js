// @ts-check
/* The picture, changed by no more than the slider says; its heatmap before and after; and how far they agree. */

/** @import { Attacked, AttackFailed, ExamplesAnswer, FragilityData, FragilityStates, Strengths, UnderWay } from "../../payloads.d.ts" */
/** @import { Component, Send } from "../../shared/browser/mount.js" */

import { bytesOf, colorOf } from "../../shared/browser/canvas.js";
import { button, el, setText } from "../../shared/browser/elements.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { isPixelArt } from "../../shared/browser/pictures.js";
import { Polling } from "./polling.js";
import { Examples } from "./examples.js";
import { canvas, paintHeatmap, paintPicture } from "./paint.js";
import { SeriesControls } from "./series_controls.js";
import { StrengthPlots } from "./strength_plots.js";
import { progressWords } from "./words.js";

const ATTACKS = [
  { name: "random", words: "at random", title: "every value goes up or down at random" },
  { name: "top_k", words: "against the top pixels", title: "a change made to push the most important pixels out of their place" },
  { name: "mass_center", words: "against the center", title: "a change made to move the center of the heatmap" },
];
const DEFAULT_EPS = 1;
const NAMES = { random: "random change", top_k: "attack on the top pixels", mass_center: "attack on the center" };
const AWAY = "The server does not answer. This goes on when it is back.";

/** @typedef {UnderWay | AttackFailed | Attacked} AttackAnswer */

/** @param {{ state: string }} answer */
const isOver = (answer) => answer.state === "ready" || answer.state === "failed";

class Fragility {
  /** @type {Send<FragilityStates>} */
  send = () => {};
  attack = "random";
  isOpen = false;
  /** @type {"" | "start" | "stop"} what to do with the strengths that nobody has measured */
  action = "";
  /** @type {string} addresses that were asked last */
  path = "";
  strengthsPath = "";
  examplesPath = "";

  select = el("select", { "aria-label": "heatmap under attack", on: { change: () => { this.method = this.select.value; this.ask(); } } });
  attacks = ATTACKS.map(({ name, words, title }) => ({ name, node: button({ class: "option", text: words, title, "data-act": name, on: { click: () => { this.attack = name; this.ask(); } } }) }));
  strength = el("output", { class: "strength" });
  begin = button({ class: "key-button next plain-words", text: "Try it", "data-act": "begin", on: { click: () => { this.isOpen = true; this.ask(); } } });
  words = el("p", { class: "quiet", role: "status" });
  why = el("span", { class: "quiet", text: "A heatmap that uses no gradients cannot be attacked along them." });
  after = tile("the picture, changed");
  before = tile("heatmap before");
  now = tile("heatmap after");
  difference = tile("the change, 16 times");
  topK = el("dd", {});
  correlation = el("dd", {});
  shift = el("dd", {});
  stage = el("div", { class: "outcome", hidden: true },
    el("div", { class: "four" }, ...[this.after, this.before, this.now, this.difference].map((one) => one.node)),
    el("dl", { class: "three" },
      metric("top pixels that stay", this.topK, "Share of the most important tenth of the pixels that both heatmaps have in common."),
      metric("rank correlation", this.correlation, "Spearman's, over all pixels: 1 if the order is the same, 0 if the orders are unrelated."),
      metric("center moved by", this.shift, "Distance between the centers of mass of both heatmaps.")));
  plots = new StrengthPlots();
  series = new SeriesControls({ start: "Measure every strength", onStart: () => this.control("start"), onStop: () => this.control("stop") });
  chart = el("section", { class: "strengths", hidden: true, "aria-label": "against strength" },
    el("div", { class: "controls" }, el("h3", { text: "Change of the heatmap by strength of the perturbation" }), ...this.series.nodes), this.plots.node);

  /** @param {FragilityData} data */
  constructor(data) {
    const { study } = data;
    this.data = data;
    this.palette = data.palette.map(colorOf);
    this.method = data.available[0].name;
    /** @type {Polling<AttackAnswer>} */
    this.polling = new Polling({ study, isDone: (answer) => isOver(answer), onAnswer: (answer) => this.onAnswer(answer), onRefused: (words) => this.showWords(words), onAway: () => this.showWords(AWAY) });
    /** @type {Polling<Strengths>} */
    this.strengthsPolling = new Polling({ study, isDone: ({ state }) => state !== "making", onAnswer: (answer) => this.onStrengths(answer),
      onRefused: (words) => this.series.showWords(words), onAway: () => this.series.showWords(AWAY) });
    /** @type {Polling<UnderWay | ExamplesAnswer>} */
    this.examplesPolling = new Polling({ study, isDone: (answer) => isOver(answer), onAnswer: (answer) => this.onExamples(answer),
      onRefused: (words) => this.examples.showWords(words), onAway: () => this.examples.showWords(AWAY) });
    this.slider = el("input", { type: "range", min: "0", max: String(data.eps.length - 1), step: "1", value: String(DEFAULT_EPS), "aria-label": "largest change of a value", on: { input: () => this.ask() } });
    this.examples = new Examples({ study, onPick: (row) => this.send("picked", { row }) });
    this.examples.node.hidden = true;
    this.node = el("section", { class: "margin fragility", "aria-label": "change the picture a little", "data-state": "closed" },
      el("div", { class: "controls" }, el("label", {}, el("span", { class: "quiet", text: "Heatmap" }), this.select),
        el("div", { class: "options", role: "group", "aria-label": "how the picture is changed" }, ...this.attacks.map((one) => one.node)),
        el("label", {}, el("span", { class: "quiet", text: "Every value by" }), this.slider, this.strength), this.begin, this.why),
      this.words, this.stage, this.chart, this.examples.node);
  }

  /** @param {FragilityData} data */
  update(data) {
    this.data = data;
    const names = data.available.map((method) => method.name);
    if (!names.includes(this.method)) this.method = names[0];
    this.select.replaceChildren(...data.available.map((method) => el("option", { value: method.name, text: method.title })));
    this.select.value = this.method;
    this.ask();
  }

  destroy() {
    for (const asking of [this.polling, this.strengthsPolling, this.examplesPolling]) asking.stop();
  }

  chosenMethod() {
    return this.data.available.find((method) => method.name === this.method);
  }

  eps() {
    return this.data.eps[Number(this.slider.value)];
  }

  ask() {
    const { row, target } = this.data;
    const follows = Boolean(this.chosenMethod()?.follows);
    if (!follows) this.attack = "random";
    for (const one of this.attacks) {
      one.node.setAttribute("aria-pressed", String(one.name === this.attack));
      one.node.disabled = !follows && one.name !== "random";
    }
    this.why.hidden = follows;
    const words = `at most ${this.eps()} of 255`;
    setText(this.strength, words);
    this.slider.setAttribute("aria-valuetext", words);
    this.begin.hidden = this.isOpen;
    if (!this.isOpen) return;
    this.examples.node.hidden = false;
    this.askExamples(row);
    const attack = new URLSearchParams({ method: this.method, class: String(target), attack: this.attack });
    this.askStrengths(`${row}/strengths?${attack}`);
    attack.set("eps", String(this.eps()));
    const path = `${row}/attack?${attack}`;
    if (path === this.path) return;
    this.path = path;
    this.node.dataset.state = "making";
    this.polling.ask(path);
  }

  /**
   * What is known of other strengths is drawn; the rest only when somebody wants it.
   * @param {string} path
   */
  askStrengths(path) {
    this.chart.hidden = false;
    if (path !== this.strengthsPath) this.action = "";
    this.strengthsPath = path;
    this.strengthsPolling.ask(`${path}&action=${this.action}`);
  }

  /** @param {"start" | "stop"} action */
  control(action) {
    this.action = action;
    this.askStrengths(this.strengthsPath);
  }

  /** @param {Strengths} answer */
  onStrengths(answer) {
    const isRunning = answer.state === "making";
    this.plots.show(answer, Number(this.slider.value), NAMES);
    this.chart.dataset.state = answer.state;
    const stopped = this.action === "stop" ? "Stopped. Finished results are stored." : "";
    if (stopped) this.action = "";  // It was shown once; the slider may ask again.
    const words = isRunning ? answer.text || "Queued" : answer.state === "failed" ? answer.text : stopped;
    this.series.show({ isRunning, share: answer.fraction, words, mayStart: answer.state === "partly" });
  }

  /** @param {number} row */
  askExamples(row) {
    if (this.data.noExamples) {
      this.examples.showWords(this.data.noExamples);
      return;
    }
    const path = `${row}/examples?eps=${this.eps()}`;
    if (path === this.examplesPath) return;
    this.examplesPath = path;
    this.examplesPolling.ask(path);
  }

  /** @param {UnderWay | ExamplesAnswer} answer */
  onExamples(answer) {
    this.examples.node.dataset.state = answer.state;
    if (answer.state === "ready") this.examples.show(answer, this.data.classes, `at most ${this.eps()} of 255`);
    else this.examples.showWords(progressWords(answer));
  }

  /** @param {string} words */
  showWords(words) {
    setText(this.words, words);
  }

  /** @param {AttackAnswer} answer */
  onAnswer(answer) {
    if (answer.state !== "ready") {
      this.showWords(progressWords(answer));
      this.stage.classList.add("stale");
      if (answer.state === "failed") this.node.dataset.state = "failed";
      return;
    }
    this.stage.classList.remove("stale");
    this.node.dataset.state = "ready";
    this.stage.hidden = !answer.survived;
    if (answer.survived) this.show(answer);
    else this.showWords("No change within this limit kept the prediction.");
  }

  /** @param {Attacked} answer */
  show(answer) {
    this.showWords("The model predicts the same class for both pictures.");
    paintPicture(this.after.canvas, answer, bytesOf(answer.after));
    paintPicture(this.difference.canvas, answer, bytesOf(answer.difference));
    paintHeatmap(this.before.canvas, answer, bytesOf(answer.heatmapBefore), null, this.palette);
    paintHeatmap(this.now.canvas, answer, bytesOf(answer.heatmapAfter), null, this.palette);
    for (const one of [this.after, this.difference, this.before, this.now]) one.canvas.classList.toggle("pixelated", isPixelArt(answer));
    setText(this.topK, answer.topK === null ? "–" : `${Math.round(100 * answer.topK)} %`);
    setText(this.correlation, answer.correlation === null ? "–" : answer.correlation.toFixed(2));
    setText(this.shift, answer.shift === null ? "–" : `${answer.shift.toFixed(1)} px`);
    if (this.action !== "start") this.askStrengths(this.strengthsPath);
  }
}

/**
 * @param {string} name
 * @param {HTMLElement} node
 * @param {string} meaning
 */
function metric(name, node, meaning) {
  return el("div", { title: meaning }, el("dt", { text: name }), node);
}

/** @param {string} title */
function tile(title) {
  const node = canvas("");
  node.setAttribute("role", "img");
  node.removeAttribute("aria-hidden");
  node.setAttribute("aria-label", title);
  return { canvas: node, node: el("figure", {}, el("figcaption", { text: title }), el("div", { class: "frame" }, el("div", { class: "stage" }, node))) };
}

/** @param {Component<FragilityData>} component */
export default (component) => mountOnce(component, (data) => new Fragility(data));
