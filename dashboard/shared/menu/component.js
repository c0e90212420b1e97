// @ts-check
/* The pages of the dashboard in sections, below the study that is open. Links are links: a new tab finds the page by its address. */

/** @import { DecisionsVersion, MenuData, MenuPage, MenuStates, MenuStudy } from "../../payloads.d.ts" */
/** @import { Component, Send } from "../browser/mount.js" */
/** @import { ReviewCounts } from "../browser/review_counts.js" */

import { button, el, setText } from "../browser/elements.js";
import { mountOnce } from "../browser/mount.js";
import { onCounts } from "../browser/review_counts.js";
import { address as addressOf, getJson } from "../browser/server.js";
import { count, counted } from "../browser/words.js";

const LOOK_EVERY = 20_000;

/** @typedef {{ link: HTMLAnchorElement, count: HTMLElement }} Entry */

class Menu {
  /** @type {Send<MenuStates>} */
  send = () => {};
  /** @type {Map<string, Entry>} by path */
  entries = new Map();
  shown = "";
  followsDecisions = false;
  version = 0;
  newest = 0;
  /** samples that have a label */
  labeled = 0;
  isRanked = false;
  abort = new AbortController();

  name = el("p", { class: "name" });
  size = el("p", { class: "quiet" });
  features = el("p", { class: "quiet features" });
  fill = el("span", { class: "fill" });
  meter = el("div", { class: "meter", role: "progressbar", "aria-label": "suspects decided", "aria-valuemin": "0" }, this.fill);
  progress = el("p", { class: "quiet progress" });
  changed = el("p", { class: "changed", role: "status", hidden: true }, el("span", { text: "Changed elsewhere. " }), button({ class: "link", text: "Show", on: { click: () => this.refresh() } }));
  about = el("section", { class: "about", "aria-label": "study" }, this.name, this.size, this.features, this.progress, this.meter, this.changed);
  pages = el("nav", { "aria-label": "pages" });
  node = el("div", { class: "margin menu" }, this.about, this.pages);

  /** @param {MenuData} data */
  constructor({ study }) {
    this.study = study;
    const { signal } = this.abort;
    onCounts((counts) => this.showCounts(counts), signal);
    document.addEventListener("visibilitychange", () => this.look(), { signal });
    window.addEventListener("focus", () => this.look(), { signal });
    this.timer = setInterval(() => this.look(), LOOK_EVERY);
  }

  destroy() {
    this.abort.abort();
    clearInterval(this.timer);
  }

  /* Whether another tab or another person has decided since this page was made. A page that follows them by itself needs no such offer. */
  async look() {
    if (document.hidden || !this.study || this.followsDecisions) return;
    try {
      const { version } = /** @type {DecisionsVersion} */ (await getJson(addressOf(this.study, "version"), { signal: this.abort.signal }));
      this.newest = version;
      this.changed.hidden = version <= this.version || this.followsDecisions;
    } catch {
      // The server is away: whatever is done next says so.
    }
  }

  refresh() {
    this.changed.hidden = true;
    this.send("refreshed", { version: this.newest });
  }

  /** @param {MenuData} data */
  update({ about, sections, current }) {
    this.about.hidden = !about;
    this.followsDecisions = sections.some(({ pages }) => pages.some((page) => page.path === current && page.followsDecisions));
    this.changed.hidden = true;
    if (about) this.showStudy(about);
    const structure = JSON.stringify(sections.map(({ title, pages }) => [title, pages.map((page) => [page.path, page.title, page.address])]));
    if (structure !== this.shown) {
      this.shown = structure;
      this.entries.clear();
      this.pages.replaceChildren(...sections.map(({ title, pages }) => this.section(title, pages)));
    }
    for (const page of sections.flatMap((section) => section.pages)) this.showCount(page.path, page.count);
    this.mark(current);
  }

  /**
   * @param {string} title
   * @param {MenuPage[]} pages
   */
  section(title, pages) {
    const items = pages.map((page) => el("li", {}, this.entry(page)));
    return el("div", { class: "section" }, title ? el("p", { class: "heading", text: title, "aria-hidden": "true" }) : null, el("ul", { "aria-label": title || null }, ...items));
  }

  /** @param {MenuPage} page */
  entry({ path, address, title, icon }) {
    const shown = el("span", { class: "number count" });
    const link = el("a", { href: address, on: { click: (event) => this.onClick(event, path) } },
      el("span", { class: "symbol", "aria-hidden": "true", translate: "no", text: icon }), el("span", { class: "words", text: title }), shown);
    // A click leaves the focus where it was: the keys that follow are meant for the page.
    link.addEventListener("pointerdown", (event) => event.preventDefault());
    this.entries.set(path, { link, count: shown });
    return link;
  }

  /**
   * @param {MouseEvent} event
   * @param {string} path
   */
  onClick(event, path) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.mark(path);
    this.send("chosen", { path });
  }

  /** @param {string} path of the page that is shown */
  mark(path) {
    for (const [name, { link }] of this.entries) {
      if (name === path) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  /** @param {MenuStudy} about */
  showStudy({ name, size, features, decided, open, skipped, labeled, isRanked, version }) {
    this.version = version;
    this.isRanked = isRanked;
    setText(this.name, name);
    setText(this.size, size);
    setText(this.features, features);
    this.name.title = name;
    this.features.title = features;
    this.showProgress({ decided, open, skipped, labeled });
  }

  /** @param {ReviewCounts} counts */
  showCounts({ decided, open, skipped, labeled, counts }) {
    this.showProgress({ decided, open, skipped, labeled });
    for (const [path, number] of Object.entries(counts)) this.showCount(path, number);
  }

  /**
   * Not "of so many suspects": random checks and whatever else was decided count, too.
   * @param {Pick<ReviewCounts, "decided" | "open" | "skipped" | "labeled">} counts
   */
  showProgress({ decided, open, skipped, labeled = this.labeled }) {
    this.labeled = labeled;
    const all = decided + open + skipped;
    this.meter.hidden = all === 0;
    this.meter.setAttribute("aria-valuenow", String(decided));
    this.meter.setAttribute("aria-valuemax", String(all));
    this.fill.style.transform = `scaleX(${all ? decided / all : 0})`;
    const putOff = skipped > 0 ? `, ${count(skipped)} skipped` : "";
    const none = labeled === 0 ? "No sample has a label yet." : this.isRanked ? "No label is suspect." : "The labels are not ranked yet.";
    setText(this.progress, all ? `${count(decided)} decided, ${counted(open, "suspect")} left${putOff}` : none);
  }

  /**
   * @param {string} path
   * @param {number | null} number
   */
  showCount(path, number) {
    const entry = this.entries.get(path);
    if (entry) setText(entry.count, number ? count(number) : "");
  }
}

/** @param {Component<MenuData>} component */
export default function (component) {
  return mountOnce(component, (data) => new Menu(data));
}
