// @ts-check
/* The samples between two classes, ordered from the one to the other. Pairs come once, samples when a pair is chosen;
   sliding only shows and hides. */

/** @import { BoundarySample, BoundaryData, BoundaryStates, PairSamples, ClassContacts } from "../../payloads.d.ts" */
/** @import { Component, Send } from "../../shared/browser/mount.js" */

import { button, el, setText } from "../../shared/browser/elements.js";
import { hasModifier, nextPlace } from "../../shared/browser/keyboard.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { Miniature } from "../../shared/browser/pictures.js";
import { address, getJson } from "../../shared/browser/server.js";
import { classOf, count } from "../../shared/browser/words.js";
import { Axis } from "./axis.js";
import { Chords } from "./chords.js";
import { PairTable } from "./table.js";
import { pairFacts, itemWords, marginWords, pairName, pairWords, whyWords } from "./words.js";

const DEFAULT_SHOWN = 16;

/** @typedef {ReturnType<typeof newItem>} Item */

/**
 * @param {string} text as the list of pairs holds it
 * @returns {[number, number]}
 */
function pairOf(text) {
  const [a, b] = text.split(",").map(Number);
  return [a, b];
}

class BoundarySamples {
  /** @type {Send<BoundaryStates>} */
  send = () => {};
  /** @type {ClassContacts | null} */
  contacts = null;
  /** @type {PairSamples | null} */
  film = null;
  /** @type {Item[]} */
  items = [];
  view = "";
  pairKey = "";
  first = DEFAULT_SHOWN;
  frame = 0;
  beginning = {};
  opening = {};
  abort = new AbortController();

  table = new PairTable((pair) => this.choose(pair));
  chords = new Chords((pair) => this.choose(pair));
  select = el("select", { "aria-label": "two classes", on: { change: () => this.choose(pairOf(this.select.value)) } });
  slider = el("input", { type: "range", min: "1", max: "1", value: "1", "aria-label": "samples shown", on: { input: () => this.slide() } });
  number = el("output", { class: "number" });
  title = el("h2", {});
  facts = el("p", { class: "quiet" });
  axis = new Axis();
  strip = el("div", { class: "film", role: "listbox", "aria-orientation": "horizontal", on: { keydown: (event) => this.onKey(event), scroll: () => this.markEdges() } });
  whyText = el("p", {});
  counterfactual = button({ class: "key-button", text: "counterfactual" });
  why = el("div", { class: "why-this", hidden: true, "aria-live": "polite" }, this.whyText, el("div", { class: "actions" }, this.counterfactual));
  node = el("section", { class: "margin boundary", "aria-label": "samples between two classes", "data-state": "loading" },
    el("div", { class: "controls" },
      el("div", { class: "choices" },
        el("label", { class: "chooser" }, el("span", { class: "quiet", text: "Between" }), this.select),
        el("label", { class: "how-many" }, el("span", { text: "Show" }), this.slider, this.number),
        el("div", { class: "actions" },
          button({ class: "key-button", text: "review these", on: { click: () => this.act("review") } }),
          button({ class: "key-button", text: "show on the map", on: { click: () => this.act("map") } })),
        this.facts)),
    el("div", { class: "strip" }, this.title, this.strip, this.axis.node, this.why,
      el("p", { class: "quiet no-samples", text: "These two classes touch, but no sample has both as its most probable classes." })),
    el("figure", { class: "contacts" },
      el("h2", { text: "Which classes touch" }), this.table.node, this.chords.node,
      el("figcaption", { class: "quiet", text: "Deeper and broader: a larger share of the neighbors of one class belongs to the other. Click a cell or a line to see the samples between two classes." })),
    el("p", { class: "quiet loading", role: "status", text: "Loading" }),
    el("p", { class: "none", text: "No two classes contact: the model never says one where the other is near." }),
    el("div", { class: "unreachable", role: "alert" }, el("span", { text: "The server does not answer." }),
      button({ class: "key-button", text: "try again", on: { click: () => this.begin() } })));

  /** @param {BoundaryData} data */
  constructor(data) {
    this.data = data;
  }

  /** @param {BoundaryData} data */
  update(data) {
    this.data = data;
    if (this.view !== data.view) this.begin();
    else if (this.contacts && this.wanted() !== this.pairKey) this.open();
    else if (this.film) this.show(this.film);
  }

