/* What the model saw: maps of one sample by several methods, side by side, in one scale of colours. */

import { button, el, keyButton, setText } from "../../shared/browser/elements.js";
import { routeKeys } from "../../shared/browser/keyboard.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { address, pictureAddress } from "../../shared/browser/server.js";
import { classChip } from "../../shared/browser/class_chip.js";
import { classOf, fraction } from "../../shared/browser/words.js";
import { Asking, askMaps, Kept, tell } from "./ask.js";
import { paletteOf } from "./paint.js";
import { asPicture } from "./picture.js";
import { Strip } from "./strip.js";
import { Tile } from "./tile.js";

const MOST = 4;
const BLINK = 600;
const OPACITY = 0.65;
const NOTHING = "";
/* A largest effect below this (on the root of the probability) is nothing that a map could be drawn from. */
const LEAST = 0.005;
const PART = { picture: "part", text: "word", values: "column" };

class SaliencyMaps {
  constructor(data) {
    this.data = data;
    this.kept = new Kept(data.study);
    this.palettes = { score: paletteOf(data.shades), signed: paletteOf(data.signed) };
    this.chosen = { methods: [...data.methods], target: data.target, against: data.against };
    this.row = data.row;
    this.outlined = false;
    this.part = null;
    this.tiles = new Map();
    this.asking = new Asking({
      study: data.study, isDone: (told) => told.isDone || told.trouble !== "",
      onAnswer: (told) => this.onAnswer(told), onRefused: (words) => this.fail(words), onAway: () => this.fail("The server does not answer. This goes on when it is back."),
    });
    this.build();
    this.stopKeys = routeKeys(this.node, (key, event) => this.onKey(key, event));
    this.strip.load(data.selection, this.row).then(() => this.showPlace(), (reason) => this.fail(reason.message));
  }

  update(data) {
    const before = this.data;
    this.data = data;
    if (before.selection !== data.selection) this.strip.load(data.selection, data.row).then(() => this.showPlace(), (reason) => this.fail(reason.message));
    if (data.row !== before.row && data.row !== this.row) {
      Object.assign(this, { row: data.row, part: null });
      Object.assign(this.chosen, { target: data.target, against: data.against });
      this.strip.show(data.row);
      this.showPlace();
    }
    if (this.asked !== this.question()) this.ask();
  }

  destroy() {
    this.stopKeys();
    this.asking.stop();
    this.strip.close();
    clearInterval(this.blinking);
  }

  /* ----- asking ----- */

  question() {
    const { methods, target, against } = this.chosen;
    const query = new URLSearchParams({ methods: methods.join() });
    if (target !== null) query.set("class", target);
    if (against !== null) query.set("against", against);
    if (this.outlined) query.set("parts", "1");
    return `${this.row}?${query}`;
  }

  ask() {
    this.asked = this.question();
    this.node.setAttribute("aria-busy", "true");
    this.asking.ask(this.asked);
  }

  fail(words) {
    setText(this.trouble, words);
    this.trouble.hidden = words === "";
  }

  onAnswer(told) {
    this.told = told;
    this.fail(NOTHING);
    this.failed.hidden = !told.trouble;
    setText(this.failedWords, told.trouble);
    const { classes, outputs, kind, study } = this.data;
    this.node.dataset.row = String(told.row);
    setText(this.id, `#${told.id}`);
    this.given.show(classOf(classes, told.given));
    const said = told.said?.[0];
    setText(this.says, said ? `${outputs[said.class] ?? `output ${said.class}`}  ${fraction(said.p)}` : told.isDone ? "nothing" : "…");
    // Of a sample that cannot be shown to the model there is nothing to choose and nothing to take away.
    this.node.classList.toggle("unsaid", !said && told.isDone);
    for (const one of this.taking) one.disabled = !told.tiles.some((tile) => tile.maps.every(Boolean));
    this.fillClasses(told);
    this.sample.node.hidden = kind !== "picture";
    if (kind === "picture") {
      this.sample.picture(pictureAddress(study, told.row, "full"));
      this.sample.plain(`sample ${told.id}`, "the sample");
    }
    this.showTiles(told);
    this.showParts(told);
    const isDone = told.isDone && !told.trouble;
    this.node.setAttribute("aria-busy", String(!isDone));
    this.node.dataset.state = isDone ? "ready" : "making";
    if (isDone) this.tellMeasured(told);
    if (isDone) this.orderNext();
    this.strip.refresh();
  }

