// @ts-check
/* Saliency: heatmaps of one sample by several methods, side by side, in one scale of colors. */

/** @import { SaliencyAction, SaliencyAnswer, SaliencyData, SaliencyStates } from "../../payloads.d.ts" */
/** @import { Component, Send } from "../../shared/browser/mount.js" */

import { colorOf } from "../../shared/browser/canvas.js";
import { classChip } from "../../shared/browser/class_chip.js";
import { button, el, keyButton, setText } from "../../shared/browser/elements.js";
import { routeKeys } from "../../shared/browser/keyboard.js";
import { Echoes, mountOnce } from "../../shared/browser/mount.js";
import { address, messageOf, pictureAddress } from "../../shared/browser/server.js";
import { classOf, fraction } from "../../shared/browser/words.js";
import { Polling, fetchHeatmaps, ByteCache, postSeries } from "./polling.js";
import { drawImage } from "./export_image.js";
import { SampleStrip } from "./sample_strip.js";
import { Tile } from "./tile.js";
import { layoutOf } from "./weights.js";
import { dropWords, partName } from "./words.js";

const MAX_METHODS = 4;
const BLINK_INTERVAL = 600;
const OPACITY = 0.65;
const NOTHING = "";
/* Python gets another sample when the hands rest: the heatmaps do not wait for it. */
const REST_DELAY = 250;
/* A largest effect below this (on the root of the probability) is nothing that a heatmap could be drawn from. */
const MIN_EFFECT = 0.005;
const PART = { picture: "part", text: "word", values: "column" };
const FOR_PICTURES = "Faithfulness: what the model loses when the most important pixels go, and gains when they come. Fragility: share of the top pixels that a change nobody sees replaces; ranks: how far all pixels keep their order, at most 1. A constant heatmap is perfectly stable, so stability alone ranks nothing.";

class SaliencyView {
  /** @type {Send<SaliencyStates>} */
  send = () => {};
  /** @type {SaliencyAnswer | null} */
  answer = null;
  /** @type {number | null} the part that is marked */
  part = null;
  /** @type {Map<string, Tile>} by method */
  tiles = new Map();
  /** @type {ReturnType<typeof setInterval> | null} */
  blinking = null;
  isBlinking = false;
  outlined = false;
  asked = "";
  filled = "";
  measured = "";
  outlinedBy = "";
  /** @type {number | undefined} the next sample, whose heatmaps are ordered */
  ordered = undefined;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  announceTimer = undefined;
  /** @type {Echoes<number>} samples sent to Python */
  sent = new Echoes();

  id = el("h2", { class: "id" });
  given = classChip();
  prediction = el("strong", {});
  previous = keyButton("←", "", () => this.step(-1), { class: "key-button step", "aria-label": "previous sample", title: "previous sample" });
  next = keyButton("→", "", () => this.step(1), { class: "key-button step", "aria-label": "next sample", title: "next sample" });
  why = el("select", { "aria-label": "why this class", on: { change: () => this.chooseClasses() } });
  whyNot = el("select", { "aria-label": "and why not", on: { change: () => this.chooseClasses() } });
  opacity = el("input", { type: "range", min: "0", max: "1", step: "0.05", value: String(OPACITY), "aria-label": "opacity of the heatmaps",
    on: { input: () => this.line.style.setProperty("--opacity", this.opacity.value) } });
  blinkButton = keyButton("B", "blink", () => this.blink(), { "aria-pressed": "false", title: "show or hide the heatmaps" });
  outlinesButton = keyButton("O", "outlines", () => this.toggleOutlines(), { "aria-pressed": "false", title: "the parts, and the effect of hiding each of them" });
  low = el("span", {});
  high = el("span", {});
  about = el("span", { class: "quiet about" });
  partsWords = el("p", { class: "parts-words", "aria-live": "polite", hidden: true });
  error = el("p", { class: "error", role: "alert", hidden: true });
  failedWords = el("span", {});
  failed = el("div", { class: "failed-model", role: "alert", hidden: true }, this.failedWords,
    button({ class: "key-button plain-words", text: "try again", on: { click: () => this.tryAgain() } }));
  savePicture = button({ class: "key-button plain-words", text: "save picture", disabled: true, on: { click: () => this.saveImage() } });
  saveArrays = button({ class: "key-button plain-words", text: "save arrays", disabled: true, on: { click: () => this.saveArrayFile() } });

