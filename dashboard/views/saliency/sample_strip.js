// @ts-check
/* The samples that next and previous go through, with the heatmap of each that has one. */

/** @import { SaliencyData, SampleReference, StripHeatmap, StripHeatmaps, Trail } from "../../payloads.d.ts" */
/** @import { Color } from "../../shared/browser/canvas.js" */
/** @import { ByteCache } from "./polling.js" */

import { button, el, setText } from "../../shared/browser/elements.js";
import { Miniature } from "../../shared/browser/pictures.js";
import { address, getJson, messageOf } from "../../shared/browser/server.js";
import { count, sampleName, titleOf } from "../../shared/browser/words.js";
import { postSeries } from "./polling.js";
import { canvas, paintHeatmap } from "./paint.js";
import { SeriesControls } from "./series_controls.js";

const SHOWN = 24;
const INTERVAL = 600;

/** @typedef {ReturnType<typeof newItem>} Item */

export class SampleStrip {
  /**
   * @param {object} options
   * @param {string} options.study
   * @param {SaliencyData["kind"]} options.kind
   * @param {ByteCache} options.cache
   * @param {readonly Color[]} options.palette
   * @param {string} options.method whose heatmaps are shown
   * @param {(row: number) => void} options.onPick
   * @param {(words: string) => void} options.onTrouble
   */
  constructor({ study, kind, cache, palette, method, onPick, onTrouble }) {
    this.study = study;
    this.kind = kind;
    this.cache = cache;
    this.palette = palette;
    this.method = method;
    this.onPick = onPick;
    this.onTrouble = onTrouble;
    /** @type {number[]} */
    this.rows = [];
    /** @type {Map<number, SampleReference>} */
    this.samples = new Map();
    this.words = "";
    this.row = -1;
    /** @type {Item[]} */
    this.items = [];
    /** @type {StripHeatmaps["state"]} */
    this.state = "none";
    this.isClosed = false;
    this.loading = {};
    this.asked = {};
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.title = el("h2", {});
    this.series = new SeriesControls({ start: "", onStart: () => this.begin(), onStop: () => this.end() });
    this.list = el("div", { class: "samples", role: "listbox", "aria-orientation": "horizontal", "aria-label": "samples, in their order", on: { keydown: (event) => this.onKey(event) } });
    this.node = el("div", { class: "strip" }, el("div", { class: "strip-head" }, this.title, ...this.series.nodes), this.list);
  }

  /**
   * @param {string | null} selection
   * @param {() => number} rowOf the sample on screen; it may be another one when the answer comes
   */
  async load(selection, rowOf) {
    const query = selection ? `?selection=${encodeURIComponent(selection)}` : "";
    const ticket = (this.loading = {});
    const trail = /** @type {Trail} */ (await getJson(address(this.study, `saliency/trail${query}`)));
    if (ticket !== this.loading || this.isClosed) return;
    this.rows = trail.rows;
    this.samples = new Map(trail.rows.map((row, place) => [row, { row, id: trail.ids[place], excerpt: trail.excerpts[place] ?? "" }]));
    this.words = trail.title;
    this.show(rowOf());
  }

  /**
   * Around the sample on screen; one that is none of them leaves the strip at its beginning.
   * @param {number} row
   */
  show(row) {
    this.row = row;
    const at = this.rows.indexOf(row);
    const first = Math.max(0, Math.min(at - Math.floor(SHOWN / 2), this.rows.length - SHOWN));
    const shown = this.rows.slice(first, first + SHOWN);
    while (this.items.length < shown.length) this.add();
    this.items.forEach((item, place) => {
      item.node.hidden = place >= shown.length;
      if (item.node.hidden) return;
      const one = shown[place];
      if (item.row !== one) blank(item);
      item.row = one;
      const sample = this.samples.get(one) ?? { row: one, id: "", excerpt: "" };
      item.miniature.show(this.study, sample);
      item.node.setAttribute("aria-selected", String(one === row));
      item.node.setAttribute("aria-label", `sample ${sampleName(sample)}`);
      item.node.title = titleOf(sample);
      item.node.tabIndex = (at < 0 ? place === 0 : one === row) ? 0 : -1;
    });
    setText(this.title, `${at < 0 ? "" : `${count(at + 1)} of `}${count(this.rows.length)} ${this.words}`);
    setText(this.series.start, this.rows.length === 1 ? "Compute its heatmap" : `Compute all ${count(this.rows.length)} heatmaps`);
    this.refresh();
  }

