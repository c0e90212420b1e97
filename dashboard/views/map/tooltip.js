// @ts-check
/* What lies under the pointer: its picture at once, its name and label as soon as the server has sent them. */

/** @import { Card, Cards, ClassEntry, MapData } from "../../payloads.d.ts" */
/** @import { Point } from "./overlay.js" */

import { forgetOldest } from "../../shared/browser/cache.js";
import { el } from "../../shared/browser/elements.js";
import { setAddress, thumbnail } from "../../shared/browser/pictures.js";
import { address, getJson, pictureAddress } from "../../shared/browser/server.js";
import { classChip } from "../../shared/browser/class_chip.js";
import { classOf } from "../../shared/browser/words.js";

const CARD_DELAY = 90;
const MAX_CARDS = 500;

export class Tooltip {
  /**
   * @param {string} study
   * @param {MapData["kind"]} kind
   * @param {AbortSignal} signal
   */
  constructor(study, kind, signal) {
    this.study = study;
    this.kind = kind;
    this.signal = signal;
    this.row = -1;
    /** @type {Map<number, Card>} */
    this.cards = new Map();
    /** @type {readonly ClassEntry[]} */
    this.classes = [];
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.picture = thumbnail();
    this.id = el("strong");
    this.chip = classChip("small");
    this.text = el("span", { class: "quiet tip-text", dir: "auto" });
    this.node = el("div", { class: "tip", hidden: true, "aria-hidden": "true" }, kind === "picture" ? this.picture : null, this.text, this.id, this.chip.node);
  }

  /**
   * @param {number} row
   * @param {Point} place
   * @param {{ width: number, height: number }} view
   * @param {readonly ClassEntry[]} classes
   */
  show(row, [left, top], view, classes) {
    this.row = row;
    this.classes = classes;
    this.node.hidden = false;
    this.node.style.transform = `translate(${left > view.width - 150 ? left - 140 : left + 14}px, ${top > view.height - 170 ? Math.max(0, top - 164) : top + 14}px)`;
    clearTimeout(this.timer);
    this.fill(row, this.cards.get(row));
    if (!this.cards.has(row)) this.timer = setTimeout(() => this.ask(row), CARD_DELAY);
  }

  hide() {
    this.node.hidden = true;
    this.row = -1;
    clearTimeout(this.timer);
  }

  /** @param {number} row */
  async ask(row) {
    try {
      const { cards } = /** @type {Cards} */ (await getJson(address(this.study, `cards?rows=${row}`), { signal: this.signal }));
      this.cards.set(row, cards[0]);
      if (this.cards.size > MAX_CARDS) forgetOldest(this.cards);
      if (this.row === row) this.fill(row, cards[0]);
    } catch (reason) {
      if (!this.signal.aborted) console.warn("margin: no details of the sample under the pointer.", reason);
    }
  }

  /**
   * @param {number} row
   * @param {Card | undefined} card
   */
  fill(row, card) {
    if (this.kind === "picture") setAddress(this.picture, pictureAddress(this.study, row, "thumb"));
    this.id.textContent = card ? `#${card.id}` : "";
    this.chip.node.classList.toggle("absent", !card);
    if (card) this.chip.show(classOf(this.classes, card.given));
    this.text.textContent = card?.excerpt ?? "";
  }
}