  destroy() {
    this.abort.abort();
  }

  wanted() {
    const known = (this.contacts?.pairs ?? []).map((one) => one.pair.join());
    const wanted = this.data.pair?.join() ?? "";
    return known.includes(wanted) ? wanted : (known[0] ?? "");
  }

  async begin() {
    this.view = this.data.view;
    this.contacts = this.film = null;
    const ticket = (this.beginning = {});
    this.opening = {};  // Samples of a pair of the view before are no longer wanted.
    this.node.dataset.state = "loading";
    try {
      const contacts = /** @type {ClassContacts} */ (await getJson(address(this.data.study, `boundary/${this.view}`), { signal: this.abort.signal }));
      if (ticket !== this.beginning) return;
      this.contacts = contacts;
      const options = contacts.pairs.map((one) => el("option", { value: one.pair.join(), text: pairWords(this.data.classes, one) }));
      this.select.replaceChildren(...options);
      for (const picture of [this.table, this.chords]) picture.show(contacts, this.data.classes);
      // Of one pair there is nothing to choose, and a picture of it says nothing.
      this.node.classList.toggle("single", contacts.pairs.length <= 1);
      if (contacts.pairs.length === 0) this.node.dataset.state = "empty";
      else await this.open();
    } catch {
      if (ticket === this.beginning) this.fail();
    }
  }

  async open() {
    this.pairKey = this.wanted();
    const ticket = (this.opening = {});
    this.select.value = this.pairKey;
    for (const picture of [this.table, this.chords]) picture.mark(pairOf(this.pairKey));
    this.node.setAttribute("aria-busy", "true");
    try {
      const film = /** @type {PairSamples} */ (await getJson(address(this.data.study, `boundary/${this.view}?pair=${this.pairKey}`), { signal: this.abort.signal }));
      if (ticket !== this.opening) return;
      this.film = film;
      this.fit(film);
      this.node.dataset.state = "ready";
      this.node.dataset.pair = this.pairKey;
      this.show(film);
      this.center(film);
    } catch {
      if (ticket === this.opening) this.fail();
    }
    this.node.setAttribute("aria-busy", "false");
  }

  fail() {
    if (!this.abort.signal.aborted) this.node.dataset.state = "unreachable";
  }

  /**
   * As many as there are, at most; a request for more is kept for the next pair.
   * @param {PairSamples} film
   */
  fit({ samples }) {
    const most = Math.max(1, samples.length);
    this.slider.max = String(most);
    this.slider.value = String(Math.min(this.first, most));
    this.slider.disabled = most < 2;
  }

  /** @param {PairSamples} film */
  shown({ samples }) {
    return samples.slice(0, Number(this.slider.value)).sort((one, other) => other.margin - one.margin || one.row - other.row);
  }

  /** @param {PairSamples} film */
  show(film) {
    const { classes, selected } = this.data;
    const { pair, samples } = film;
    const shown = this.shown(film);
    const facts = this.contacts?.pairs.find((one) => one.pair.join() === pair.join());
    setText(this.number, count(shown.length));
    setText(this.title, `From ${classOf(classes, pair[0]).name} to ${classOf(classes, pair[1]).name}`);
    setText(this.facts, facts ? pairFacts(facts, samples.length) : "");
    this.axis.show(shown, pair.map((one) => classOf(classes, one).name), selected);
    this.node.dataset.empty = String(shown.length === 0);
    this.strip.classList.toggle("of-excerpts", this.data.kind !== "picture");
    this.strip.setAttribute("aria-label", `samples between ${pairName(classes, pair)}, from the first to the second`);
    while (this.items.length < shown.length) this.addItem();
    const chosen = shown.findIndex((sample) => sample.row === selected);
    const mostUncertain = shown.findIndex((sample) => sample.row === samples[0]?.row);
    const border = shown.findIndex((sample) => sample.margin < 0);
    this.items.forEach((item, place) => {
      const sample = shown[place];
      item.node.hidden = !sample;
      item.sample = sample;
      if (sample) this.showItem(item, pair, sample, place === chosen, place === border);
      item.node.tabIndex = place === Math.max(0, chosen >= 0 ? chosen : mostUncertain) ? 0 : -1;
    });
    this.showWhy(pair, chosen >= 0 ? shown[chosen] : null);
    this.markEdges();
  }

