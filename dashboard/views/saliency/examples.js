// @ts-check
/* The samples of the study that support a prediction most, for the picture as it is and as it is changed. */

/** @import { BriefCard, ClassEntry, ExamplesAnswer } from "../../payloads.d.ts" */

import { classChip } from "../../shared/browser/class_chip.js";
import { button, el, setText } from "../../shared/browser/elements.js";
import { setAddress, thumbnail } from "../../shared/browser/pictures.js";
import { pictureAddress } from "../../shared/browser/server.js";
import { classOf } from "../../shared/browser/words.js";

const SHOWN = 5;
/** @type {{ name: keyof ExamplesAnswer["after"], title: string, out: string }[]} */
const CHANGES = [
  { name: "random", title: "changed at random", out: "out at random" },
  { name: "attack", title: "changed against them", out: "out by attack" },
];

/** @param {readonly BriefCard[]} cards */
const rowsOf = (cards) => cards.map((card) => card.row);

export class Examples {
  /** @param {{ study: string, onPick: (row: number) => void }} options */
  constructor({ study, onPick }) {
    this.words = el("p", { role: "status" });
    this.before = new Row("before", "the picture as it is", study, onPick);
    this.after = CHANGES.map((change) => ({ ...change, row: new Row(change.name, change.title, study, onPick) }));
    this.table = el("div", { class: "example-rows", hidden: true }, this.before.node, ...this.after.map((one) => one.row.node));
    this.node = el("section", { class: "examples", "aria-label": "samples that support the prediction" },
      el("h3", { text: "Samples that support the prediction", title: "By influence functions of a linear model on the features: how fast the confidence would fall if the sample counted less in the fit." }),
      this.words, this.table);
  }

  /** @param {string} words */
  showWords(words) {
    this.table.classList.add("stale");
    setText(this.words, words);
  }

  /**
   * @param {ExamplesAnswer} answer
   * @param {readonly ClassEntry[]} classes
   * @param {string} strength in words
   */
  show({ before, after, predicted }, classes, strength) {
    this.table.classList.remove("stale");
    this.table.hidden = before.length === 0;
    if (this.table.hidden) {
      setText(this.words, "No change within this limit kept the prediction.");
      return;
    }
    const first = rowsOf(before);
    const changes = this.after.map((change) => ({ ...change, cards: after[change.name] }));
    const stays = changes.map(({ title, cards }) => {
      if (!cards) return `${title}, the prediction is another one`;
      return `${title}, ${first.filter((row) => rowsOf(cards).includes(row)).length} of ${first.length} stay`;
    });
    setText(this.words, `With every value by ${strength}: ${stays.join("; ")}. The prediction stays ${classOf(classes, predicted).name}.`);
    this.before.show(before, classes, (row) => {
      const out = changes.filter(({ cards }) => cards !== null && !rowsOf(cards).includes(row)).map((change) => change.out);
      return out.length === changes.length ? "out by both" : out.join();
    });
    for (const { row: shown, cards } of changes) shown.show(cards ?? [], classes, (row) => (first.includes(row) ? "" : "new"));
  }
}

class Row {
  /**
   * @param {string} name
   * @param {string} title
   * @param {string} study
   * @param {(row: number) => void} onPick
   */
  constructor(name, title, study, onPick) {
    this.study = study;
    this.items = Array.from({ length: SHOWN }, () => newItem(onPick));
    this.node = el("div", { class: "example-row", role: "group", "aria-label": title, "data-row": name }, el("span", { class: "quiet", text: title }), ...this.items.map((item) => item.node));
  }

  /**
   * @param {readonly BriefCard[]} cards
   * @param {readonly ClassEntry[]} classes
   * @param {(row: number) => string} noteOn
   */
  show(cards, classes, noteOn) {
    this.node.hidden = cards.length === 0;
    this.items.forEach((item, place) => {
      const card = cards[place];
      item.node.classList.toggle("absent", !card);
      if (!card) return;
      const note = noteOn(card.row);
      item.row = card.row;
      setAddress(item.image, pictureAddress(this.study, card.row, "thumb"));
      item.chip.show(classOf(classes, card.given));
      setText(item.note, note);
      item.node.classList.toggle("other", note !== "");
      item.node.setAttribute("aria-label", `sample ${card.id}, ${classOf(classes, card.given).name}${note ? `, ${note}` : ""}`);
      item.node.title = `#${card.id}: look at it`;
    });
  }
}

/** @param {(row: number) => void} onPick */
function newItem(onPick) {
  const [image, chip, note] = [thumbnail(), classChip("small"), el("span", { class: "note" })];
  const item = { image, chip, note, row: -1, node: button({ class: "example", on: { click: () => onPick(item.row) } }, image, chip.node, note) };
  return item;
}
