/* The samples between two classes, ordered from the one to the other. Pairs come once, samples when a pair is chosen;
   sliding only shows and hides. */

import { button, el, setText } from "../../shared/browser/elements.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { setAddress, thumbnail } from "../../shared/browser/pictures.js";
import { address, getJson, pictureAddress } from "../../shared/browser/server.js";
import { classOf, count } from "../../shared/browser/words.js";
import { Axis } from "./axis.js";
import { Chords } from "./chords.js";
import { PairTable } from "./table.js";
import { factsOf, itemWords, leanWords, pairName, pairWords, whyWords } from "./words.js";

const FIRST = 16;

class BoundaryFilm {
  constructor(data) {
    this.data = data;
    this.abort = new AbortController();
    this.first = FIRST;
    this.items = [];
    this.build();
  }

  update(data) {
    this.data = data;
    if (this.view !== data.view) this.begin();
    else if (this.told && this.wanted() !== this.pairKey) this.open();
    else if (this.film) this.show();
  }

  destroy() {
    this.abort.abort();
  }

  wanted() {
    const { pair } = this.data;
    const known = pair && this.told.pairs.some((one) => one.pair.join() === pair.join());
    return known ? pair.join() : (this.told.pairs[0]?.pair.join() ?? "");
  }

  async begin() {
    this.view = this.data.view;
    this.told = this.film = null;
    const ticket = (this.beginning = {});
    this.node.dataset.state = "loading";
    try {
      const told = await getJson(address(this.data.study, `boundary/${this.view}`), { signal: this.abort.signal });
      if (ticket !== this.beginning) return;
      this.told = told;
      const options = told.pairs.map((one) => el("option", { value: one.pair.join(), text: pairWords(this.data.classes, one) }));
      this.select.replaceChildren(...options);
      for (const picture of [this.table, this.chords]) picture.show(told, this.data.classes);
      if (told.pairs.length === 0) this.node.dataset.state = "empty";
      else await this.open();
    } catch (reason) {
      if (ticket === this.beginning) this.fail();
    }
  }

  async open() {
    this.pairKey = this.wanted();
    const ticket = (this.opening = {});
    this.select.value = this.pairKey;
    for (const picture of [this.table, this.chords]) picture.mark(this.pairKey.split(",").map(Number));
    this.node.setAttribute("aria-busy", "true");
    try {
      const film = await getJson(address(this.data.study, `boundary/${this.view}?pair=${this.pairKey}`), { signal: this.abort.signal });
      if (ticket !== this.opening) return;
      this.film = film;
      this.fit();
      this.node.dataset.state = "ready";
      this.node.dataset.pair = this.pairKey;
      this.show();
      this.centre();
    } catch (reason) {
      if (ticket === this.opening) this.fail();
    }
    this.node.setAttribute("aria-busy", "false");
  }

  fail() {
    if (!this.abort.signal.aborted) this.node.dataset.state = "unreachable";
  }

  /* As many as there are, at most; the wish for more is kept for the next pair. */
  fit() {
    const most = Math.max(1, this.film.samples.length);
    this.slider.max = String(most);
    this.slider.value = String(Math.min(this.first, most));
    this.slider.disabled = most < 2;
  }

  shown() {
    return this.film.samples.slice(0, Number(this.slider.value)).sort((one, other) => other.lead - one.lead || one.row - other.row);
  }

  show() {
    const { classes, selected } = this.data;
    const { pair, samples } = this.film;
    const shown = this.shown();
    const facts = this.told.pairs.find((one) => one.pair.join() === pair.join());
    setText(this.number, count(shown.length));
    setText(this.title, `From ${classOf(classes, pair[0]).name} to ${classOf(classes, pair[1]).name}`);
    setText(this.facts, facts ? factsOf(facts, samples) : "");
    this.axis.show(shown, pair.map((one) => classOf(classes, one).name), selected);
    this.node.dataset.empty = String(shown.length === 0);
    this.strip.setAttribute("aria-label", `samples between ${pairName(classes, pair)}, from the first to the second`);
    while (this.items.length < shown.length) this.addItem();
    const chosen = shown.findIndex((sample) => sample.row === selected);
    const torn = shown.findIndex((sample) => sample.row === samples[0]?.row);
    const border = shown.findIndex((sample) => sample.lead < 0);
    this.items.forEach((item, place) => {
      const sample = shown[place];
      item.node.hidden = !sample;
      item.sample = sample;
      if (sample) this.showItem(item, sample, place === chosen, place === border);
      item.node.tabIndex = place === Math.max(0, chosen >= 0 ? chosen : torn) ? 0 : -1;
    });
    this.showWhy(chosen >= 0 ? shown[chosen] : null);
  }