  /** @param {SaliencyData} data */
  constructor(data) {
    this.data = data;
    this.row = data.row;
    this.chosen = { methods: [...data.methods], target: data.target, against: data.against };
    this.palettes = { score: data.palette.map(colorOf), signed: data.signedPalette.map(colorOf) };
    this.kept = new ByteCache(data.study);
    /** @type {Polling<SaliencyAnswer>} */
    this.polling = new Polling({
      study: data.study, isDone: (answer) => answer.isDone || answer.error !== "",
      onAnswer: (answer) => this.onAnswer(answer), onRefused: (words) => this.fail(words), onAway: () => this.fail("The server does not answer. This goes on when it is back."),
    });
    this.sample = new Tile({ kept: this.kept, onPart: (part) => this.choosePart(part) });
    this.line = el("div", { class: "tiles" }, this.sample.node);
    this.line.style.setProperty("--opacity", String(OPACITY));
    this.methodButtons = data.available.map((method) => ({ name: method.name, node: button({ class: "option", title: method.sentence, text: method.title, on: { click: () => this.turn(method.name) } }) }));
    this.scale = el("i", { class: "gradient", "aria-hidden": "true", style: { "--score": `linear-gradient(to right, ${stopsOf(data.palette)})`, "--signed": `linear-gradient(to right, ${data.signedPalette[0]}, ${data.signedPalette[125]}, ${data.signedPalette.at(-1)})` } });
    this.strip = new SampleStrip({ study: data.study, kind: data.kind, kept: this.kept, palette: this.palettes.score, method: data.methods[0], onPick: (row) => this.pick(row), onTrouble: (words) => this.fail(words) });
    this.node = this.layOut();
    this.showWays();
    this.stopKeys = routeKeys(this.node, (key, event) => this.onKey(key, event));
    this.loadStrip();
  }

  layOut() {
    const { data } = this;
    const isPicture = data.kind === "picture";
    const choosers = el("div", { class: "choosers" },
      el("label", {}, el("span", { class: "quiet", text: "Why" }), this.why),
      el("label", {}, el("span", { class: "quiet", text: "and not" }), this.whyNot),
      data.available.length > 1 ? el("div", { class: "options", role: "group", "aria-label": "methods, up to four" }, ...this.methodButtons.map((one) => one.node)) : null);
    const tools = el("div", { class: "tools" },
      isPicture ? el("label", { class: "slide" }, el("span", { class: "quiet", text: "Opacity" }), this.opacity) : null,
      isPicture ? this.blinkButton : null, isPicture ? this.outlinesButton : null,
      el("div", { class: "scale quiet" }, this.low, this.scale, this.high), el("span", { class: "actions" }, this.savePicture, this.saveArrays));
    return el("section", { class: `margin saliency of-${data.kind}`, "aria-label": "saliency", "data-state": "loading" },
      el("div", { class: "head" }, this.id, el("span", { class: "pair" }, el("span", { class: "quiet", text: "given" }), this.given.node), el("span", { class: "pair" }, el("span", { class: "quiet", text: "predicted" }), this.prediction),
        el("span", { class: "actions" }, this.previous, this.next,
          keyButton("V", "review", () => this.act("review"), { title: "back to the review of suspect labels" }),
          button({ class: "key-button plain-words", text: "show on map", on: { click: () => this.act("map") } }))),
      choosers, this.error, this.failed, this.line, tools, this.partsWords, this.strip.node,
      el("p", { class: "quiet stable" }, this.about, el("br"), isPicture ? FOR_PICTURES : `Faithfulness: what the model loses when the most important ${PART[data.kind]}s go, and gains when they come.`));
  }

