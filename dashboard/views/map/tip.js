/* What lies under the pointer: its picture at once, its name and label as soon as the server has told them. */

import { el } from "../../shared/browser/elements.js";
import { setAddress, thumbnail } from "../../shared/browser/pictures.js";
import { address, getJson, pictureAddress } from "../../shared/browser/server.js";
import { classChip } from "../../shared/browser/class_chip.js";
import { classOf } from "../../shared/browser/words.js";

const CARD_DELAY = 90;
const CARDS_KEPT = 500;

export class Tip {
  constructor(study, kind, signal) {
    this.study = study;
    this.kind = kind;
    this.signal = signal;
    this.row = -1;
    this.cards = new Map();
    this.picture = thumbnail();
    this.id = el("strong");
    this.chip = classChip("small");
    this.text = el("span", { class: "quiet tip-text" });
    this.node = el("div", { class: "tip", hidden: true, "aria-hidden": "true" }, kind === "picture" ? this.picture : null, this.text, this.id, this.chip.node);
  }

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

  async ask(row) {
    try {
      const { cards } = await getJson(address(this.study, `cards?rows=${row}`), { signal: this.signal });
      this.cards.set(row, cards[0]);
      if (this.cards.size > CARDS_KEPT) this.cards.delete(this.cards.keys().next().value);
      if (this.row === row) this.fill(row, cards[0]);
    } catch (reason) {
      if (!this.signal.aborted) console.warn("margin: no details of the sample under the pointer.", reason);
    }
  }

  fill(row, card) {
    if (this.kind === "picture") setAddress(this.picture, pictureAddress(this.study, row, "thumb"));
    this.id.textContent = card ? `#${card.id}` : "";
    this.chip.node.classList.toggle("absent", !card);
    if (card) this.chip.show(classOf(this.classes, card.given));
    this.text.textContent = card?.kind === "text" ? card.text.slice(0, 120) : this.kind === "values" && card ? card.values.slice(0, 4).map((pair) => pair.join(" ")).join("\n") : "";
  }
}
