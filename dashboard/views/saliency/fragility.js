/* The picture, changed by no more than the slider says; its map before and after; and how far they agree. */

import { button, el, setText } from "../../shared/browser/elements.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { Asking } from "./ask.js";
import { bytesOf, canvas, paintMap, paintPicture, paletteOf } from "./paint.js";
import { Examples } from "./examples.js";
import { Lines } from "./lines.js";

const SMALL_PICTURE = 64;
const ATTACKS = [
  ["random", "by chance", "every value goes up or down by chance"],
  ["top_k", "against the top pixels", "a change made to push the most important pixels out of their place"],
  ["centre", "against the centre", "a change made to move the centre of the map"],
];
const FIRST_EPS = 1;
const NAMES = { random: "by chance", top_k: "attack on the top pixels", centre: "attack on the centre" };
const AWAY = "The server does not answer. This goes on when it is back.";

const isOver = (told) => told.state === "ready" || told.state === "failed";

function progressWords(told) {
  const share = told.state === "making" && told.fraction > 0 ? ` ${Math.round(100 * told.fraction)} %` : "";
  return `${told.text || "Waiting its turn"}${share}`;
}

class Fragility {
  constructor(data) {
    this.data = data;
    this.palette = paletteOf(data.shades);
    this.method = data.ways[0].name;
    this.attack = "random";
    this.isOpen = false;
    this.wants = "";
    const asking = (isDone, onAnswer, say) => new Asking({ study: data.study, isDone, onAnswer, onRefused: say, onAway: () => say(AWAY) });
    this.asking = asking(isOver, (told) => this.onAnswer(told), (words) => this.say(words));
    this.strengths = asking((told) => told.state !== "making", (told) => this.onStrengths(told), (words) => setText(this.linesWords, words));
    this.exemplars = asking(isOver, (told) => this.onExamples(told), (words) => this.examples.say(words));
    this.build();
  }

  update(data) {
    this.data = data;
    const names = data.ways.map((way) => way.name);
    if (!names.includes(this.method)) this.method = names[0];
    this.select.replaceChildren(...data.ways.map((way) => el("option", { value: way.name, text: way.title })));
    this.select.value = this.method;
    this.ask();
  }

  destroy() {
    for (const asking of [this.asking, this.strengths, this.exemplars]) asking.stop();
  }

  way() {
    return this.data.ways.find((way) => way.name === this.method);
  }

  eps() {
    return this.data.eps[Number(this.slider.value)];
  }

  ask() {
    const { row, target } = this.data;
    const follows = this.way().follows;
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
    const attack = new URLSearchParams({ method: this.method, class: target, attack: this.attack });
    this.askStrengths(`${row}/strengths?${attack}`);
    attack.set("eps", this.eps());
    const path = `${row}/attack?${attack}`;
    if (path === this.path) return;
    this.path = path;
    this.node.dataset.state = "making";
    this.asking.ask(path);
  }

  /* What is known of other strengths is drawn; the rest only when somebody wants it. */
  askStrengths(path) {
    this.chart.hidden = false;
    if (path !== this.lineOf) this.wants = "";
    this.lineOf = path;
    this.strengths.ask(`${path}&wish=${this.wants}`);
  }

  want(wish) {
    this.wants = wish;
    this.askStrengths(this.lineOf);
  }

  onStrengths(told) {
    const isRunning = told.state === "making";
    this.lines.show(told, Number(this.slider.value), NAMES);
    this.chart.dataset.state = told.state;
    this.all.hidden = isRunning || told.state !== "partly";
    this.stop.hidden = this.progress.hidden = !isRunning;
    this.fill.style.transform = `scaleX(${told.fraction})`;
    const stopped = this.wants === "stop" ? "Stopped. What was made is kept." : "";
    if (stopped) this.wants = "";  // It was said once; the slider may order again.
    setText(this.linesWords, isRunning ? progressWords({ ...told, fraction: 0 }) : told.state === "failed" ? told.text : stopped);
  }

  askExamples(row) {
    if (this.data.noExamples) return void this.examples.say(this.data.noExamples);
    const path = `${row}/examples?eps=${this.eps()}`;
    if (path === this.exampleOf) return;
    this.exampleOf = path;
    this.exemplars.ask(path);
  }

  onExamples(told) {
    this.examples.node.dataset.state = told.state;
    if (told.state === "ready") this.examples.show(told, this.data.classes, `at most ${this.eps()} of 255`);
    else this.examples.say(progressWords(told));
  }

  say(words) {
    setText(this.words, words);
  }