  /** @param {SaliencyData} data */
  update(data) {
    const before = this.data;
    this.data = data;
    if (before.selection !== data.selection) this.loadStrip();
    // Python sends back the row it received; whoever has gone on meanwhile stays there.
    const isEcho = this.sent.take(data.row);
    if (data.row !== before.row && !isEcho && data.row !== this.row) {
      clearTimeout(this.announceTimer);
      Object.assign(this, { row: data.row, part: null });
      Object.assign(this.chosen, { target: data.target, against: data.against });
      this.strip.show(data.row);
      this.showPlace();
    }
    if (this.asked !== this.question()) this.ask();
  }

  destroy() {
    this.stopKeys();
    this.polling.stop();
    clearTimeout(this.announceTimer);
    this.strip.close();
    this.stopBlinking();
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
    if (this.outlined) query.set("parts", "1");
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
    this.answer = answer;
    this.fail(NOTHING);
    this.failed.hidden = !answer.error;
    setText(this.failedWords, answer.error);
    const { classes, outputs, kind, study } = this.data;
    this.node.dataset.row = String(answer.row);
    setText(this.id, `#${answer.id}`);
    this.given.show(classOf(classes, answer.given));
    const first = answer.probabilities?.[0];
    setText(this.prediction, first ? `${outputs[first.label] ?? `output ${first.label}`}  ${fraction(first.p)}` : answer.isDone ? "nothing" : "…");
    // Of a sample that cannot be shown to the model there is nothing to choose and nothing to take away.
    this.node.classList.toggle("unsaid", !first && answer.isDone);
    this.savePicture.disabled = this.saveArrays.disabled = !answer.tiles.some((tile) => tile.heatmaps.every(Boolean));
    this.fillClasses(answer);
    this.sample.node.hidden = kind !== "picture";
    if (kind === "picture") {
      this.sample.picture(pictureAddress(study, answer.row, "full"));
      this.sample.plain(`sample ${answer.id}`, "the sample");
    }
    this.showTiles(answer);
    this.showParts(answer);
    const isDone = answer.isDone && !answer.error;
    this.node.setAttribute("aria-busy", String(!isDone));
    this.node.dataset.state = isDone ? "ready" : "making";
    if (isDone) this.tellMeasured(answer);
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
  tellMeasured(answer) {
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

  /** @param {SaliencyAnswer} answer */
  fillClasses(answer) {
    if (!answer.probabilities) return;
    const probability = new Map(answer.probabilities.map((one) => [one.label, one.p]));
    const order = [...answer.probabilities.map((one) => one.label), ...this.data.outputs.map((_, number) => number).filter((number) => !probability.has(number))];
    /** @param {number} number */
    const words = (number) => {
      const p = probability.get(number);
      return p === undefined ? this.nameOf(number) : `${this.nameOf(number)} (${fraction(p)})`;
    };
    const name = `${answer.row} ${answer.target} ${answer.against}`;
    if (this.filled === name) return;
    this.filled = name;
    /** @param {number[]} numbers */
    const options = (numbers) => numbers.map((number) => el("option", { value: String(number), text: words(number) }));
    this.why.replaceChildren(...options(order));
    this.why.value = String(answer.target);
    this.whyNot.replaceChildren(el("option", { value: "", text: "nothing else" }), ...options(order.filter((number) => number !== answer.target)));
    this.whyNot.value = answer.against === null ? "" : String(answer.against);
  }

  /** @param {SaliencyAnswer} answer */
  showTiles(answer) {
    const { available: methods, study, kind } = this.data;
    const shown = answer.tiles.map((one) => one.method);
    for (const [name, tile] of this.tiles) if (!shown.includes(name)) { tile.node.remove(); this.tiles.delete(name); }
    const isDifference = answer.against !== null;
    answer.tiles.forEach((one, place) => {
      const tile = this.tileOf(one.method);
      if (this.line.children[place + 1] !== tile.node) this.line.insertBefore(tile.node, this.line.children[place + 1] ?? null);
      if (kind === "picture") tile.picture(pictureAddress(study, answer.row, "full"));
      const method = methods.find((known) => known.name === one.method);
      if (!method) return;
      const about = isDifference ? `why ${this.nameOf(answer.target)} and not ${this.nameOf(answer.against)}` : `why ${this.nameOf(answer.target)}`;
      tile.show(one, method, this.palettes, `${method.title}: ${about}`, answer.content).catch((reason) => this.fail(`A heatmap could not be loaded (${messageOf(reason)}).`));
    });
    this.line.style.setProperty("--tiles", String(answer.tiles.length + (kind === "picture" ? 1 : 0)));
    for (const node of [this.scale, this.node]) node.classList.toggle("signed", isDifference);
    setText(this.low, isDifference ? `for ${this.nameOf(answer.against)}` : "0");
    setText(this.high, isDifference ? `for ${this.nameOf(answer.target)}` : "most important");
    setText(this.about, isDifference ? `Orange supports ${this.nameOf(answer.target)}, blue supports ${this.nameOf(answer.against)}; each heatmap on the scale of its own maximum.`
      : "Each heatmap on the scale of its own maximum.");
  }

  /** @param {string} method */
  tileOf(method) {
    const tile = this.tiles.get(method) ?? new Tile({ kept: this.kept, onPart: (part) => this.choosePart(part) });
    this.tiles.set(method, tile);
    return tile;
  }

  /** @param {SaliencyAnswer} answer */
  async showParts(answer) {
    if (this.data.kind !== "picture") return this.showOne(answer);
    const parts = layoutOf(answer.parts);
    this.partsWords.hidden = !this.outlined;
    const all = [this.sample, ...this.tiles.values()];
    if (!this.outlined || !parts) {
      for (const tile of all) tile.hideOutline();
      setText(this.partsWords, this.outlined ? (answer.isDone ? "The parts of this sample could not be hidden one by one." : "Hiding one part after another …") : "");
      return undefined;
    }
    try {
      const layout = new Uint16Array(await this.kept.bytes("parts", parts.key));
      if (this.answer !== answer || !this.outlined) return undefined;
      const name = `${parts.key} ${this.part} ${[...this.tiles.keys()].join()}`;
      if (this.outlinedBy !== name) for (const tile of all) tile.outline(parts, layout, this.part);
      this.outlinedBy = name;
      this.sayPart(answer);
    } catch (reason) {
      this.fail(`The outlines did not come (${messageOf(reason)}).`);
    }
    return undefined;
  }

  /**
   * Words and columns need no outlines.
   * @param {SaliencyAnswer} answer
   */
  showOne(answer) {
    this.partsWords.hidden = !answer.parts;
    for (const tile of this.tiles.values()) tile.places.choose(this.part);
    if (answer.parts) this.sayPart(answer);
  }

  /** @param {SaliencyAnswer} answer */
  sayPart({ parts, tiles, target, against, content }) {
    if (!parts) return;
    const size = parts.drops[0].length;
    if (this.part === null || this.part >= size) {
      const isNoise = tiles.some((tile) => (tile.heatmaps[0]?.most ?? 1) < MIN_EFFECT);
      const noise = isNoise ? `Hardly any part supports ${this.nameOf(target)}: whatever is hidden, its probability hardly falls. ` : "";
      setText(this.partsWords, `${noise}Click a ${PART[this.data.kind]} to see how far the class falls without it; the keys . and , go through them.`);
      return;
    }
    setText(this.partsWords, dropWords(this.part, parts, partName(this.part, content, size), [this.nameOf(target), this.nameOf(against)]));
  }

  /** @param {number | null} part */
  choosePart(part) {
    if (part === null || !this.answer?.parts) return;
    this.part = this.part === part ? null : part;
    this.outlinedBy = "";
    this.showParts(this.answer);
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
    this.part = null;
    this.chosen.target = this.chosen.against = null;
    this.strip.show(row);
    this.showPlace();
    this.ask();
    clearTimeout(this.announceTimer);
    this.announceTimer = setTimeout(() => {
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
    this.showWays();
    this.ask();
  }

  chooseClasses() {
    this.chosen.target = Number(this.why.value);
    this.chosen.against = this.whyNot.value === "" || this.whyNot.value === this.why.value ? null : Number(this.whyNot.value);
    this.part = null;
    this.choose();
  }

  /** @param {string} name of a method */
  turn(name) {
    const { methods } = this.chosen;
    const isOn = methods.includes(name);
    if (isOn && methods.length === 1) return;
    this.chosen.methods = isOn ? methods.filter((one) => one !== name) : [...methods, name].slice(0, MAX_METHODS);
    this.strip.use(this.chosen.methods[0]);
    this.ordered = undefined;
    this.choose();
  }

  showWays() {
    const { methods } = this.chosen;
    for (const one of this.methodButtons) {
      const isOn = methods.includes(one.name);
      one.node.setAttribute("aria-pressed", String(isOn));
      one.node.disabled = !isOn && methods.length >= MAX_METHODS;
    }
  }

  toggleOutlines() {
    this.outlined = !this.outlined;
    this.outlinedBy = "";
    this.outlinesButton.setAttribute("aria-pressed", String(this.outlined));
    if (this.answer) this.showParts(this.answer);
    this.ask();
  }

  blink() {
    const isOn = !this.isBlinking;
    this.stopBlinking();
    this.isBlinking = isOn;
    this.blinkButton.setAttribute("aria-pressed", String(isOn));
    this.line.classList.remove("bare");
    if (!isOn) return;
    // Who asked the system for no motion gets one change a press.
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) this.line.classList.add("bare");
    else this.blinking = setInterval(() => this.line.classList.toggle("bare"), BLINK_INTERVAL);
  }

  stopBlinking() {
    if (this.blinking !== null) clearInterval(this.blinking);
    this.blinking = null;
  }

  async saveImage() {
    const answer = this.answer;
    if (!answer) return;
    const isDifference = answer.against !== null;
    const shown = [...this.tiles.values()];
    const blob = await drawImage({
      tiles: answer.content ? shown : [this.sample, ...shown], content: answer.content, isDifference, palette: isDifference ? this.palettes.signed : this.palettes.score,
      title: `#${answer.id}: why ${this.nameOf(answer.target)}${isDifference ? ` and not ${this.nameOf(answer.against)}` : ""}`,
      ends: [this.low.textContent ?? "", this.high.textContent ?? ""], opacity: Number(this.opacity.value),
    });
    const link = el("a", { href: URL.createObjectURL(blob), download: `heatmaps-${answer.id.replaceAll(/[^\w.-]+/g, "_")}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  saveArrayFile() {
    const answer = this.answer;
    if (!answer) return;
    const query = new URLSearchParams({ methods: answer.tiles.map((one) => one.method).join(), class: String(answer.target) });
    el("a", { href: address(this.data.study, `saliency/${answer.row}/arrays?${query}`), download: "" }).click();
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
      ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1), b: () => this.blink(), o: () => this.toggleOutlines(),
      v: () => this.act("review"),
      ",": () => this.stepPart(-1), ".": () => this.stepPart(1),
    };
    if (!runs[key]) return false;
    if (!event.repeat || key.startsWith("Arrow")) runs[key]();
    return true;
  }

  /** @param {number} by */
  stepPart(by) {
    const { answer } = this;
    const isPicture = this.data.kind === "picture";
    if ((isPicture && !this.outlined) || !answer?.parts) return;
    const [tile] = this.tiles.values();
    const shown = isPicture ? answer.parts.drops[0].map((_, part) => part) : (tile?.places.order ?? []);
    if (shown.length === 0) return;
    const at = this.part === null ? -1 : shown.indexOf(this.part);
    this.part = shown[at < 0 ? 0 : (at + by + shown.length) % shown.length];
    this.outlinedBy = "";
    this.showParts(answer);
  }
}

/**
 * @param {readonly string[]} colors
 */
function stopsOf(colors) {
  return [0, 50, 100, 150, 200, 250].map((at) => colors[Math.min(at, colors.length - 1)]).join(", ");
}

/** @param {Component<SaliencyData>} component */
export default (component) => mountOnce(component, (data) => new SaliencyView(data));
