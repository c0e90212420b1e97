// @ts-check
/* The path of a sample across the boundary of two classes. All frames come in one answer; sliding only draws. */

/** @import { Counterfactual, CounterfactualData, CounterfactualStates, SampleReference } from "../../payloads.d.ts" */
/** @import { Component, Send } from "../../shared/browser/mount.js" */
/** @import { Badge } from "./words.js" */

import { classChip } from "../../shared/browser/class_chip.js";
import { button, el, setText } from "../../shared/browser/elements.js";
import { Echoes, mountOnce } from "../../shared/browser/mount.js";
import { Miniature } from "../../shared/browser/pictures.js";
import { address, getJson, Refusal } from "../../shared/browser/server.js";
import { classOf, sampleName, titleOf } from "../../shared/browser/words.js";
import { ColumnTable } from "./columns.js";
import { NearestExamples } from "./nearest_examples.js";
import { PictureTiles } from "./picture_tiles.js";
import { ProbabilityBars } from "./probability_bars.js";
import { badgesOf, placeWords, warningsOf } from "./words.js";

const BOUNDARY = 1;

class CounterfactualView {
  /** @type {Send<CounterfactualStates>} */
  send = () => {};
  /** @type {Counterfactual | null} */
  counterfactual = null;
  asked = false;
  opening = {};
  abort = new AbortController();
  /** @type {Echoes<number>} samples sent to Python */
  sent = new Echoes();

  title = el("h2", {});
  /** of a text; the values of a row stand in the table below */
  excerpt = el("p", { class: "excerpt", dir: "auto" });
  given = classChip();
  start = classChip();
  target = el("select", { "aria-label": "boundary with class", on: { change: () => this.openPair(Number(this.target.value)) } });
  slider = el("input", { type: "range", min: "0", step: "1", "aria-label": "position on the path", on: { input: () => this.step() } });
  where = el("p", { class: "where" });
  warnings = el("div", { class: "warnings" });
  pictures = new PictureTiles();
  columns = new ColumnTable();
  probabilities = new ProbabilityBars();
  badges = el("dl", { class: "badges" });
  error = el("p", { class: "error", role: "alert" });
  near = el("div", { class: "near", role: "group", "aria-label": "samples near a boundary" });
  nearest = el("div", {}, el("h2", { text: "Nearest to a boundary" }), this.near);
  node = el("section", { class: "margin counterfactual", "aria-label": "counterfactual", "data-state": "loading" },
    this.error,
    el("p", { class: "quiet loading", role: "status", text: "Computing the path across the boundary" }),
    el("div", { class: "result" },
      el("div", { class: "head" }, this.title, el("span", { class: "quiet", text: "given" }), this.given.node,
        button({ class: "key-button", text: "Review this", "data-act": "review", on: { click: () => this.send("action", { name: "review", row: this.row }) } }),
        button({ class: "key-button", text: "Show on map", "data-act": "map", on: { click: () => this.send("action", { name: "map", row: this.row }) } }),
        button({ class: "key-button", text: "Others between these two", "data-act": "pair", on: { click: () => this.goToPair() } }),
        el("span", { class: "pair" }, el("span", { class: "quiet", text: "from" }), this.start.node, el("span", { class: "quiet", text: "to" }), this.target)),
      this.excerpt,
      el("div", { class: "control" },
        el("div", { class: "slide" }, this.slider,
          el("div", { class: "marks", "aria-hidden": "true" }, el("span", { text: "sample" }), el("span", { class: "middle", text: "boundary" }), el("span", { class: "last", text: "beyond" })), this.where),
        this.probabilities.node),
      this.warnings, this.pictures.node, this.columns.node, this.badges),
    this.nearest);

  /** @param {CounterfactualData} data */
  constructor(data) {
    this.data = data;
    this.row = data.row;
    this.examples = new NearestExamples({ study: data.study, hasPictures: data.hasPictures, onPick: (row) => this.pick(row) });
    this.columns.node.after(this.examples.node);
  }

  /** @param {CounterfactualData} data */
  update(data) {
    const before = this.data;
    this.data = data;
    const same = this.asked && before.space === data.space && before.trainingLabels === data.trainingLabels;
    // Python sends back the row it received; whoever has gone on meanwhile stays there.
    const isEcho = this.sent.take(data.row);
    const moves = data.row !== before.row && !isEcho && data.row !== this.row;
    if (!same || moves) this.open(moves ? data.row : this.row, null);
    this.showNear();
  }

  destroy() {
    this.abort.abort();
  }