  /* Whoever looks at one will look at the next: its maps are ordered, and give way to whatever is looked at. */
  orderNext() {
    const next = this.strip.step(1);
    if (next === undefined || next === this.ordered) return;
    this.ordered = next;
    const query = new URLSearchParams({ methods: this.chosen.methods.join() });
    askMaps(this.data.study, `${next}?${query}`).catch((reason) => console.warn("margin: the next sample is not made ready.", reason));
  }

  /* Python draws the curves once the numbers of all maps are known. */
  tellMeasured(told) {
    if (!told.tiles.some((tile) => tile.numbers)) return;
    const name = JSON.stringify([told.row, this.chosen.methods, told.target]);
    if (name === this.measured) return;
    this.measured = name;
    this.send("measured", { row: told.row, methods: this.chosen.methods, target: told.target });
  }

  /* ----- what is on screen ----- */

  nameOf(number) {
    return this.data.outputs[number] ?? `output ${number}`;
  }

  fillClasses(told) {
    if (!told.said) return;
    const chance = new Map(told.said.map((one) => [one.class, one.p]));
    const order = [...told.said.map((one) => one.class), ...this.data.outputs.map((_, number) => number).filter((number) => !chance.has(number))];
    const words = (number) => (chance.has(number) ? `${this.nameOf(number)} (${fraction(chance.get(number))})` : this.nameOf(number));
    const name = `${told.row} ${told.target} ${told.against}`;
    if (this.filled === name) return;
    this.filled = name;
    const options = (numbers) => numbers.map((number) => el("option", { value: String(number), text: words(number) }));
    this.why.replaceChildren(...options(order));
    this.why.value = String(told.target);
    this.whyNot.replaceChildren(el("option", { value: "", text: "nothing else" }), ...options(order.filter((number) => number !== told.target)));
    this.whyNot.value = told.against === null ? "" : String(told.against);
  }

  showTiles(told) {
    const { ways, study, kind } = this.data;
    const shown = told.tiles.map((one) => one.method);
    for (const [name, tile] of this.tiles) if (!shown.includes(name)) { tile.node.remove(); this.tiles.delete(name); }
    const isDifference = told.against !== null;
    told.tiles.forEach((one, place) => {
      let tile = this.tiles.get(one.method);
      if (!tile) {
        tile = new Tile({ kept: this.kept, onPart: (part) => this.choosePart(part) });
        this.tiles.set(one.method, tile);
      }
      if (this.line.children[place + 1] !== tile.node) this.line.insertBefore(tile.node, this.line.children[place + 1] ?? null);
      if (kind === "picture") tile.picture(pictureAddress(study, told.row, "full"));
      const way = ways.find((known) => known.name === one.method);
      const about = isDifference ? `why ${this.nameOf(told.target)} and not ${this.nameOf(told.against)}` : `why ${this.nameOf(told.target)}`;
      tile.show(one, way, this.palettes, `${way.title}: ${about}`, told.content).catch((reason) => this.fail(`A map did not come (${reason.message}).`));
    });
    this.line.style.setProperty("--tiles", String(told.tiles.length + (kind === "picture" ? 1 : 0)));
    for (const node of [this.scale, this.node]) node.classList.toggle("signed", isDifference);
    setText(this.low, isDifference ? `for ${this.nameOf(told.against)}` : "0");
    setText(this.high, isDifference ? `for ${this.nameOf(told.target)}` : "most important");
    setText(this.about, isDifference ? `Orange speaks for ${this.nameOf(told.target)}, blue for ${this.nameOf(told.against)}; each map on the scale of its own maximum.`
      : "Each map on the scale of its own maximum.");
  }

