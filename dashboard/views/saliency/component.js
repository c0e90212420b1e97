// @ts-check
/* Saliency: heatmaps of one sample by several methods, side by side, in one scale of colors. */

/** @import { SaliencyAction, SaliencyAnswer, SaliencyData, SaliencyStates } from "../../payloads.d.ts" */
/** @import { Component, Send } from "../../shared/browser/mount.js" */

import { colorOf } from "../../shared/browser/canvas.js";
import { classChip } from "../../shared/browser/class_chip.js";
import { button, el, keyButton, setText } from "../../shared/browser/elements.js";
import { routeKeys } from "../../shared/browser/keyboard.js";
import { Echoes, mountOnce } from "../../shared/browser/mount.js";
import { messageOf } from "../../shared/browser/server.js";
import { classOf, fraction } from "../../shared/browser/words.js";
import { ClassChoice } from "./class_choice.js";
import { Downloads } from "./downloads.js";
import { HeatmapGrid } from "./heatmap_grid.js";
import { MethodChoice } from "./method_choice.js";
import { Overlay } from "./overlay.js";
import { PART, Parts } from "./parts.js";
import { Polling, fetchHeatmaps, ByteCache, postSeries } from "./polling.js";
import { SampleStrip } from "./sample_strip.js";

const NOTHING = "";
/* Python learns of another sample once nobody goes on to the next: the heatmaps do not wait for it. */
const REST_DELAY = 250;
const FOR_PICTURES = "Faithfulness: what the model loses when the most important pixels go, and gains when they come. Fragility: share of the top pixels that a change nobody sees replaces; ranks: how far all pixels keep their order, at most 1. A constant heatmap is perfectly stable, so stability alone ranks nothing.";

class SaliencyView {
  /** @type {Send<SaliencyStates>} */
  send = () => {};
  asked = "";
  measured = "";
  /** @type {number | undefined} the next sample, whose heatmaps are ordered */
  ordered = undefined;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  reportTimer = undefined;
  /** @type {Echoes<number>} samples sent to Python */
  sent = new Echoes();

  id = el("h2", { class: "id" });
  given = classChip();
  prediction = el("strong", {});
  predicted = el("span", { class: "pair" }, el("span", { class: "quiet", text: "predicted" }), this.prediction);
  /* Until the first heatmap is there, one line for all that is under way. */
  waiting = el("p", { class: "quiet", role: "status", text: "Computing the first heatmap …" });
  isFirst = true;
  previous = keyButton("←", "", () => this.step(-1), { class: "key-button step", "aria-label": "previous sample", title: "previous sample" });
  next = keyButton("→", "", () => this.step(1), { class: "key-button step", "aria-label": "next sample", title: "next sample" });
  error = el("p", { class: "error", role: "alert", hidden: true });
  failedWords = el("span", {});
  failed = el("div", { class: "failed-model", role: "alert", hidden: true }, this.failedWords,
    button({ class: "key-button plain-words", text: "Try again", on: { click: () => this.tryAgain() } }));

  /** @param {SaliencyData} data */
  constructor(data) {
    this.data = data;
    this.row = data.row;
    this.chosen = { methods: [...data.methods], target: data.target, against: data.against };
    const palettes = { score: data.palette.map(colorOf), signed: data.signedPalette.map(colorOf) };
    const cache = new ByteCache(data.study);
    /** @type {Polling<SaliencyAnswer>} */
    this.polling = new Polling({
      study: data.study, isDone: (answer) => answer.isDone || answer.error !== "",
      onAnswer: (answer) => this.onAnswer(answer), onRefused: (words) => this.fail(words), onAway: () => this.fail("The server does not answer. This goes on when it is back."),
    });
    /** @param {string} words */
    const onTrouble = (words) => this.fail(words);
    /** @param {number | null} number */
    const nameOf = (number) => this.nameOf(number);
    this.grid = new HeatmapGrid({ data, cache, palettes, nameOf, onPart: (part) => this.parts.choose(part), onTrouble });
    this.overlay = new Overlay(this.grid.node);
    this.parts = new Parts({ kind: data.kind, cache, grid: this.grid, nameOf, onToggle: () => this.ask(), onTrouble });
    this.downloads = new Downloads({ study: data.study, grid: this.grid, opacityOf: () => Number(this.overlay.opacity.value) });
    this.classChoice = new ClassChoice({ nameOf, onChoose: (target, against) => this.chooseClasses(target, against) });
    this.methodChoice = new MethodChoice(data.available, (methods) => this.chooseMethods(methods));
    this.strip = new SampleStrip({ study: data.study, kind: data.kind, cache, palette: palettes.score, method: data.methods[0], onPick: (row) => this.pick(row), onTrouble });
    this.node = this.layOut();
    this.methodChoice.show(this.chosen.methods);
    this.stopKeys = routeKeys(this.node, (key, event) => this.onKey(key, event));
    this.loadStrip();
  }

