/* The last ten decisions, newest first: one click away. */

import { button, el, setText } from "../../shared/browser/elements.js";
import { setAddress, thumbnail } from "../../shared/browser/pictures.js";
import { pictureAddress } from "../../shared/browser/server.js";
import { classOf, count, shortForm, verdictWords } from "../../shared/browser/words.js";

export class Strip {
  /* `cardOf` gives a sample's card if it is here. */
  constructor({ study, kind, pictures, cardOf, onVisit }) {
    this.study = study;
    this.kind = kind;
    this.pictures = pictures;
    this.cardOf = cardOf;
    this.onVisit = onVisit;
    this.items = new Map();
    this.list = el("div", { class: "made-list" });
    this.learnt = el("span", { class: "quiet learnt", role: "status" });
    this.node = el("div", { class: "strip", role: "group", "aria-label": "last ten decisions, newest first" },
      el("span", { class: "title", text: "last decisions" }), this.list,
      el("span", { class: "quiet none", text: "decisions appear here; click one to look at it again or to undo it" }), this.learnt);
  }

  /* What the ranking has made of the decisions; a refit that failed changes nothing and is no cause for alarm. */
  showLearnt({ corrections, trouble }) {
    const words = corrections > 0 ? `Ranking refitted after ${count(corrections)} ${corrections === 1 ? "correction" : "corrections"}` : "";
    setText(this.learnt, trouble ? [words, "The last refit failed; the ranking stays as it is"].filter(Boolean).join(". ") : words);
    this.learnt.title = trouble || (words ? "What comes next is in a new order: the models have learnt from your corrections" : "");
  }

  show(made, lookedAt, classes) {
    this.node.classList.toggle("bare", made.length === 0);
    const before = this.items;
    this.items = new Map();
    for (const one of made) {
      const name = `${one.client} ${one.seq}`;
      this.items.set(name, before.get(name) ?? this.item(one, classes));
    }
    for (const node of this.items.values()) {
      node.classList.toggle("current", Number(node.dataset.row) === lookedAt);
      if (this.kind !== "picture") setText(node.firstChild, this.inWords(Number(node.dataset.row)) || `#${node.dataset.id}`);
    }
    const nodes = [...this.items.values()];
    if (nodes.length !== this.list.childElementCount || nodes.some((node, index) => node !== this.list.children[index])) this.list.replaceChildren(...nodes);
  }

  /* Without a picture, the values it was decided on; where it has none, its id says which it was. */
  inWords(row) {
    return this.kind === "none" ? "" : shortForm(this.cardOf(row));
  }

  /* The picture it was decided on, which the browser still has. */
  picture(row) {
    const image = thumbnail();
    setAddress(image, pictureAddress(this.study, row, this.pictures.has(pictureAddress(this.study, row, "full")) ? "full" : "thumb"));
    return image;
  }

  item(one, classes) {
    const words = verdictWords(classes, one);
    return button({
      class: "made", title: `${one.id}: ${words}`, "aria-label": `${one.id} ${words}: look at it again`, "data-verdict": one.verdict,
      "data-row": one.row, "data-id": one.id, on: { click: () => this.onVisit(one.row) },
    }, this.kind === "picture" ? this.picture(one.row) : el("span", { class: "short" }), el("span", { class: "words", text: one.verdict === "relabel" ? `→\u00a0${classOf(classes, one.label).name}` : words }));
  }
}
