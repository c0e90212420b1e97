// @ts-check
/* Two fields that open above the keys: a note, and a class that is typed. Keys typed here decide nothing. */

/** @import { Card, ClassEntry } from "../../payloads.d.ts" */
/** @import { Offer } from "./class_search.js" */

import { el } from "../../shared/browser/elements.js";
import { chipOf } from "../../shared/browser/class_chip.js";
import { offersFor } from "./class_search.js";

const MAX_OFFERED = 50;

export class NoteForm {
  /** @param {{ onKeep: (card: Card, note: string) => void, onClose: () => void }} options */
  constructor({ onKeep, onClose }) {
    this.onKeep = onKeep;
    this.onClose = onClose;
    /** @type {Card | null} */
    this.card = null;
    this.input = el("input", { type: "text", maxlength: "500", "aria-label": "note for this decision", placeholder: "a note that goes with the decision" });
    this.node = el("div", { class: "popup", hidden: true }, el("label", { class: "title", text: "note" }), this.input,
      el("span", { class: "quiet", text: "Enter keeps it, Esc leaves it as it was" }));
    this.input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      this.close(event.key === "Enter");
    });
    this.input.addEventListener("blur", () => { if (!this.node.hidden) this.close(true); });
  }

  /**
   * @param {Card} card
   * @param {string} note
   */
  open(card, note) {
    this.card = card;
    this.node.hidden = false;
    this.input.value = note;
    this.input.focus();
  }

  /** @param {boolean} keep */
  close(keep) {
    this.node.hidden = true;
    if (keep && this.card) this.onKeep(this.card, this.input.value.trim());
    this.onClose();
  }
}

export class ClassTyping {
  /** @param {{ onTake: (label: number) => void, onClose: () => void }} options */
  constructor({ onTake, onClose }) {
    this.onTake = onTake;
    this.onClose = onClose;
    /** @type {readonly ClassEntry[]} */
    this.classes = [];
    /** @type {readonly Offer[]} */
    this.offered = [];
    this.chosen = 0;
    this.offers = el("ul", { role: "listbox", id: "offers", "aria-label": "classes" });
    this.input = el("input", { type: "text", role: "combobox", "aria-label": "relabel to the class", "aria-expanded": "true", "aria-controls": "offers", "aria-autocomplete": "list", placeholder: "class", autocomplete: "off", spellcheck: "false" });
    this.input.addEventListener("input", () => this.filter());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => { if (!this.node.hidden) this.close(); });
    this.node = el("div", { class: "popup typing", hidden: true }, this.input, this.offers);
  }

  /** @param {readonly ClassEntry[]} classes */
  open(classes) {
    this.classes = classes;
    this.node.hidden = false;
    this.input.value = "";
    this.filter();
    this.input.focus();
  }

  close() {
    this.node.hidden = true;
    this.onClose();
  }

  filter() {
    this.offered = offersFor(this.input.value, this.classes).slice(0, MAX_OFFERED);
    this.chosen = 0;
    this.offers.replaceChildren(...this.offered.map(({ entry, label }, index) =>
      el("li", { role: "option", id: `offer-${index}`, on: { pointerdown: (event) => event.preventDefault(), click: () => this.take(label) } }, chipOf(entry))));
    if (this.offered.length === 0) this.offers.append(el("li", { class: "quiet", role: "option", "aria-disabled": "true", text: "no class has this in its name" }));
    this.showChosen();
  }

  showChosen() {
    [...this.offers.children].forEach((node, index) => {
      node.setAttribute("aria-selected", String(index === this.chosen && this.offered.length > 0));
      if (index === this.chosen) node.scrollIntoView({ block: "nearest" });
    });
    if (this.offered.length > 0) this.input.setAttribute("aria-activedescendant", `offer-${this.chosen}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {number} label */
  take(label) {
    this.close();
    this.onTake(label);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    event.stopPropagation();
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter") { if (this.offered[this.chosen]) this.take(this.offered[this.chosen].label); }
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const by = event.key === "ArrowDown" ? 1 : -1;
      this.chosen = Math.max(0, Math.min(this.chosen + by, this.offered.length - 1));
      this.showChosen();
    } else return;
    event.preventDefault();
  }
}