  layOut() {
    const { data } = this;
    const isPicture = data.kind === "picture";
    const choosers = el("div", { class: "choosers" }, ...this.classChoice.nodes, data.available.length > 1 ? this.methodChoice.node : null, this.waiting);
    const tools = el("div", { class: "tools" },
      isPicture ? el("label", { class: "slide" }, el("span", { class: "quiet", text: "Opacity" }), this.overlay.opacity) : null,
      isPicture ? this.overlay.blinkButton : null, isPicture ? this.parts.button : null,
      this.grid.scale, this.downloads.node);
    return el("section", { class: `margin saliency of-${data.kind} first`, "aria-label": "saliency", "data-state": "loading" },
      el("div", { class: "head" }, this.id, el("span", { class: "pair" }, el("span", { class: "quiet", text: "given" }), this.given.node), this.predicted,
        el("span", { class: "actions" }, this.previous, this.next,
          keyButton("V", "Review", () => this.act("review"), { title: "back to the review of suspect labels" }),
          button({ class: "key-button plain-words", text: "Show on map", on: { click: () => this.act("map") } }))),
      choosers, this.error, this.failed, this.grid.node, tools, this.parts.words, this.strip.node,
      el("p", { class: "quiet stable" }, this.grid.about, el("br"), isPicture ? FOR_PICTURES : `Faithfulness: what the model loses when the most important ${PART[data.kind]}s go, and gains when they come.`));
  }

  /** @param {SaliencyData} data */
  update(data) {
    const before = this.data;
    this.data = data;
    if (before.selection !== data.selection) this.loadStrip();
    // Python sends back the row it received; whoever has gone on meanwhile stays there.
    const isEcho = this.sent.take(data.row);
    if (data.row !== before.row && !isEcho && data.row !== this.row) {
      clearTimeout(this.reportTimer);
      this.row = data.row;
      this.parts.forget();
      Object.assign(this.chosen, { target: data.target, against: data.against });
      this.strip.show(data.row);
      this.showPlace();
    }
    if (this.asked !== this.question()) this.ask();
  }

  destroy() {
    this.stopKeys();
    this.polling.stop();
    clearTimeout(this.reportTimer);
    this.strip.close();
    this.overlay.stop();
  }

  loadStrip() {
    this.strip.load(this.data.selection, () => this.row).then(() => this.showPlace(), (reason) => this.fail(messageOf(reason)));
  }

  /* ----- asking ----- */

  question() {
    const { methods, target, against } = this.chosen;
    const query = new URLSearchParams({ methods: methods.join() });
    if (target !== null) query.set("class", String(target));
    if (against !== null) query.set("against", String(against));
    if (this.parts.isOutlined) query.set("parts", "1");
    return `${this.row}?${query}`;
  }

  ask() {
    this.asked = this.question();
    this.node.setAttribute("aria-busy", "true");
    this.polling.ask(this.asked);
  }

  tryAgain() {
    postSeries(this.data.study, { what: "retry" }).then(() => this.ask(), (reason) => this.fail(messageOf(reason)));
  }

  /** @param {string} words */
  fail(words) {
    setText(this.error, words);
    this.error.hidden = words === "";
  }