  async showParts(told) {
    const { parts } = told;
    if (this.data.kind !== "picture") return this.showOne(told);
    this.partsWords.hidden = !this.outlined;
    const all = [this.sample, ...this.tiles.values()];
    if (!this.outlined || !parts) {
      for (const tile of all) tile.outline(null);
      setText(this.partsWords, this.outlined ? (told.isDone ? "The parts of this sample could not be hidden one by one." : "Hiding one part after another …") : "");
      return;
    }
    try {
      const layout = new Uint16Array(await this.kept.bytes("parts", parts.key));
      if (this.told !== told || !this.outlined) return;
      const name = `${parts.key} ${this.part} ${[...this.tiles.keys()].join()}`;
      if (this.outlinedBy !== name) for (const tile of all) tile.outline(parts, layout, this.part);
      this.outlinedBy = name;
      this.sayPart(told);
    } catch (reason) {
      this.fail(`The outlines did not come (${reason.message}).`);
    }
  }

  /* Words and columns need no outlines. */
  showOne(told) {
    this.partsWords.hidden = !told.parts;
    for (const tile of this.tiles.values()) tile.places.choose(this.part);
    if (told.parts) this.sayPart(told);
  }

  nameOfPart(told) {
    const { content, parts } = told;
    if (content?.words) return `word ${this.part + 1}, “${content.words[this.part]}”`;
    return content ? `${content.names[this.part]}, the mean of all samples in its place` : `part ${this.part + 1} of ${parts.drops[0].length}`;
  }

  sayPart(told) {
    const { drops, whole } = told.parts;
    const name = PART[this.data.kind];
    if (this.part === null || this.part >= drops[0].length) {
      const isNoise = told.tiles.some((tile) => tile.maps[0]?.most < LEAST);
      const noise = isNoise ? `Next to nothing speaks for ${this.nameOf(told.target)} here: whatever is hidden, it hardly falls. ` : "";
      return setText(this.partsWords, `${noise}Click a ${name} to see how far the class falls without it; the keys . and , walk through them.`);
    }
    const rank = drops[0].filter((drop) => drop > drops[0][this.part]).length + 1;
    const words = [told.target, told.against].slice(0, drops.length).map((number, place) => {
      const drop = drops[place][this.part];
      return `${this.nameOf(number)} ${drop >= 0 ? "falls" : "rises"} by ${Math.abs(drop).toFixed(3)}, from ${whole[place].toFixed(2)} to ${(whole[place] - drop).toFixed(2)}`;
    });
    setText(this.partsWords, `Without ${this.nameOfPart(told)}: ${words.join("; ")}. Number ${rank} of ${drops[0].length} by its drop.`);
  }

  choosePart(part) {
    if (part === null || !this.told?.parts) return;
    this.part = this.part === part ? null : part;
    this.outlinedBy = "";
    this.showParts(this.told);
  }

  showPlace() {
    const at = this.strip.place();
    const size = this.strip.rows.length;
    this.previous.disabled = at <= 0;
    this.next.disabled = size === 0 || at === size - 1;
  }

  /* ----- doing ----- */

  pick(row) {
    if (row === undefined || row === this.row) return;
    this.row = row;
    this.part = null;
    this.chosen.target = this.chosen.against = null;
    this.strip.show(row);
    this.showPlace();
    this.ask();
    clearTimeout(this.telling);
    // Python hears of it when the hands rest: the maps do not wait for it.
    this.telling = setTimeout(() => this.send("picked", { row: this.row }), 250);
  }

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

  turn(name) {
    const { methods } = this.chosen;
    const isOn = methods.includes(name);
    if (isOn && methods.length === 1) return;
    this.chosen.methods = isOn ? methods.filter((one) => one !== name) : [...methods, name].slice(0, MOST);
    this.strip.use(this.chosen.methods[0]);
    this.ordered = undefined;
    this.choose();
  }

  showWays() {
    const { methods } = this.chosen;
    for (const one of this.ways) {
      const isOn = methods.includes(one.name);
      one.node.setAttribute("aria-pressed", String(isOn));
      one.node.disabled = !isOn && methods.length >= MOST;
    }
  }

