/* Methods by their numbers over many samples, with intervals; more is measured while somebody waits, and kept. */

import { button, el, setText } from "../../shared/browser/elements.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { address, getJson } from "../../shared/browser/server.js";
import { count } from "../../shared/browser/words.js";
import { tell } from "./ask.js";

const OFTEN = 1_000;
const COLUMNS = [
  ["deletion", "deletion", "Area under the curve as the most important go first. Less is better."],
  ["insertion", "insertion", "Area under the curve as the most important come first. More is better."],
  ["road", "ROAD", "What filling in the least important leaves of the class, less what filling in the most important leaves. More is better."],
  ["gini", "sparsity", "Gini index: 0 all pixels alike, near 1 one pixel alone. Neither is better."],
  ["top_k", "top pixels that stay", "When every value moves by 4 of 255, up or down by chance. More is more stable."],
  ["correlation", "rank correlation", "Of all pixels, under the same change. More is more stable."],
  ["shift", "centre moved by", "In pixels, under the same change. Less is more stable."],
];
const USUAL = 50;

class Comparison {
  constructor(data) {
    this.data = data;
    this.chosen = new Set(data.methods);
    this.build();
    this.refresh();
  }

  update(data) {
    this.data = data;
  }

  destroy() {
    this.gone = true;
    clearTimeout(this.timer);
  }

  async refresh() {
    clearTimeout(this.timer);
    try {
      const told = await getJson(address(this.data.study, `saliency/comparison?count=${this.select.value}`));
      if (!this.gone) this.show(told);
      if (told.state !== "running" || this.gone) return;
    } catch (reason) {
      setText(this.said, "The server does not answer. This goes on when it is back.");
    }
    if (!this.gone) this.timer = setTimeout(() => this.refresh(), OFTEN);
  }

  show(told) {
    const isRunning = told.state === "running";
    this.node.dataset.state = told.state;
    this.start.hidden = isRunning;
    this.stop.hidden = this.progress.hidden = !isRunning;
    this.fill.style.transform = `scaleX(${told.total ? told.done / told.total : 0})`;
    const words = { running: `${count(told.done)} of ${count(told.total)} maps measured`, stopped: "Stopped. What was measured is kept.", none: "", done: "" };
    setText(this.said, told.trouble || words[told.state]);
    this.table.hidden = told.methods.length === 0;
    const shown = COLUMNS.filter(([name]) => Object.keys(told.table[name] ?? {}).length > 0);
    this.header.replaceChildren(el("th", { scope: "col", text: "method" }), el("th", { scope: "col", class: "number", text: "samples" }),
      ...shown.map(([, words_, meaning]) => el("th", { scope: "col", class: "number", text: words_, title: meaning })));
    this.body.replaceChildren(...this.data.ways.filter((way) => told.methods.includes(way.name)).map((way) => {
      const samples = Math.max(...shown.map(([name]) => told.table[name][way.name]?.samples ?? 0));
      return el("tr", {}, el("th", { scope: "row", text: way.title }), el("td", { class: "number", text: count(samples) }), ...shown.map(([name]) => cell(told.table[name][way.name])));
    }));
    this.node.dataset.rows = String(told.methods.length);
  }

  async begin() {
    try {
      await tell(this.data.study, { what: "comparison", count: Number(this.select.value), methods: [...this.chosen] });
      this.refresh();
    } catch (reason) {
      setText(this.said, reason.message);
    }
  }

  async end() {
    await tell(this.data.study, { what: "stop", name: "comparison" }).catch((reason) => setText(this.said, reason.message));
    this.refresh();
  }

  turn(name, node) {
    if (this.chosen.has(name)) this.chosen.delete(name);
    else this.chosen.add(name);
    node.setAttribute("aria-pressed", String(this.chosen.has(name)));
    this.start.disabled = this.chosen.size === 0;
  }

  build() {
    const { ways, samples, total } = this.data;
    this.select = el("select", { "aria-label": "samples compared on", on: { change: () => this.refresh() } }, ...samples.map((one) => el("option", { value: String(one), text: one < total ? `${one} samples` : `all ${count(total)} samples` })));
    this.select.value = String(samples.includes(USUAL) ? USUAL : samples[0]);
    const buttons = ways.map((way) => {
      const node = button({ class: "way", text: way.title, title: way.sentence, "aria-pressed": String(this.chosen.has(way.name)), on: { click: () => this.turn(way.name, node) } });
      return node;
    });
    this.start = button({ class: "key-button next plain-words", text: ways.length > 1 ? "compare" : "measure", on: { click: () => this.begin() } });
    this.stop = button({ class: "key-button plain-words", text: "stop", hidden: true, on: { click: () => this.end() } });
    this.fill = el("i", { class: "fill" });
    this.progress = el("span", { class: "track", hidden: true }, this.fill);
    this.said = el("span", { class: "quiet", role: "status" });
    this.header = el("tr");
    this.body = el("tbody");
    this.table = el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "methods compared", hidden: true },
      el("table", {}, el("thead", {}, this.header), this.body),
      el("p", { class: "quiet", text: ways.length === 1 ? "Mean with its 95 % interval over the samples." : "Mean with its 95 % interval over the samples. Bold: better than every other method, in the same samples, by an interval of the difference that leaves out 0." }));
    this.node = el("section", { class: "margin comparison", "aria-label": "compare on the whole set", "data-state": "none" },
      el("div", { class: "controls" }, this.select, ways.length > 1 ? el("div", { class: "ways", role: "group", "aria-label": "methods to compare" }, ...buttons) : null, this.start, this.stop, this.progress, this.said),
      this.table);
  }
}

function cell(one) {
  if (!one || one.mean === null) return el("td", { class: "number quiet", text: "–" });
  return el("td", { class: `number${one.best ? " best" : ""}` }, el("span", { class: "mean", text: one.mean.toFixed(2) }),
    one.samples > 1 ? el("span", { class: "quiet", text: `${one.low.toFixed(2)} – ${one.high.toFixed(2)}` }) : null, one.best ? el("span", { class: "unseen", text: "best" }) : null);
}

export default (component) => mountOnce(component, (data) => new Comparison(data));
