// @ts-check
/* A row of samples in one role, selected by one rule. */

/** @import { PrototypesData } from "../../payloads.d.ts" */
/** @import { Entry } from "./entries.js" */

import { button, el, setText } from "../../shared/browser/elements.js";
import { moveInRow } from "../../shared/browser/keyboard.js";
import { Miniature } from "../../shared/browser/pictures.js";
import { titleOf } from "../../shared/browser/words.js";
import { RULE_NAMES } from "./rules.js";

/** @typedef {"prototype" | "criticism"} Role */
/** @typedef {ReturnType<typeof newItem>} Item */

const TITLES = { prototype: "prototypes", criticism: "criticisms" };

export class Strip {
  /** @type {Item[]} */
  items = [];
  /** @type {readonly Entry[]} */
  entries = [];
  title = el("span", { class: "title" });
  list = el("div", { class: "items", role: "listbox", "aria-orientation": "horizontal", on: { keydown: (event) => moveInRow(event, this.shownNodes()) } });

  /**
   * @param {object} options
   * @param {string} options.study
   * @param {PrototypesData["kind"]} options.kind
   * @param {string} options.className whose samples they are
   * @param {string} options.rule
   * @param {Role} options.role
   * @param {(row: number) => void} options.onPick
   */
  constructor({ study, kind, className, rule, role, onPick }) {
    this.study = study;
    this.kind = kind;
    this.className = className;
    this.rule = rule;
    this.role = role;
    this.onPick = onPick;
    this.list.setAttribute("aria-label", `${TITLES[role]} samples of ${className}, ${RULE_NAMES[rule]}`);
    this.node = el("div", { class: `strip ${role}`, "data-rule": rule }, this.title, this.list);
  }

  /**
   * @param {readonly Entry[]} entries
   * @param {number | null} selected
   * @param {boolean} isCompared whether the samples of another rule are shown too
   */
  show(entries, selected, isCompared) {
    this.entries = entries;
    this.node.hidden = entries.length === 0;
    setText(this.title, isCompared ? `${TITLES[this.role]}, ${RULE_NAMES[this.rule]}` : TITLES[this.role]);
    while (this.items.length < entries.length) this.addItem();
    const chosen = entries.findIndex((entry) => entry.row === selected);
    this.items.forEach((item, index) => {
      const entry = entries[index];
      item.node.hidden = !entry;
      if (entry) this.showItem(item, entry, index === chosen);
      item.node.tabIndex = index === Math.max(0, chosen) ? 0 : -1;
    });
  }

  addItem() {
    const index = this.items.length;
    const item = newItem(this.kind, this.role, () => this.onPick(this.entries[index].row));
    this.items.push(item);
    this.list.append(item.node);
  }

  /**
   * @param {Item} item
   * @param {Entry} entry
   * @param {boolean} isChosen
   */
  showItem(item, entry, isChosen) {
    item.miniature.show(this.study, entry, { given: this.className, suggested: "other classes" });
    setText(item.under, entry.words);
    item.fill.style.transform = `scaleX(${entry.share})`;
    item.node.setAttribute("aria-selected", String(isChosen));
    item.node.setAttribute("aria-label", entry.label);
    item.node.title = titleOf(entry, entry.words);
  }

  shownNodes() {
    return this.items.slice(0, this.entries.length).map((item) => item.node);
  }
}

/**
 * @param {PrototypesData["kind"]} kind
 * @param {Role} role
 * @param {() => void} onPick
 */
function newItem(kind, role, onPick) {
  const miniature = new Miniature(kind);
  if (miniature.image) miniature.image.loading = "lazy";
  const [under, fill] = [el("span", { class: "under" }), el("span", { class: "fill" })];
  const track = role === "prototype" ? el("span", { class: "track", "aria-hidden": "true" }, fill) : null;
  const node = button({ class: "item", role: "option", on: { click: onPick } }, miniature.node, track, under);
  return { miniature, under, fill, node };
}
