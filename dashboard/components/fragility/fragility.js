/* The picture, changed by no more than the slider says; its map before and after; and how far they agree. */

import { button, el, setText } from "../shared/elements.js";
import { mountOnce } from "../shared/mount.js";
import { Asking } from "../saliency/ask.js";
import { bytesOf, canvas, paintMap, paintPicture, paletteOf } from "../saliency/paint.js";

const SMALL_PICTURE = 64;
const ATTACKS = [
  ["random", "by chance", "every value goes up or down by chance"],
  ["top_k", "against the top pixels", "a change made to push the most important pixels out of their place"],
  ["centre", "against the centre", "a change made to move the centre of the map"],
];
const FIRST_EPS = 1;

class Fragility {
  constructor(data) {
    this.data = data;
    this.palette = paletteOf(data.shades);
    this.method = data.ways[0].name;
    this.attack = "random";
    this.isOpen = false;
    this.asking = new Asking({
      study: data.study, isDone: (told) => told.state === "ready" || told.state === "failed",
      onAnswer: (told) => this.onAnswer(told), onRefused: (words) => this.say(words), onAway: () => this.say("The server does not answer. This goes on when it is back."),
    });
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
    this.asking.stop();
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
    const path = `${row}/attack?${new URLSearchParams({ method: this.method, class: target, attack: this.attack, eps: this.eps() })}`;
    if (path === this.path) return;
    this.path = path;
    this.node.dataset.state = "making";
    this.asking.ask(path);
  }

  say(words) {
    setText(this.words, words);
  }

  onAnswer(told) {
    if (told.state !== "ready") {
      const share = told.state === "making" && told.fraction > 0 ? ` ${Math.round(100 * told.fraction)} %` : "";
      this.say(`${told.text || "Waiting its turn"}${share}`);
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
    this.node = el("section", { class: "margin fragility", "aria-label": "change the picture a little", "data-state": "closed" },
      el("div", { class: "controls" }, el("label", {}, el("span", { class: "quiet", text: "Map" }), this.select),
        el("div", { class: "ways", role: "group", "aria-label": "how the picture is changed" }, ...this.attacks.map((one) => one.node)),
        el("label", {}, el("span", { class: "quiet", text: "Every value by" }), this.slider, this.strength), this.begin, this.why),
      this.words, this.stage);
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
