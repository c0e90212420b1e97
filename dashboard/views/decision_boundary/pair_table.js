// @ts-check
/* Which classes touch, as a table whose cells can be chosen. */

/** @import { ClassEntry, ClassContact, ClassContacts } from "../../payloads.d.ts" */

import { button, el } from "../../shared/browser/elements.js";
import { hasModifier } from "../../shared/browser/keyboard.js";
import { classOf } from "../../shared/browser/words.js";
import { pairWords } from "./words.js";

/* A cell runs from the page's color to the accent by how much two classes touch; its words have the number. */
export class PairTable {
  /** @param {(pair: [number, number]) => void} choose */
  constructor(choose) {
    this.choose = choose;
    /** @type {Map<string, HTMLElement>} */
    this.cells = new Map();
    /** @type {readonly number[] | undefined} */
    this.chosen = undefined;
    this.node = el("div", { class: "pair-table", role: "group", "aria-label": "how much classes touch", on: { keydown: (event) => this.onKey(event) } });
  }

  /**
   * @param {ClassContacts} contacts
   * @param {readonly ClassEntry[]} classes
   */
  show(contacts, classes) {
    const numbers = contacts.classes;
    const known = new Map(contacts.pairs.map((one) => [one.pair.join(), one]));
    const most = Math.max(...contacts.pairs.map((one) => one.contact), 1e-9);
    this.cells.clear();
    this.node.style.setProperty("--columns", String(numbers.length));
    const rows = numbers.map((a, up) => el("div", { class: "line" },
      el("span", { class: "side", title: classOf(classes, a).name, text: classOf(classes, a).name, "aria-hidden": "true" }),
      ...numbers.slice(0, up).map((b) => this.cell(known.get([Math.min(a, b), Math.max(a, b)].join()), most, classes)),
      el("span", { class: "own", "aria-hidden": "true" }, el("i", { class: "swatch", style: { background: classOf(classes, a).color } }))));
    const foot = el("div", { class: "line", "aria-hidden": "true" }, el("span", { class: "side" }),
      ...numbers.slice(0, -1).map((b) => el("span", { class: "below", title: classOf(classes, b).name }, el("span", { text: classOf(classes, b).name }))));
    this.node.replaceChildren(...rows, foot);
    this.mark(this.chosen);
  }

  /**
   * @param {ClassContact | undefined} one
   * @param {number} most
   * @param {readonly ClassEntry[]} classes
   */
  cell(one, most, classes) {
    if (!one) return el("span", { class: "cell empty", title: "they do not touch" });
    const depth = Math.sqrt(one.contact / most);
    const words = pairWords(classes, one);
    const node = button({ class: "cell", title: words, "aria-label": words, "aria-pressed": "false", tabindex: "-1", style: { "--depth": `${Math.round(92 * depth)}%` }, on: { click: () => this.choose(one.pair) } });
    this.cells.set(one.pair.join(), node);
    return node;
  }

  /** @param {readonly number[] | undefined} pair */
  mark(pair) {
    this.chosen = pair;
    const key = pair ? pair.join() : "";
    for (const [name, node] of this.cells) {
      node.setAttribute("aria-pressed", String(name === key));
      node.tabIndex = name === key ? 0 : -1;
    }
    const [first] = this.cells.values();
    if (first && !this.cells.has(key)) first.tabIndex = 0;
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const nodes = [...this.cells.values()];
    const from = nodes.find((node) => node === event.target);
    const steps = new Map([["ArrowLeft", [-1, 0]], ["ArrowRight", [1, 0]], ["ArrowUp", [0, -1]], ["ArrowDown", [0, 1]]]);
    const step = steps.get(event.key);
    if (!from || !step || hasModifier(event)) return;
    const here = from.getBoundingClientRect();
    const [across, down] = step;
    const beside = nodes.filter((node) => {
      const there = node.getBoundingClientRect();
      const [x, y] = [Math.round(there.left - here.left), Math.round(there.top - here.top)];
      return across ? Math.sign(x) === across && Math.abs(y) < 2 : Math.sign(y) === down && Math.abs(x) < 2;
    });
    const next = across + down > 0 ? beside[0] : beside.at(-1);
    if (next) {
      for (const node of nodes) node.tabIndex = node === next ? 0 : -1;
      next.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  }
}
