/* The samples that next and previous go through, with the map of each that has one. */

import { button, el, setText } from "../../shared/browser/elements.js";
import { setAddress, thumbnail } from "../../shared/browser/pictures.js";
import { getJson, address, pictureAddress } from "../../shared/browser/server.js";
import { count } from "../../shared/browser/words.js";
import { tell } from "./ask.js";
import { canvas, paintMap } from "./paint.js";

const SHOWN = 24;
const OFTEN = 600;

export class Strip {
  constructor({ study, kind, kept, palette, method, onPick, onTrouble }) {
    Object.assign(this, { study, kind, kept, palette, method, onPick, onTrouble });
    this.rows = [];
    this.items = [];
    this.state = "none";
    this.title = el("h2", {});
    this.said = el("span", { class: "quiet", role: "status" });
    this.fill = el("i", { class: "fill" });
    this.progress = el("span", { class: "track", hidden: true }, this.fill);
    this.start = button({ class: "key-button plain-words", on: { click: () => this.begin() } });
    this.stop = button({ class: "key-button plain-words", text: "stop", hidden: true, on: { click: () => this.end() } });
    this.list = el("div", { class: "samples", role: "listbox", "aria-orientation": "horizontal", "aria-label": "samples, in their order", on: { keydown: (event) => this.onKey(event) } });
    this.node = el("div", { class: "strip" }, el("div", { class: "strip-head" }, this.title, this.start, this.stop, this.progress, this.said), this.list);
  }

  async load(selection, row) {
    const query = selection ? `?selection=${encodeURIComponent(selection)}` : "";
    const told = await getJson(address(this.study, `saliency/trail${query}`));
    this.rows = told.rows;
    this.ids = new Map(told.rows.map((one, place) => [one, told.ids[place]]));
    this.words = told.title;
    this.show(row);
  }

  /* Around the sample on screen; one that is none of them leaves the strip at its beginning. */
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
      if (item.row !== one) this.blank(item);
      item.row = one;
      if (this.kind === "picture") setAddress(item.image, pictureAddress(this.study, one, "thumb"));
      else setText(item.name, `#${this.ids.get(one)}`);
      item.node.setAttribute("aria-selected", String(one === row));
      item.node.setAttribute("aria-label", `sample ${this.ids.get(one)}`);
      item.node.title = `#${this.ids.get(one)}`;
      item.node.tabIndex = (at < 0 ? place === 0 : one === row) ? 0 : -1;
    });
    setText(this.title, `${at < 0 ? "" : `${count(at + 1)} of `}${count(this.rows.length)} ${this.words}`);
    setText(this.start, this.rows.length === 1 ? "make its map" : `make all ${count(this.rows.length)} maps`);
    this.refresh();
  }

  place() {
    return this.rows.indexOf(this.row);
  }

  step(by) {
    const at = this.rows.indexOf(this.row);
    return this.rows[at < 0 ? 0 : at + by];
  }

  use(method) {
    if (this.method === method) return;
    this.method = method;
    for (const item of this.items) this.blank(item);
    this.refresh();
  }

  /* Not while it is out of sight, and as often as maps may come. */
  async refresh() {
    clearTimeout(this.timer);
    const rows = this.items.filter((item) => !item.node.hidden).map((item) => item.row);
    if (rows.length === 0 || this.gone) return;
    try {
      const told = await getJson(address(this.study, `saliency/strip?rows=${rows.join()}&method=${this.method}`));
      if (this.gone) return;
      this.report(told);
      for (const item of this.items) if (told.maps[item.row]) this.draw(item, told.maps[item.row]);
    } catch (reason) {
      console.warn("margin: the strip is not refreshed.", reason);
    }
    if (this.state === "running") this.timer = setTimeout(() => this.refresh(), OFTEN);
  }

  report(told) {
    this.state = told.state;
    this.progress.hidden = told.state !== "running";
    this.stop.hidden = told.state !== "running";
    this.start.hidden = told.state === "running";
    this.fill.style.transform = `scaleX(${told.total ? told.done / told.total : 0})`;
    const words = { running: `${count(told.done)} of ${count(told.total)}`, stopped: `stopped after ${count(told.done)}; what was made is kept`, done: told.total ? "all made" : "" };
    setText(this.said, words[told.state] ?? "");
  }

  blank(item) {
    item.drawn = "";
    item.heat.classList.add("absent");
    delete item.node.dataset.map;
  }

  async draw(item, map) {
    if (item.drawn === map.key) return;
    item.drawn = map.key;
    // Of words and columns only that they are there.
    if (!map.width) return void (item.node.dataset.map = "there");
    try {
      const told = new Uint8Array(await this.kept.bytes("map", map.key));
      if (item.drawn !== map.key) return;
      paintMap(item.heat, map, told, null, this.palette);
      item.heat.classList.remove("absent");
      item.node.dataset.map = "there";
    } catch (reason) {
      item.drawn = "";
    }
  }

  async begin() {
    try {
      await tell(this.study, { what: "strip", rows: this.rows, methods: [this.method] });
      this.state = "running";
      this.refresh();
    } catch (reason) {
      this.onTrouble(reason.message);
    }
  }

  async end() {
    await tell(this.study, { what: "stop", name: "strip" }).catch((reason) => this.onTrouble(reason.message));
    this.refresh();
  }

  add() {
    const item = { image: thumbnail(), heat: canvas("heat absent"), name: el("span", { class: "quiet id-only" }), drawn: "", row: null };
    item.node = button({ class: "item", role: "option", on: { click: () => this.onPick(item.row) } },
      this.kind === "picture" ? el("span", { class: "thumb" }, item.image, item.heat) : item.name);
    this.items.push(item);
    this.list.append(item.node);
  }

  onKey(event) {
    const shown = this.items.filter((item) => !item.node.hidden);
    const at = shown.findIndex((item) => item.node === event.target);
    const moves = { Home: 0, End: shown.length - 1 };
    if (at < 0 || !(event.key in moves)) return;
    shown[moves[event.key]].node.focus();
    event.preventDefault();
  }

  close() {
    this.gone = true;
    clearTimeout(this.timer);
  }
}