  toggleOutlines() {
    this.outlined = !this.outlined;
    this.outlinedBy = "";
    this.outlinesButton.setAttribute("aria-pressed", String(this.outlined));
    if (this.told) this.showParts(this.told);
    this.ask();
  }

  blink() {
    const isOn = this.blinking === undefined;
    this.blinkButton.setAttribute("aria-pressed", String(isOn));
    clearInterval(this.blinking);
    this.blinking = undefined;
    this.line.classList.remove("bare");
    if (!isOn) return;
    // Who asked the system for no motion gets one change a press.
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) { this.line.classList.add("bare"); this.blinking = null; return; }
    this.blinking = setInterval(() => this.line.classList.toggle("bare"), BLINK);
  }

  async takePicture() {
    const { told } = this;
    if (!told) return;
    const isDifference = told.against !== null;
    const shown = [...this.tiles.values()];
    const blob = await asPicture({
      tiles: told.content ? shown : [this.sample, ...shown], content: told.content, isDifference, palette: isDifference ? this.palettes.signed : this.palettes.score,
      title: `#${told.id}: why ${this.nameOf(told.target)}${isDifference ? ` and not ${this.nameOf(told.against)}` : ""}`,
      ends: [this.low.textContent, this.high.textContent], opacity: Number(this.opacity.value),
    });
    const link = el("a", { href: URL.createObjectURL(blob), download: `maps-${told.id.replaceAll(/[^\w.-]+/g, "_")}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  takeArrays() {
    const { told } = this;
    if (!told) return;
    const query = new URLSearchParams({ methods: this.chosen.methods.join(), class: String(told.target) });
    el("a", { href: address(this.data.study, `saliency/${told.row}/arrays?${query}`), download: "" }).click();
  }

  onKey(key, event) {
    const runs = {
      ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1), b: () => this.blink(), o: () => this.toggleOutlines(),
      v: () => this.send("action", { name: "review", row: this.row }),
      ",": () => this.walkParts(-1), ".": () => this.walkParts(1),
    };
    if (!runs[key]) return false;
    if (!event.repeat || key.startsWith("Arrow")) runs[key]();
    return true;
  }

  walkParts(by) {
    const parts = this.told?.parts;
    const isPicture = this.data.kind === "picture";
    if ((isPicture && !this.outlined) || !parts) return;
    const shown = isPicture ? parts.drops[0].map((_, part) => part) : (this.tiles.values().next().value.places.order ?? []);
    if (shown.length === 0) return;
    const at = shown.indexOf(this.part);
    this.part = shown[at < 0 ? 0 : (at + by + shown.length) % shown.length];
    this.outlinedBy = "";
    this.showParts(this.told);
  }

  /* ----- elements ----- */

  build() {
    const { data } = this;
    this.id = el("h2", { class: "id" });
    this.given = classChip();
    this.says = el("strong", {});
    this.previous = keyButton("←", "", () => this.step(-1), { class: "key-button step", "aria-label": "previous sample", title: "previous sample" });
    this.next = keyButton("→", "", () => this.step(1), { class: "key-button step", "aria-label": "next sample", title: "next sample" });
    this.why = el("select", { "aria-label": "why this class", on: { change: () => this.chooseClasses() } });
    this.whyNot = el("select", { "aria-label": "and why not", on: { change: () => this.chooseClasses() } });
    this.ways = data.ways.map((way) => ({ name: way.name, node: button({ class: "way", title: way.sentence, text: way.title, on: { click: () => this.turn(way.name) } }) }));
    this.sample = new Tile({ kept: this.kept, onPart: (part) => this.choosePart(part) });
    this.line = el("div", { class: "tiles" }, this.sample.node);
    this.line.style.setProperty("--opacity", String(OPACITY));
    this.opacity = el("input", { type: "range", min: "0", max: "1", step: "0.05", value: String(OPACITY), "aria-label": "opacity of the maps",
      on: { input: () => this.line.style.setProperty("--opacity", this.opacity.value) } });
    this.blinkButton = keyButton("B", "blink", () => this.blink(), { "aria-pressed": "false", title: "show and hide the maps by turns" });
    this.outlinesButton = keyButton("O", "outlines", () => this.toggleOutlines(), { "aria-pressed": "false", title: "the parts that are hidden, and what hiding each does" });
    [this.low, this.high] = [el("span", {}), el("span", {})];
    const stops = (colours) => [0, 50, 100, 150, 200, 250].map((at) => colours[Math.min(at, colours.length - 1)]).join(", ");
    this.scale = el("i", { class: "gradient", "aria-hidden": "true", style: { "--score": `linear-gradient(to right, ${stops(data.shades)})`, "--signed": `linear-gradient(to right, ${data.signed[0]}, ${data.signed[125]}, ${data.signed.at(-1)})` } });
    this.scaleBox = el("div", { class: "scale quiet" }, this.low, this.scale, this.high);
    this.about = el("span", { class: "quiet about" });
    this.partsWords = el("p", { class: "parts-words", "aria-live": "polite", hidden: true });
    this.trouble = el("p", { class: "trouble", role: "alert", hidden: true });
    this.failedWords = el("span", {});
    this.failed = el("div", { class: "failed-model", role: "alert", hidden: true }, this.failedWords,
      button({ class: "key-button plain-words", text: "try again", on: { click: () => tell(data.study, { what: "again" }).then(() => this.ask(), (reason) => this.fail(reason.message)) } }));
    this.strip = new Strip({ study: data.study, kind: data.kind, kept: this.kept, palette: this.palettes.score, method: data.methods[0], onPick: (row) => this.pick(row), onTrouble: (words) => this.fail(words) });
    const isPicture = data.kind === "picture";
    const choosers = el("div", { class: "choosers" },
      el("label", {}, el("span", { class: "quiet", text: "Why" }), this.why),
      el("label", {}, el("span", { class: "quiet", text: "and not" }), this.whyNot),
      data.ways.length > 1 ? el("div", { class: "ways", role: "group", "aria-label": "methods, up to four" }, ...this.ways.map((one) => one.node)) : null);
    this.taking = [["save picture", () => this.takePicture()], ["save arrays", () => this.takeArrays()]]
      .map(([text, take]) => button({ class: "key-button plain-words", text, disabled: true, on: { click: take } }));
    const tools = el("div", { class: "tools" },
      isPicture ? el("label", { class: "slide" }, el("span", { class: "quiet", text: "Opacity" }), this.opacity) : null,
      isPicture ? this.blinkButton : null, isPicture ? this.outlinesButton : null,
      this.scaleBox, el("span", { class: "actions" }, ...this.taking));
    this.node = el("section", { class: `margin saliency of-${data.kind}`, "aria-label": "what the model saw", "data-state": "loading" },
      el("div", { class: "head" }, this.id, el("span", { class: "pair" }, el("span", { class: "quiet", text: "given" }), this.given.node), el("span", { class: "pair" }, el("span", { class: "quiet", text: "the model says" }), this.says),
        el("span", { class: "actions" }, this.previous, this.next,
          keyButton("V", "review", () => this.send("action", { name: "review", row: this.row }), { title: "back to the review of suspect labels" }),
          button({ class: "key-button plain-words", text: "show on map", on: { click: () => this.send("action", { name: "map", row: this.row }) } }))),
      choosers, this.trouble, this.failed, this.line, tools, this.partsWords, this.strip.node,
      el("p", { class: "quiet stable" }, this.about, el("br"), !isPicture ? `Faithful: what the model loses when the most important ${PART[data.kind]}s go, and gains when they come.` : "Faithful: what the model loses when the most important pixels go, and gains when they come. Fragile: how much of the map's top a change that nobody sees replaces; ranks: how far all pixels keep their order, at most 1. A constant map is perfectly stable, so stability alone ranks nothing."));
    this.showWays();
  }
}

export default (component) => mountOnce(component, (data) => new SaliencyMaps(data));