  onAnswer(told) {
    if (told.state !== "ready") {
      this.say(progressWords(told));
      this.stage.classList.add("stale");
      if (told.state === "failed") this.node.dataset.state = "failed";
      return;
    }
    this.stage.classList.remove("stale");
    this.node.dataset.state = "ready";
    this.stage.hidden = !told.survived;
    if (!told.survived) return this.say("No change within this limit kept the model's answer.");
    this.say("The model says the same of both pictures.");
    for (const [name, node] of [["after", this.after], ["difference", this.difference]]) paintPicture(node.canvas, told, bytesOf(told[name]));
    for (const [name, node] of [["mapBefore", this.before], ["mapAfter", this.now]]) paintMap(node.canvas, told, bytesOf(told[name]), null, this.palette);
    for (const one of [this.after, this.difference, this.before, this.now]) one.canvas.classList.toggle("pixelated", Math.max(told.width, told.height) < SMALL_PICTURE);
    setText(this.topK, `${Math.round(100 * told.topK)} %`);
    setText(this.correlation, told.correlation === null ? "–" : told.correlation.toFixed(2));
    setText(this.shift, told.shift === null ? "–" : `${told.shift.toFixed(1)} px`);
    if (this.wants !== "all") this.askStrengths(this.lineOf);
  }

  build() {
    this.select = el("select", { "aria-label": "map under attack", on: { change: () => { this.method = this.select.value; this.ask(); } } });
    this.attacks = ATTACKS.map(([name, words, title]) => ({ name, node: button({ class: "way", text: words, title, on: { click: () => { this.attack = name; this.ask(); } } }) }));
    this.slider = el("input", { type: "range", min: "0", max: String(this.data.eps.length - 1), step: "1", value: String(FIRST_EPS), "aria-label": "largest change of a value", on: { input: () => this.ask() } });
    this.strength = el("output", { class: "strength" });
    this.begin = button({ class: "key-button next plain-words", text: "try it", on: { click: () => { this.isOpen = true; this.ask(); } } });
    this.words = el("p", { class: "quiet", role: "status" });
    this.why = el("span", { class: "quiet", text: "A map that follows no gradients cannot be attacked along them." });
    [this.after, this.before, this.now, this.difference] = [tile("the picture, changed"), tile("map before"), tile("map after"), tile("the change, 16 times")];
    [this.topK, this.correlation, this.shift] = [0, 1, 2].map(() => el("dd", {}));
    const metric = (name, node, meaning) => el("div", { title: meaning }, el("dt", { text: name }), node);
    this.stage = el("div", { class: "outcome", hidden: true },
      el("div", { class: "four" }, ...[this.after, this.before, this.now, this.difference].map((one) => one.node)),
      el("dl", { class: "three" },
        metric("top pixels that stay", this.topK, "Share of the most important tenth of the pixels that both maps have in common."),
        metric("rank correlation", this.correlation, "Spearman's, of all pixels: 1 the same order, 0 no relation."),
        metric("centre moved by", this.shift, "Distance between the centres of mass of both maps.")));
    this.lines = new Lines();
    this.all = button({ class: "key-button plain-words", text: "measure every strength", on: { click: () => this.want("all") } });
    this.stop = button({ class: "key-button plain-words", text: "stop", hidden: true, on: { click: () => this.want("stop") } });
    this.fill = el("i", { class: "fill" });
    this.progress = el("span", { class: "track", hidden: true }, this.fill);
    this.linesWords = el("span", { class: "quiet", role: "status" });
    this.chart = el("section", { class: "strengths", hidden: true, "aria-label": "against strength" },
      el("div", { class: "controls" }, el("h3", { text: "The more the picture may change, the more the map does" }), this.all, this.stop, this.progress, this.linesWords), this.lines.node);
    this.examples = new Examples({ study: this.data.study, onPick: (row) => this.send("picked", { row }) });
    this.examples.node.hidden = true;
    this.node = el("section", { class: "margin fragility", "aria-label": "change the picture a little", "data-state": "closed" },
      el("div", { class: "controls" }, el("label", {}, el("span", { class: "quiet", text: "Map" }), this.select),
        el("div", { class: "ways", role: "group", "aria-label": "how the picture is changed" }, ...this.attacks.map((one) => one.node)),
        el("label", {}, el("span", { class: "quiet", text: "Every value by" }), this.slider, this.strength), this.begin, this.why),
      this.words, this.stage, this.chart, this.examples.node);
  }
}

function tile(title) {
  const node = canvas("");
  node.setAttribute("role", "img");
  node.removeAttribute("aria-hidden");
  node.setAttribute("aria-label", title);
  return { canvas: node, node: el("figure", {}, el("figcaption", { text: title }), el("div", { class: "frame" }, el("div", { class: "stage" }, node))) };
}

export default (component) => mountOnce(component, (data) => new Fragility(data));