  /* What goes on beyond an edge fades out there. */
  markEdges() {
    const { scrollLeft, scrollWidth, clientWidth } = this.strip;
    this.strip.classList.toggle("more-before", scrollLeft > 1);
    this.strip.classList.toggle("more-after", scrollLeft + clientWidth < scrollWidth - 1);
  }

  /**
   * @param {Item} item
   * @param {PairSamples["pair"]} pair
   * @param {BoundarySample} sample
   * @param {boolean} chosen
   * @param {boolean} border whether the second class leads from here on
   */
  showItem(item, pair, sample, chosen, border) {
    const { classes, study } = this.data;
    item.miniature.show(study, sample);
    setText(item.lean, marginWords(classes, pair, sample));
    item.mark.hidden = !sample.wrong;
    setText(item.given, sample.wrong ? `labeled ${classOf(classes, sample.given).name}` : "");
    item.node.classList.toggle("wrong", sample.wrong);
    item.node.classList.toggle("border", border);
    item.node.setAttribute("aria-selected", String(chosen));
    item.node.setAttribute("aria-label", itemWords(classes, pair, sample));
    item.node.title = itemWords(classes, pair, sample);
  }

  /**
   * @param {PairSamples["pair"]} pair
   * @param {BoundarySample | null} sample
   */
  showWhy(pair, sample) {
    this.why.hidden = !sample;
    if (!sample) return;
    setText(this.whyText, whyWords(this.data.classes, pair, sample));
    this.counterfactual.onclick = () => this.send("action", { name: "counterfactual", row: sample.row, first: 1 });
  }

  /**
   * The most confusing sample in the middle, whatever is to its sides.
   * @param {PairSamples} film
   */
  center({ samples }) {
    const at = this.items.find((item) => !item.node.hidden && item.sample?.row === samples[0]?.row);
    if (!at) return;
    this.strip.scrollLeft = at.node.offsetLeft - this.strip.offsetLeft - (this.strip.clientWidth - at.node.offsetWidth) / 2;
  }

  /** @param {number | undefined} row */
  pick(row) {
    if (row === undefined || !this.film) return;
    this.data = { ...this.data, selected: row };
    this.show(this.film);
    this.send("picked", { row });
  }

  /** @param {[number, number]} pair */
  choose(pair) {
    this.data = { ...this.data, pair };
    if (this.contacts) this.open();
    this.send("pair", { pair });
  }

  /** @param {"review" | "map"} name */
  act(name) {
    this.send("action", { name, row: null, first: Number(this.slider.value) });
  }

  slide() {
    this.first = Number(this.slider.value);
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      if (!this.film) return;
      this.show(this.film);
      this.center(this.film);
    });
  }

  addItem() {
    const item = newItem(this.data.kind, () => this.pick(item.sample?.row));
    this.items.push(item);
    this.strip.append(item.node);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (hasModifier(event)) return;
    const shown = this.items.filter((item) => !item.node.hidden);
    const at = shown.findIndex((item) => item.node === event.target);
    const place = nextPlace(event.key, at, shown.length);
    if (at < 0 || place === null) return;
    for (const item of shown) item.node.tabIndex = item === shown[place] ? 0 : -1;
    shown[place].node.focus();
    event.preventDefault();
    event.stopPropagation();
  }
}

/**
 * @param {BoundaryData["kind"]} kind
 * @param {() => void} onPick
 */
function newItem(kind, onPick) {
  const miniature = new Miniature(kind);
  if (miniature.image) miniature.image.loading = "lazy";
  const [lean, given] = [el("span", { class: "under" }), el("span", { class: "under given" })];
  const mark = el("span", { class: "mark", "aria-hidden": "true", text: "×", hidden: true });
  const node = button({ class: "item", role: "option", on: { click: onPick } }, miniature.node, mark, lean, given);
  return { miniature, lean, given, mark, node, sample: /** @type {BoundarySample | undefined} */ (undefined) };
}

/** @param {Component<BoundaryData>} component */
export default function (component) {
  return mountOnce(component, (data) => new BoundarySamples(data));
}