  /** @param {SaliencyAnswer} answer */
  onAnswer(answer) {
    this.fail(NOTHING);
    this.failed.hidden = !answer.error;
    setText(this.failedWords, answer.error);
    const { classes, outputs, available } = this.data;
    this.node.dataset.row = String(answer.row);
    setText(this.id, `#${answer.id}`);
    this.given.show(classOf(classes, answer.given));
    const first = answer.probabilities?.[0];
    setText(this.prediction, first ? `${outputs[first.label] ?? `output ${first.label}`}  ${fraction(first.p)}` : answer.isDone ? "nothing" : "…");
    this.predicted.classList.toggle("absent", !first && !answer.isDone);
    this.isFirst &&= !answer.isDone && !answer.error && !answer.tiles.some((tile) => tile.heatmaps.every(Boolean));
    this.node.classList.toggle("first", this.isFirst);
    this.waiting.hidden = !this.isFirst;
    // Of a sample that cannot be shown to the model there is nothing to choose and nothing to take away.
    this.node.classList.toggle("without-prediction", !first && answer.isDone);
    this.node.classList.toggle("signed", answer.against !== null);
    this.downloads.show(answer);
    this.classChoice.show(answer, outputs);
    this.grid.show(answer, available);
    this.parts.show(answer);
    const isDone = answer.isDone && !answer.error;
    this.node.setAttribute("aria-busy", String(!isDone));
    this.node.dataset.state = isDone ? "ready" : "making";
    if (isDone) this.reportMeasured(answer);
    if (isDone) this.orderNext();
    this.strip.refresh();
  }

  /* Whoever looks at one will look at the next: its heatmaps are ordered, and give way to whatever is looked at. */
  orderNext() {
    const next = this.strip.step(1);
    if (next === undefined || next === this.ordered) return;
    this.ordered = next;
    const query = new URLSearchParams({ methods: this.chosen.methods.join() });
    fetchHeatmaps(this.data.study, `${next}?${query}`).catch((reason) => console.warn("margin: the next sample is not made ready.", reason));
  }

  /**
   * Python draws the curves once the numbers of all heatmaps are known.
   * @param {SaliencyAnswer} answer
   */
  reportMeasured(answer) {
    if (!answer.tiles.some((tile) => tile.numbers)) return;
    const name = JSON.stringify([answer.row, this.chosen.methods, answer.target]);
    if (name === this.measured) return;
    this.measured = name;
    this.send("measured", { row: answer.row, methods: this.chosen.methods, target: answer.target });
  }

  /* ----- what is on screen ----- */

  /** @param {number | null} number */
  nameOf(number) {
    if (number === null) return "";
    return this.data.outputs[number] ?? `output ${number}`;
  }

  showPlace() {
    const at = this.strip.place();
    const size = this.strip.rows.length;
    this.previous.disabled = at <= 0;
    this.next.disabled = size === 0 || at === size - 1;
  }

  /* ----- doing ----- */

  /** @param {number | undefined} row */
  pick(row) {
    if (row === undefined || row === this.row) return;
    this.row = row;
    this.parts.forget();
    this.chosen.target = this.chosen.against = null;
    this.strip.show(row);
    this.showPlace();
    this.ask();
    clearTimeout(this.reportTimer);
    this.reportTimer = setTimeout(() => {
      this.sent.add(row);
      this.send("picked", { row });
    }, REST_DELAY);
  }

  /** @param {number} by */
  step(by) {
    this.pick(this.strip.step(by));
  }

  choose() {
    this.send("chosen", { ...this.chosen, row: this.row });
    this.methodChoice.show(this.chosen.methods);
    this.ask();
  }

  /**
   * @param {number} target
   * @param {number | null} against
   */
  chooseClasses(target, against) {
    this.chosen.target = target;
    this.chosen.against = against;
    this.parts.forget();
    this.choose();
  }

  /** @param {string[]} methods */
  chooseMethods(methods) {
    this.chosen.methods = methods;
    this.strip.use(methods[0]);
    this.ordered = undefined;
    this.choose();
  }

  /** @param {SaliencyAction["name"]} name */
  act(name) {
    this.send("action", { name, row: this.row });
  }

  /**
   * @param {string} key
   * @param {KeyboardEvent} event
   */
  onKey(key, event) {
    /** @type {Record<string, () => void>} */
    const runs = {
      ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1), b: () => this.overlay.blink(), o: () => this.parts.toggle(),
      v: () => this.act("review"),
      ",": () => this.parts.step(-1), ".": () => this.parts.step(1),
    };
    if (!runs[key]) return false;
    if (!event.repeat || key.startsWith("Arrow")) runs[key]();
    return true;
  }
}

/** @param {Component<SaliencyData>} component */
export default (component) => mountOnce(component, (data) => new SaliencyView(data));