  showItem(item, sample, chosen, border) {
    const { classes, kind, study } = this.data;
    const { pair } = this.film;
    if (kind === "picture") setAddress(item.image, pictureAddress(study, sample.row, "thumb"));
    else setText(item.id, `#${sample.id}`);
    setText(item.lean, leanWords(classes, pair, sample));
    item.mark.hidden = !sample.wrong;
    setText(item.given, sample.wrong ? `labelled ${classOf(classes, sample.given).name}` : "");
    item.node.classList.toggle("wrong", sample.wrong);
    item.node.classList.toggle("border", border);
    item.node.setAttribute("aria-selected", String(chosen));
    item.node.setAttribute("aria-label", itemWords(classes, pair, sample));
    item.node.title = itemWords(classes, pair, sample);
  }

  showWhy(sample) {
    this.why.hidden = !sample;
    if (!sample) return;
    setText(this.whyText, whyWords(this.data.classes, this.film.pair, sample));
    this.walk.onclick = () => this.send("action", { name: "walk", row: sample.row, first: 1 });
  }

  /* The most confusing sample in the middle, whatever is to its sides. */
  centre() {
    const at = this.items.find((item) => !item.node.hidden && item.sample?.row === this.film.samples[0]?.row);
    if (!at) return;
    this.strip.scrollLeft = at.node.offsetLeft - this.strip.offsetLeft - (this.strip.clientWidth - at.node.offsetWidth) / 2;
  }

  pick(row) {
    this.data = { ...this.data, selected: row };
    this.show();
    this.send("picked", { row });
  }

  choose(pair) {
    this.data = { ...this.data, pair };
    this.open();
    this.send("pair", { pair });
  }

  act(name) {
    this.send("action", { name, row: null, first: Number(this.slider.value) });
  }

  slide() {
    this.first = Number(this.slider.value);
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      this.show();
      this.centre();
    });
  }

  addItem() {
    const item = { image: thumbnail(), id: el("span", { class: "id" }), lean: el("span", { class: "under" }), given: el("span", { class: "under given" }) };
    item.mark = el("span", { class: "mark", "aria-hidden": "true", text: "×", hidden: true });
    item.image.loading = "lazy";
    item.node = button({ class: "item", role: "option", on: { click: () => this.pick(item.sample.row) } },
      this.data.kind === "picture" ? item.image : item.id, item.mark, item.lean, item.given);
    this.items.push(item);
    this.strip.append(item.node);
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const shown = this.items.filter((item) => !item.node.hidden);
    const at = shown.findIndex((item) => item.node === event.target);
    const moves = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: shown.length - 1 };
    if (at < 0 || !(event.key in moves)) return;
    const next = shown[Math.max(0, Math.min(shown.length - 1, moves[event.key]))];
    for (const item of shown) item.node.tabIndex = item === next ? 0 : -1;
    next.node.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  build() {
    this.table = new PairTable((pair) => this.choose(pair));
    this.chords = new Chords((pair) => this.choose(pair));
    this.select = el("select", { "aria-label": "two classes", on: { change: () => this.choose(this.select.value.split(",").map(Number)) } });
    this.slider = el("input", { type: "range", min: "1", max: "1", value: "1", "aria-label": "samples shown", on: { input: () => this.slide() } });
    this.number = el("output", { class: "number" });
    this.title = el("h2", {});
    this.facts = el("p", { class: "quiet" });
    this.axis = new Axis();
    this.strip = el("div", { class: "film", role: "listbox", "aria-orientation": "horizontal", on: { keydown: (event) => this.onKey(event) } });
    this.whyText = el("p", {});
    this.walk = button({ class: "key-button", text: "walk it across" });
    this.why = el("div", { class: "why-this", hidden: true, "aria-live": "polite" }, this.whyText, el("div", { class: "actions" }, this.walk));
    const act = (name, words) => button({ class: "key-button", text: words, on: { click: () => this.act(name) } });
    this.node = el("section", { class: "margin boundary", "aria-label": "samples between two classes", "data-state": "loading" },
      el("div", { class: "controls" },
        el("div", { class: "choices" },
          el("label", { class: "chooser" }, el("span", { class: "quiet", text: "Between" }), this.select),
          el("label", { class: "how-many" }, el("span", { text: "Show" }), this.slider, this.number),
          el("div", { class: "actions" }, act("review", "review these"), act("map", "show on the map")),
          this.facts),
        el("figure", { class: "touching" }, this.table.node, this.chords.node,
          el("figcaption", { class: "quiet", text: "The deeper and the broader, the more two classes touch: the share of their neighbours that lead across. Choose two." }))),
      el("div", { class: "strip" }, this.title, this.strip, this.axis.node, this.why,
        el("p", { class: "quiet nobody", text: "These two touch, but no sample lies between them: none has both as its likeliest." })),
      el("p", { class: "quiet loading", role: "status", text: "Loading" }),
      el("p", { class: "none", text: "No two classes touch: the model never says one where the other is near." }),
      el("div", { class: "unreachable", role: "alert" }, el("span", { text: "The server does not answer." }),
        button({ class: "key-button", text: "try again", on: { click: () => this.begin() } })));
  }
}

export default function (component) {
  return mountOnce(component, (data) => new BoundaryFilm(data));
}
