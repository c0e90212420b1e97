// @ts-check
/* Thumbnails of a selection, a page of 60 at a time. The page after this one is fetched and decoded before it is asked for. */

/** @import { SelectedCard, SelectionPage, ThumbnailGridData, ThumbnailGridStates } from "../../payloads.d.ts" */
/** @import { Component, Send } from "../browser/mount.js" */

import { forgetOldest } from "../browser/cache.js";
import { button, el, setText, unreachableNotice } from "../browser/elements.js";
import { hasModifier } from "../browser/keyboard.js";
import { mountOnce } from "../browser/mount.js";
import { Miniature, Pictures } from "../browser/pictures.js";
import { address, getJson, pictureAddress } from "../browser/server.js";
import { classChip } from "../browser/class_chip.js";
import { classOf, comparedClasses, count, fraction, sampleName, verdictWords } from "../browser/words.js";

const PAGE = 60;
const MAX_PAGES = 8;

/** @typedef {ReturnType<typeof newItem>} Item */

class ThumbnailGrid {
  /** @type {Send<ThumbnailGridStates>} */
  send = () => {};
  /** @type {Map<number, Promise<SelectionPage>>} */
  pages = new Map();
  /** @type {SelectedCard[]} of the page that is shown */
  cards = [];
  /** @type {Item[]} */
  items = [];
  page = 0;
  /** the page that was asked for last; the one on screen, once it has come */
  wanted = 0;
  focused = 0;
  opened = false;
  opening = {};
  pictures = new Pictures(4 * PAGE);
  abort = new AbortController();

  list = el("div", { class: "items", role: "listbox", "aria-label": "samples", on: { keydown: (event) => this.onKey(event) } });
  range = el("span", { class: "quiet", "aria-live": "polite" });
  back = button({ class: "key-button", text: "Previous page", "data-act": "back", on: { click: () => this.turn(-1) } });
  forward = button({ class: "key-button", text: "Next page", "data-act": "forward", on: { click: () => this.turn(1) } });
  pager = el("div", { class: "pager" }, this.range, this.back, this.forward);
  skeleton = el("div", { class: "skeleton-lines", "aria-label": "loading" });
  node = el("section", { class: "margin thumbnails", "aria-label": "thumbnails", "data-state": "loading" },
    this.list,
    this.skeleton,
    el("p", { class: "quiet none", text: "No sample is in this selection." }),
    unreachableNotice(() => this.open(this.page)),
    this.pager);

  /** @param {ThumbnailGridData} data */
  constructor(data) {
    this.data = data;
    const length = Math.min(data.total, PAGE);
    this.skeleton.append(...Array.from({ length }, () => el("i", { class: "skeleton-line" })));
    this.pager.hidden = data.total <= PAGE;
  }

  /** @param {ThumbnailGridData} data */
  update(data) {
    const isOther = !this.opened || this.data.selection !== data.selection;
    const isStale = isOther || this.data.version !== data.version;
    this.data = data;
    this.opened = true;
    if (isOther) this.page = this.wanted = this.focused = 0;
    if (!isStale) {
      this.showSelected();
      return;
    }
    this.pages.clear();
    this.open(Math.min(this.wanted, this.lastPage()));
  }

  destroy() {
    this.abort.abort();
  }

  lastPage() {
    return Math.max(0, Math.ceil(this.data.total / PAGE) - 1);
  }

  /**
   * The promise is kept, so that a page asked for twice is fetched once.
   * @param {number} page
   * @returns {Promise<SelectionPage>}
   */
  fetchPage(page) {
    const known = this.pages.get(page);
    if (known) return known;
    const path = `selection/${encodeURIComponent(this.data.selection)}?offset=${page * PAGE}&limit=${PAGE}`;
    const asked = /** @type {Promise<SelectionPage>} */ (getJson(address(this.data.study, path), { signal: this.abort.signal }));
    this.pages.set(page, asked);
    asked.catch(() => { if (this.pages.get(page) === asked) this.pages.delete(page); });
    if (this.pages.size > MAX_PAGES) forgetOldest(this.pages);
    return asked;
  }

  /** @param {number} page */
  async open(page) {
    const ticket = (this.opening = {});
    this.wanted = page;
    this.node.setAttribute("aria-busy", "true");
    try {
      const { cards } = await this.fetchPage(page);
      if (ticket !== this.opening) return;
      this.page = page;
      this.cards = cards;
      this.show();
      this.fetchAhead(page + 1, ticket);
      if (page > 0) this.fetchAhead(page - 1, ticket);
    } catch {
      if (ticket !== this.opening || this.abort.signal.aborted) return;
      this.wanted = this.page;
      this.node.dataset.state = "unreachable";
    }
    this.node.setAttribute("aria-busy", "false");
  }

