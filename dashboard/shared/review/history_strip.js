// @ts-check
/* The last ten decisions, newest first: one click away. */

/** @import { Card, ClassEntry, RefitState, ReviewData } from "../../payloads.d.ts" */
/** @import { Pictures } from "../../shared/browser/pictures.js" */
/** @import { CurrentDecision } from "./current_decisions.js" */

import { button, el, setText } from "../../shared/browser/elements.js";
import { setAddress, thumbnail } from "../../shared/browser/pictures.js";
import { pictureAddress } from "../../shared/browser/server.js";
import { classOf, counted, inLine, verdictWords } from "../../shared/browser/words.js";

export class HistoryStrip {
  /**
   * @param {object} options
   * @param {string} options.study
   * @param {ReviewData["kind"]} options.kind
   * @param {Pictures} options.pictures
   * @param {(row: number) => Card | undefined} options.cardOf a sample's card, if it is here
   * @param {(row: number) => void} options.onVisit
   */
  constructor({ study, kind, pictures, cardOf, onVisit }) {
    this.study = study;
    this.kind = kind;
    this.pictures = pictures;
    this.cardOf = cardOf;
    this.onVisit = onVisit;
    /** @type {Map<string, { row: number, node: HTMLElement }>} */
    this.items = new Map();
    this.list = el("div", { class: "history-list" });
    this.refitWords = el("span", { class: "quiet refit-words", role: "status" });
    this.node = el("div", { class: "strip", role: "group", "aria-label": "last ten decisions, newest first" },
      el("span", { class: "title", text: "last decisions" }), this.list,
      el("span", { class: "quiet none", text: "decisions appear here; click one to look at it again or to undo it" }), this.refitWords);
  }

  /**
   * What the ranking has made of the decisions; a refit that failed changes nothing and is no cause for alarm.
   * @param {RefitState} state
   */
  showRefit({ corrections, error }) {
    const words = corrections > 0 ? `Ranking refitted after ${counted(corrections, "correction")}` : "";
    setText(this.refitWords, error ? [words, "The last refit failed; the ranking stays as it is"].filter(Boolean).join(". ") : words);
    this.refitWords.title = error || (words ? "The rest of the queue has a new order: the models were refitted to your corrections" : "");
  }

  /**
   * @param {readonly CurrentDecision[]} made
   * @param {number | undefined} lookedAt
   * @param {readonly ClassEntry[]} classes
   */
  show(made, lookedAt, classes) {
    this.node.classList.toggle("bare", made.length === 0);
    const before = this.items;
    this.items = new Map(made.map((one) => {
      const name = `${one.client} ${one.seq}`;
      return [name, before.get(name) ?? this.item(one, classes)];
    }));
    for (const { node, row } of this.items.values()) node.classList.toggle("current", row === lookedAt);
    const nodes = [...this.items.values()].map((item) => item.node);
    if (nodes.length !== this.list.childElementCount || nodes.some((node, index) => node !== this.list.children[index])) this.list.replaceChildren(...nodes);
  }

  /**
   * What stands for the sample where it is no picture; the server has not sent it yet for a decision that was made just now.
   * @param {CurrentDecision} one
   */
  excerptOf({ row, excerpt }) {
    return inLine(excerpt ?? this.cardOf(row)?.excerpt ?? "");
  }

  /**
   * The picture it was decided on, which the browser still has.
   * @param {number} row
   */
  picture(row) {
    const image = thumbnail();
    setAddress(image, pictureAddress(this.study, row, this.pictures.has(pictureAddress(this.study, row, "full")) ? "full" : "thumb"));
    return image;
  }

  /**
   * @param {CurrentDecision} one
   * @param {readonly ClassEntry[]} classes
   */
  item(one, classes) {
    const { row, id, verdict, label } = one;
    const [words, excerpt] = [verdictWords(classes, one), this.excerptOf(one)];
    const made = this.kind === "picture" ? this.picture(row) : el("span", { class: "excerpt", dir: "auto", text: excerpt || `#${id}` });
    const node = button({
      class: "history-item", title: [`#${id}: ${words}`, excerpt].filter(Boolean).join(" · "), "aria-label": `${id} ${words}: look at it again`, "data-verdict": verdict,
      "data-row": row, "data-id": id, on: { click: () => this.onVisit(row) },
    }, made, el("span", { class: "words", text: verdict === "relabel" ? `→\u00a0${classOf(classes, label).name}` : words }));
    return { row, node };
  }
}
