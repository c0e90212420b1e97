/* The samples of the study that hold an answer up most, for the picture as it is and as it is changed. */

import { button, el, setText } from "../../shared/browser/elements.js";
import { setAddress, thumbnail } from "../../shared/browser/pictures.js";
import { pictureAddress } from "../../shared/browser/server.js";
import { classChip } from "../../shared/browser/class_chip.js";
import { classOf } from "../../shared/browser/words.js";

const SHOWN = 5;
const OUT = [["random", "out by chance"], ["attack", "out by attack"]];
const CHANGES = { random: "changed by chance", attack: "changed against them" };

export class Examples {
  constructor({ study, onPick }) {
    Object.assign(this, { study, onPick });
    this.words = el("p", { role: "status" });
    this.rows = Object.fromEntries([["before", "the picture as it is"], ...Object.entries(CHANGES)].map(([name, title]) => [name, new Row(name, title, this)]));
    this.table = el("div", { class: "example-rows", hidden: true }, ...Object.values(this.rows).map((row) => row.node));
    this.node = el("section", { class: "examples", "aria-label": "samples that hold the answer up" },
      el("h3", { text: "Which samples hold the answer up?", title: "By influence functions of a linear model on the features: how fast the answer would fade if the sample counted less in the fit." }),
      this.words, this.table);
  }

  say(words) {
    this.table.classList.add("stale");
    setText(this.words, words);
  }

  show(told, classes, strength) {
    this.table.classList.remove("stale");
    this.table.hidden = told.before.length === 0;
    if (this.table.hidden) return setText(this.words, "No change within this limit kept the answer.");
    const rowsOf = (cards) => cards.map((card) => card.row);
    const first = rowsOf(told.before);
    const stays = Object.entries(CHANGES).map(([name, title]) => {
      const after = told.after[name];
      if (!after) return `${title}, the answer is another one`;
      return `${title}, ${first.filter((row) => rowsOf(after).includes(row)).length} of ${first.length} stay`;
    });
    setText(this.words, `With every value by ${strength}: ${stays.join("; ")}. The answer stays ${classOf(classes, told.says).name}.`);
    const isOut = (name, row) => told.after[name] !== null && !rowsOf(told.after[name]).includes(row);
    this.rows.before.show(told.before, classes, (row) => {
      const out = OUT.filter(([name]) => isOut(name, row)).map(([, words]) => words);
      return out.length === OUT.length ? "out by both" : out.join();
    });
    for (const name of Object.keys(CHANGES)) this.rows[name].show(told.after[name] ?? [], classes, (row) => (first.includes(row) ? "" : "new"));
  }
}

class Row {
  constructor(name, title, owner) {
    this.owner = owner;
    this.items = Array.from({ length: SHOWN }, () => this.item());
    this.node = el("div", { class: "example-row", role: "group", "aria-label": title, "data-row": name }, el("span", { class: "quiet", text: title }), ...this.items.map((item) => item.node));
  }

  item() {
    const item = { image: thumbnail(), chip: classChip("small"), note: el("span", { class: "note" }), row: null };
    item.node = button({ class: "example", on: { click: () => this.owner.onPick(item.row) } }, item.image, item.chip.node, item.note);
    return item;
  }

  show(cards, classes, noteOn) {
    this.node.hidden = cards.length === 0;
    this.items.forEach((item, place) => {
      const card = cards[place];
      item.node.classList.toggle("absent", !card);
      if (!card) return;
      const note = noteOn(card.row);
      item.row = card.row;
      setAddress(item.image, pictureAddress(this.owner.study, card.row, "thumb"));
      item.chip.show(classOf(classes, card.given));
      setText(item.note, note);
      item.node.classList.toggle("other", note !== "");
      item.node.setAttribute("aria-label", `sample ${card.id}, ${classOf(classes, card.given).name}${note ? `, ${note}` : ""}`);
      item.node.title = `#${card.id}: look at it`;
    });
  }
}