  /**
   * @param {number} page
   * @param {object} ticket
   */
  async fetchAhead(page, ticket) {
    if (page > this.lastPage()) return;
    try {
      const { cards } = await this.fetchPage(page);
      const seen = this.data.kind === "picture" ? cards : [];
      const decoded = seen.map((card) => this.pictures.get(pictureAddress(this.data.study, card.row, "thumb")).ready);
      await Promise.all(decoded);
      if (ticket === this.opening) this.node.dataset.ahead = String(page);
    } catch (reason) {
      if (!this.abort.signal.aborted) console.warn("margin: the next page is not fetched ahead.", reason);
    }
  }

  show() {
    const { total } = this.data;
    this.node.dataset.state = this.cards.length === 0 ? "empty" : "ready";
    this.node.dataset.page = String(this.page);
    this.node.dataset.caption = this.data.caption;
    this.node.classList.toggle("of-excerpts", this.data.kind !== "picture");
    this.node.classList.toggle("text-only", this.data.classes.some((entry) => entry.name.length > 3));
    while (this.items.length < this.cards.length) this.addItem();
    this.items.forEach((item, index) => this.showItem(item, this.cards[index]));
    this.focused = Math.min(this.focused, Math.max(0, this.cards.length - 1));
    this.showSelected();
    const first = this.page * PAGE;
    setText(this.range, total > 0 ? `${count(first + 1)} – ${count(first + this.cards.length)} of ${count(total)}` : "");
    this.back.disabled = this.page === 0;
    this.forward.disabled = this.page >= this.lastPage();
    this.pager.hidden = total <= PAGE;
  }

  addItem() {
    const index = this.items.length;
    const item = newItem(this.data.kind, () => this.pick(index));
    this.items.push(item);
    this.list.append(item.node);
  }

  /**
   * @param {Item} item
   * @param {SelectedCard | undefined} card
   */
  showItem(item, card) {
    item.node.hidden = !card;
    if (!card) return;
    const { classes } = this.data;
    const ofErrors = this.data.caption === "suggestion";
    const [given, suggested] = [classOf(classes, card.given), classOf(classes, card.suggested)];
    const rank = ofErrors ? card.rank : this.page * PAGE + this.cards.indexOf(card) + 1;
    item.miniature.show(this.data.study, card, comparedClasses(card, classes));
    item.given.show(given);
    item.suggested.show(suggested);
    const differs = ofErrors && card.given !== card.suggested;
    item.arrow.hidden = item.suggested.node.hidden = !differs;
    setText(item.rank, count(rank));
    const made = card.decision ? verdictWords(classes, card.decision) : "";
    setText(item.state, card.decision?.verdict === "relabel" ? `→ ${classOf(classes, card.decision.label).name}` : made);
    item.state.hidden = !made;
    item.node.setAttribute("aria-label", `${sampleName(card)}, rank ${rank}, given ${given.name}${differs ? `, suggested ${suggested.name}` : ""}${made ? `, ${made}` : ""}`);
    item.node.title = ofErrors && card.given >= 0 ? `#${card.id} · label error score ${fraction(card.score)}` : `#${card.id}`;
  }

  showSelected() {
    this.items.forEach((item, index) => {
      const card = this.cards[index];
      item.node.setAttribute("aria-selected", String(card !== undefined && card.row === this.data.selected));
      item.node.tabIndex = index === this.focused ? 0 : -1;
    });
  }

  /** @param {number} index */
  pick(index) {
    this.focused = index;
    this.data = { ...this.data, selected: this.cards[index].row };
    this.showSelected();
    this.send("picked", { row: this.cards[index].row });
  }

  /** @param {number} by */
  turn(by) {
    const page = this.wanted + by;
    if (page >= 0 && page <= this.lastPage()) this.open(page);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (hasModifier(event)) return;
    const columns = getComputedStyle(this.list).gridTemplateColumns.split(" ").length;
    const moves = new Map([["ArrowLeft", -1], ["ArrowRight", 1], ["ArrowUp", -columns], ["ArrowDown", columns], ["Home", -PAGE], ["End", PAGE]]);
    const move = moves.get(event.key);
    if (event.key === "PageDown") this.turn(1);
    else if (event.key === "PageUp") this.turn(-1);
    else if (move !== undefined) {
      this.focused = Math.max(0, Math.min(this.cards.length - 1, this.focused + move));
      this.showSelected();
      this.items[this.focused].node.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/**
 * @param {ThumbnailGridData["kind"]} kind
 * @param {() => void} onPick
 */
function newItem(kind, onPick) {
  const [miniature, state] = [new Miniature(kind), el("span", { class: "state" })];
  const [given, suggested] = [classChip("small"), classChip("small")];
  const [arrow, rank] = [el("span", { class: "quiet", text: "→" }), el("span", { class: "number quiet" })];
  const node = button({ class: "item", role: "option", tabindex: "-1", on: { click: onPick } },
    el("span", { class: "picture" }, miniature.node, state), el("span", { class: "under" }, given.node, arrow, suggested.node), rank);
  return { miniature, state, given, suggested, arrow, rank, node };
}

/** @param {Component<ThumbnailGridData>} component */
export default function (component) {
  return mountOnce(component, (data) => new ThumbnailGrid(data));
}