  place() {
    return this.rows.indexOf(this.row);
  }

  /**
   * @param {number} by
   * @returns {number | undefined} a row, if there is one
   */
  step(by) {
    const at = this.rows.indexOf(this.row);
    return this.rows[at < 0 ? 0 : at + by];
  }

  /** @param {string} method */
  use(method) {
    if (this.method === method) return;
    this.method = method;
    this.items.forEach(blank);
    this.refresh();
  }

  /* Not while it is out of sight, and as often as heatmaps may come. */
  async refresh() {
    clearTimeout(this.timer);
    const rows = this.items.filter((item) => !item.node.hidden).map((item) => item.row);
    if (rows.length === 0 || this.isClosed) return;
    const ticket = (this.asked = {});
    try {
      const answer = /** @type {StripHeatmaps} */ (await getJson(address(this.study, `saliency/strip?rows=${rows.join()}&method=${this.method}`)));
      if (ticket !== this.asked || this.isClosed) return;
      this.showProgress(answer);
      for (const item of this.items) {
        const heatmap = answer.heatmaps[String(item.row)];
        if (heatmap) this.draw(item, heatmap);
      }
    } catch (reason) {
      if (ticket !== this.asked || this.isClosed) return;
      console.warn("margin: the strip is not refreshed.", reason);
    }
    if (this.state === "running") this.timer = setTimeout(() => this.refresh(), INTERVAL);
  }

  /** @param {StripHeatmaps} answer */
  showProgress({ state, done, total }) {
    this.state = state;
    this.node.dataset.state = state;
    const words = { none: "", running: `${count(done)} of ${count(total)}`, stopped: `stopped after ${count(done)}; finished heatmaps are stored`, done: total ? "all computed" : "" };
    this.series.show({ isRunning: state === "running", share: total ? done / total : 0, words: words[state] });
  }

  /**
   * @param {Item} item
   * @param {StripHeatmap} heatmap
   */
  async draw(item, heatmap) {
    if (item.drawn === heatmap.key) return;
    item.drawn = heatmap.key;
    const { width, height } = heatmap;
    // Of words and columns only that they are there.
    if (!width || !height) {
      item.node.dataset.heatmap = "there";
      return;
    }
    try {
      const bytes = new Uint8Array(await this.cache.bytes("heatmap", heatmap.key));
      if (item.drawn !== heatmap.key) return;
      paintHeatmap(item.heat, { width, height }, bytes, null, this.palette);
      item.heat.classList.remove("absent");
      item.node.dataset.heatmap = "there";
    } catch {
      item.drawn = "";
    }
  }

  async begin() {
    try {
      await postSeries(this.study, { what: "strip", rows: this.rows, methods: [this.method] });
      this.state = "running";
      this.refresh();
    } catch (reason) {
      this.onTrouble(messageOf(reason));
    }
  }

  async end() {
    await postSeries(this.study, { what: "stop", name: "strip" }).catch((reason) => this.onTrouble(messageOf(reason)));
    this.refresh();
  }

  add() {
    const item = newItem(this.kind, (row) => this.onPick(row));
    this.items.push(item);
    this.list.append(item.node);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const shown = this.items.filter((item) => !item.node.hidden);
    const at = shown.findIndex((item) => item.node === event.target);
    const next = event.key === "Home" ? shown[0] : event.key === "End" ? shown.at(-1) : undefined;
    if (at < 0 || !next) return;
    next.node.focus();
    event.preventDefault();
  }

  close() {
    this.isClosed = true;
    clearTimeout(this.timer);
  }
}

/**
 * @param {SaliencyData["kind"]} kind
 * @param {(row: number) => void} onPick
 */
function newItem(kind, onPick) {
  const miniature = new Miniature(kind, false, 3);
  const heat = canvas("heat absent");
  const item = { miniature, heat, drawn: "", row: -1, node: button({ class: "item", role: "option", on: { click: () => onPick(item.row) } },
    kind === "picture" ? el("span", { class: "thumb" }, miniature.node, heat) : miniature.node) };
  return item;
}

/** @param {Item} item */
function blank(item) {
  item.drawn = "";
  item.heat.classList.add("absent");
  delete item.node.dataset.heatmap;
}