  /**
   * Without a pair the server takes the two likeliest classes.
   * @param {number} row
   * @param {[number, number] | null} pair
   */
  async open(row, pair) {
    this.asked = true;
    this.row = row;
    const ticket = (this.opening = {});
    const { space, study, trainingLabels } = this.data;
    const query = new URLSearchParams({ space, training_labels: trainingLabels, ...(pair ? { pair: pair.join(",") } : {}) });
    this.node.setAttribute("aria-busy", "true");
    this.showNear();
    try {
      const answer = /** @type {Counterfactual} */ (await getJson(address(study, `counterfactual/${row}?${query}`), { signal: this.abort.signal }));
      if (ticket !== this.opening) return;
      this.counterfactual = answer;
      this.show();
    } catch (reason) {
      if (ticket !== this.opening || this.abort.signal.aborted) return;
      this.fail(reason instanceof Refusal ? reason.message : "The server does not answer. Choose the sample again when it is back.");
    }
    this.node.setAttribute("aria-busy", "false");
  }

  /** @param {number} end the class to whose boundary the path leads */
  openPair(end) {
    if (this.counterfactual) this.open(this.counterfactual.row, [this.counterfactual.start, end]);
  }

  goToPair() {
    if (this.counterfactual) this.send("action", { name: "boundary", row: this.counterfactual.row, pair: [this.counterfactual.start, this.counterfactual.end] });
  }

  /** @param {string} words */
  fail(words) {
    this.node.dataset.state = "failed";
    setText(this.error, words);
  }

  show() {
    const { counterfactual, data } = this;
    if (!counterfactual) return;
    this.node.dataset.state = "ready";
    this.node.dataset.row = String(counterfactual.row);
    const [start, end] = [classOf(data.classes, counterfactual.start), classOf(data.classes, counterfactual.end)];
    setText(this.title, `#${counterfactual.id}`);
    setText(this.excerpt, counterfactual.excerpt.includes("\n") ? "" : counterfactual.excerpt);
    this.given.show(classOf(data.classes, counterfactual.given));
    this.start.show(start);
    this.fillTargets(counterfactual);
    this.pictures.node.hidden = !counterfactual.picture;
    if (counterfactual.picture) this.pictures.show(counterfactual.picture, counterfactual.gaps, start, end);
    this.columns.node.hidden = !counterfactual.columns;
    if (counterfactual.columns) this.columns.show(counterfactual.columns, counterfactual.gaps, start, end);
    this.examples.node.hidden = !counterfactual.nearest;
    if (counterfactual.nearest) this.examples.show(counterfactual, start, end);
    this.badges.replaceChildren(...badgesOf(counterfactual, data.surrogate).map(badge));
    this.warnings.replaceChildren(...warningsOf(counterfactual, data.classes).map((words) => el("p", { text: words })));
    this.probabilities.show(counterfactual, data.classes);
    this.slider.max = String(counterfactual.times.length - 1);
    this.slider.value = String(counterfactual.times.indexOf(BOUNDARY));
    this.step();
  }

  /* Runs with every move of the slider: nothing is asked for, nothing is built. */
  step() {
    const { counterfactual } = this;
    if (!counterfactual) return;
    const number = Number(this.slider.value);
    if (counterfactual.picture) this.pictures.step(number, counterfactual.outside[number]);
    if (counterfactual.columns) this.columns.step(number);
    this.examples.step(number);
    this.probabilities.step(number);
    const { classes } = this.data;
    const words = placeWords(counterfactual.times[number], [classOf(classes, counterfactual.start).name, classOf(classes, counterfactual.end).name]);
    setText(this.where, words);
    this.slider.setAttribute("aria-valuetext", words);
    this.node.dataset.frame = String(number);
  }

  /** @param {Counterfactual} counterfactual */
  fillTargets({ start, end }) {
    const { classes, trained } = this.data;
    const options = classes.map((entry, number) => ({ entry, number })).filter(({ number }) => trained[number] && number !== start);
    this.target.replaceChildren(...options.map(({ entry, number }) => el("option", { value: String(number), text: entry.name })));
    this.target.value = String(end);
  }

  showNear() {
    this.near.classList.toggle("text-only", !this.data.hasPictures);
    this.nearest.hidden = this.data.near.length === 0;
    this.near.replaceChildren(...this.data.near.map((sample) => this.nearButton(sample)));
  }

  /** @param {SampleReference} sample */
  nearButton(sample) {
    const { row } = sample;
    const miniature = new Miniature(this.data.hasPictures ? "picture" : "text", false, 3);
    miniature.show(this.data.study, sample);
    return button({ class: "nearby-sample", title: titleOf(sample), "aria-pressed": String(row === this.row), "aria-label": `sample ${sampleName(sample)}`, on: { click: () => this.pick(row) } }, miniature.node);
  }

  /** @param {number} row */
  pick(row) {
    this.open(row, null);
    this.sent.add(row);
    this.send("picked", { row });
  }
}

/** @param {Badge} one */
function badge({ name, value, meaning, isPoor }) {
  return el("div", { class: `badge${isPoor ? " poor" : ""}`, title: meaning },
    el("dt", { text: name }), el("dd", { text: value }), el("dd", { class: "meaning", text: meaning }));
}

/** @param {Component<CounterfactualData>} component */
export default (component) => mountOnce(component, (data) => new CounterfactualView(data));
