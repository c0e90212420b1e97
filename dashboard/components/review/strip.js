/* The last ten decisions, newest first: one click away. */

import { button, el } from "../shared/elements.js";
import { setAddress, thumbnail } from "../shared/pictures.js";
import { pictureAddress } from "../shared/server.js";
import { classOf, verdictWords } from "../shared/words.js";

export class Strip {
  constructor({ study, pictures, onVisit }) {
    this.study = study;
    this.pictures = pictures;
    this.onVisit = onVisit;
    this.items = new Map();
    this.list = el("div", { class: "made-list" });
    this.node = el("div", { class: "strip", role: "group", "aria-label": "last ten decisions, newest first" },
      el("span", { class: "title", text: "last decisions" }), this.list,
      el("span", { class: "quiet none", text: "decisions appear here; click one to look at it again or to undo it" }));
  }

  show(made, lookedAt, classes) {
    this.node.classList.toggle("bare", made.length === 0);
    const before = this.items;
    this.items = new Map();
    for (const one of made) {
      const name = `${one.client} ${one.seq}`;
      this.items.set(name, before.get(name) ?? this.item(one, classes));
    }
    for (const node of this.items.values()) node.classList.toggle("current", Number(node.dataset.row) === lookedAt);
    const nodes = [...this.items.values()];
    if (nodes.length !== this.list.childElementCount || nodes.some((node, index) => node !== this.list.children[index])) this.list.replaceChildren(...nodes);
  }

  /* The picture it was decided on, which the browser still has. */
  item(one, classes) {
    const words = verdictWords(classes, one);
    const image = thumbnail();
    setAddress(image, pictureAddress(this.study, one.row, this.pictures.has(pictureAddress(this.study, one.row, "full")) ? "full" : "thumb"));
    return button({
      class: "made", title: `${one.id}: ${words}`, "aria-label": `${one.id} ${words}: look at it again`, "data-verdict": one.verdict, "data-row": one.row,
      on: { click: () => this.onVisit(one.row) },
    }, image, el("span", { class: "words", text: one.verdict === "relabel" ? `→ ${classOf(classes, one.label).name}` : words }));
  }
}
