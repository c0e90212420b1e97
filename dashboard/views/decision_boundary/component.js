// @ts-check
/* The samples between two classes, ordered from the one to the other. Pairs come once, samples when a pair is chosen;
   sliding only shows and hides. */

/** @import { BoundarySample, BoundaryData, BoundaryStates, PairSamples, ClassContacts } from "../../payloads.d.ts" */
/** @import { Component, Send } from "../../shared/browser/mount.js" */

import { button, el, setText, unreachableNotice } from "../../shared/browser/elements.js";
import { glanceLegend } from "../../shared/browser/glance_legend.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { address, getJson } from "../../shared/browser/server.js";
import { classOf, count } from "../../shared/browser/words.js";
import { Axis } from "./axis.js";
import { BoundaryStrip } from "./boundary_strip.js";
import { Chords } from "./chords.js";
import { PairTable } from "./pair_table.js";
import { pairFacts, pairWords, sampleFacts } from "./words.js";

const DEFAULT_SHOWN = 16;

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
  pairSamples = null;
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
  legend = el("div", {});
  facts = el("p", { class: "quiet" });
  axis = new Axis();
  strip = new BoundaryStrip((row) => this.pick(row));
  whyText = el("p", {});
  counterfactual = button({ class: "key-button", text: "Counterfactual", "data-act": "counterfactual" });
  why = el("div", { class: "why-this", hidden: true, "aria-live": "polite" }, this.whyText, el("div", { class: "actions" }, this.counterfactual));
  node = el("section", { class: "margin boundary", "aria-label": "samples between two classes", "data-state": "loading" },
    el("div", { class: "controls" },
      el("div", { class: "choices" },
        el("label", { class: "chooser" }, el("span", { class: "quiet", text: "Between" }), this.select),
        el("label", { class: "how-many" }, el("span", { text: "Show" }), this.slider, this.number),
        el("div", { class: "actions" },
          button({ class: "key-button", text: "Review these", "data-act": "review", on: { click: () => this.act("review") } }),
          button({ class: "key-button", text: "Show on the map", "data-act": "map", on: { click: () => this.act("map") } })),
        this.facts)),
    el("div", { class: "strip" }, this.title, this.legend, this.strip.node, this.axis.node, this.why,
      el("p", { class: "quiet no-samples", text: "These two classes touch, but no sample has both as its most probable classes." })),
    el("figure", { class: "contacts" },
      el("h2", { text: "Which classes touch" }), this.table.node, this.chords.node,
      el("figcaption", { class: "quiet", text: "Deeper and broader: a larger share of the neighbors of one class belongs to the other. Click a cell or a line to see the samples between two classes." })),
    el("p", { class: "quiet loading", role: "status", text: "Loading" }),
    el("p", { class: "none", text: "No two classes touch: the model predicts the same class for a sample as for its neighbors." }),
    unreachableNotice(() => this.begin()));

  /** @param {BoundaryData} data */
  constructor(data) {
    this.data = data;
  }

  /** @param {BoundaryData} data */
  update(data) {
    this.data = data;
    if (this.view !== data.view) this.begin();
    else if (this.contacts && this.wanted() !== this.pairKey) this.open();
    else if (this.pairSamples) this.show(this.pairSamples);
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
    this.contacts = this.pairSamples = null;
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
      const pairSamples = /** @type {PairSamples} */ (await getJson(address(this.data.study, `boundary/${this.view}?pair=${this.pairKey}`), { signal: this.abort.signal }));
      if (ticket !== this.opening) return;
      this.pairSamples = pairSamples;
      this.fit(pairSamples);
      this.node.dataset.state = "ready";
      this.node.dataset.pair = this.pairKey;
      this.show(pairSamples);
      this.strip.center(pairSamples.samples[0]?.row);
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
   * @param {PairSamples} pairSamples
   */
  fit({ samples }) {
    const most = Math.max(1, samples.length);
    this.slider.max = String(most);
    this.slider.value = String(Math.min(this.first, most));
    this.slider.disabled = most < 2;
  }

  /** @param {PairSamples} pairSamples */
  shown({ samples }) {
    return samples.slice(0, Number(this.slider.value)).sort((one, other) => other.margin - one.margin || one.row - other.row);
  }

  /** @param {PairSamples} pairSamples */
  show(pairSamples) {
    const { classes, selected } = this.data;
    const { pair, samples } = pairSamples;
    const shown = this.shown(pairSamples);
    const facts = this.contacts?.pairs.find((one) => one.pair.join() === pair.join());
    setText(this.number, count(shown.length));
    const [given, suggested] = pair.map((label) => classOf(classes, label).name);
    setText(this.title, `From ${given} to ${suggested}`);
    this.legend.replaceChildren(...[glanceLegend(this.data.kind, { given, suggested }, "the columns that tell the two apart best")].filter((node) => node !== null));
    setText(this.facts, facts ? pairFacts(facts, samples.length) : "");
    this.axis.show(shown, pair.map((one) => classOf(classes, one).name), selected);
    this.node.dataset.empty = String(shown.length === 0);
    this.strip.show(shown, this.data, pair, samples[0]?.row);
    this.showWhy(pair, shown.find((sample) => sample.row === selected) ?? null);
  }

  /**
   * @param {PairSamples["pair"]} pair
   * @param {BoundarySample | null} sample
   */
  showWhy(pair, sample) {
    this.why.hidden = !sample;
    if (!sample) return;
    setText(this.whyText, sampleFacts(this.data.classes, pair, sample));
    this.counterfactual.onclick = () => this.send("action", { name: "counterfactual", row: sample.row, first: 1 });
  }

  /** @param {number} row */
  pick(row) {
    if (!this.pairSamples) return;
    this.data = { ...this.data, selected: row };
    this.show(this.pairSamples);
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
      if (!this.pairSamples) return;
      this.show(this.pairSamples);
      this.strip.center(this.pairSamples.samples[0]?.row);
    });
  }
}

/** @param {Component<BoundaryData>} component */
export default function (component) {
  return mountOnce(component, (data) => new BoundarySamples(data));
}
