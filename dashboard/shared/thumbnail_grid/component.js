/* Thumbnails of a selection, a page of 60 at a time. The page after this one is fetched and decoded before it is asked for. */

import { button, el, setText } from "../browser/elements.js";
import { mountOnce } from "../browser/mount.js";
import { Pictures, setAddress, thumbnail } from "../browser/pictures.js";
import { address, getJson, pictureAddress } from "../browser/server.js";
import { classChip } from "../browser/class_chip.js";
import { classOf, count, fraction, verdictWords } from "../browser/words.js";

const PAGE = 60;
const PAGES_KEPT = 8;

class ThumbnailGrid {
  constructor(data) {
    this.data = data;
    this.pictures = new Pictures(4 * PAGE);
    this.pages = new Map();
    this.page = 0;
    this.focused = 0;
    this.abort = new AbortController();
    this.build();
  }

  update(data) {
    const before = this.data;
    this.data = data;
    if (!this.opened || before.selection !== data.selection || before.version !== data.version) {
      this.pages.clear();
      if (!this.opened || before.selection !== data.selection) {
        this.page = 0;
        this.focused = 0;
      }
      this.opened = true;
      this.open(Math.min(this.page, this.lastPage()));
      return;
    }
    this.showSelected();
  }

  destroy() {
    this.abort.abort();
  }

  lastPage() {
    return Math.max(0, Math.ceil(this.data.total / PAGE) - 1);
  }

  /* The promise is kept, so that a page asked for twice is fetched once. */
  fetchPage(page) {
    let asked = this.pages.get(page);
    if (!asked) {
      const path = `selection/${encodeURIComponent(this.data.selection)}?offset=${page * PAGE}&limit=${PAGE}`;
      asked = getJson(address(this.data.study, path), { signal: this.abort.signal });
      this.pages.set(page, asked);
      asked.catch(() => this.pages.delete(page));
      if (this.pages.size > PAGES_KEPT) this.pages.delete(this.pages.keys().next().value);
    }
    return asked;
  }

  async open(page) {
    const ticket = (this.opening = {});
    this.node.setAttribute("aria-busy", "true");
    try {
      const { cards } = await this.fetchPage(page);
      if (ticket !== this.opening) return;
      this.page = page;
      this.cards = cards;
      this.show();
      this.fetchAhead(page + 1, ticket);
      if (page > 0) this.fetchAhead(page - 1, ticket);
    } catch (reason) {
      if (ticket !== this.opening || this.abort.signal.aborted) return;
      this.node.dataset.state = "unreachable";
    }
    this.node.setAttribute("aria-busy", "false");
  }

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
    this.node.classList.toggle("wordy", this.data.classes.some((entry) => entry.name.length > 3));
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
    const item = { image: thumbnail(), rank: el("span", { class: "number quiet" }), given: classChip("small"), suggested: classChip("small"), arrow: el("span", { class: "quiet", text: "→" }), state: el("span", { class: "state" }) };
    const index = this.items.length;
    item.id = el("span", { class: "id" });
    item.frame = el("span", { class: "picture" }, this.data.kind === "picture" ? item.image : item.id, item.state);
    item.node = button({ class: "item", role: "option", tabindex: "-1", on: { click: () => this.pick(index) } },
      item.frame, el("span", { class: "under" }, item.given.node, item.arrow, item.suggested.node), item.rank);
    this.items.push(item);
    this.list.append(item.node);
  }

  showItem(item, card) {
    item.node.hidden = !card;
    if (!card) return;
    const { classes } = this.data;
    const [given, suggested] = [classOf(classes, card.given), classOf(classes, card.suggested)];
    if (this.data.kind === "picture") setAddress(item.image, pictureAddress(this.data.study, card.row, "thumb"));
    else setText(item.id, `#${card.id}`);
    item.given.show(given);
    item.suggested.show(suggested);
    const differs = card.given !== card.suggested;
    item.arrow.hidden = item.suggested.node.hidden = !differs;
    setText(item.rank, count(card.rank));
    const made = card.decision ? verdictWords(classes, card.decision) : "";
    setText(item.state, card.decision?.verdict === "relabel" ? `→ ${classOf(classes, card.decision.label).name}` : made);
    item.state.hidden = !made;
    item.node.setAttribute("aria-label", `${card.id}, rank ${card.rank}, given ${given.name}${differs ? `, looks like ${suggested.name}` : ""}${made ? `, ${made}` : ""}`);
    item.node.title = `#${card.id} · suspicion ${fraction(card.score)}`;
  }

  showSelected() {
    this.items.forEach((item, index) => {
      const card = this.cards[index];
      item.node.setAttribute("aria-selected", String(card !== undefined && card.row === this.data.selected));
      item.node.tabIndex = index === this.focused ? 0 : -1;
    });
  }

  pick(index) {
    this.focused = index;
    this.data = { ...this.data, selected: this.cards[index].row };
    this.showSelected();
    this.send("picked", { row: this.cards[index].row });
  }

  turn(by) {
    const page = this.page + by;
    if (page >= 0 && page <= this.lastPage()) this.open(page);
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const columns = getComputedStyle(this.list).gridTemplateColumns.split(" ").length;
    const last = this.cards.length - 1;
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -PAGE, End: PAGE };
    if (event.key === "PageDown") this.turn(1);
    else if (event.key === "PageUp") this.turn(-1);
    else if (event.key in moves) {
      this.focused = Math.max(0, Math.min(last, this.focused + moves[event.key]));
      this.showSelected();
      this.items[this.focused].node.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  build() {
    this.items = [];
    this.cards = [];
    this.list = el("div", { class: "items", role: "listbox", "aria-label": "samples, most suspect first", on: { keydown: (event) => this.onKey(event) } });
    this.range = el("span", { class: "quiet", "aria-live": "polite" });
    this.back = button({ class: "key-button", text: "previous page", on: { click: () => this.turn(-1) } });
    this.forward = button({ class: "key-button", text: "next page", on: { click: () => this.turn(1) } });
    this.pager = el("div", { class: "pager" }, this.range, this.back, this.forward);
    this.node = el("section", { class: "margin thumbnails", "aria-label": "thumbnails", "data-state": "loading" },
      this.list,
      el("div", { class: "bones", "aria-label": "loading" }, ...Array.from({ length: 20 }, () => el("i", { class: "bone" }))),
      el("p", { class: "quiet none", text: "No sample is in this selection." }),
      el("div", { class: "unreachable", role: "alert" }, el("span", { text: "The server does not answer." }), button({ class: "key-button", text: "try again", on: { click: () => this.open(this.page) } })),
      this.pager);
  }
}

export default function (component) {
  return mountOnce(component, (data) => new ThumbnailGrid(data));
}
