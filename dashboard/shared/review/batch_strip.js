// @ts-check
/* The batch that is being labeled, in the order of choice: what is labeled already, and one click away whatever is not. */

/** @import { BriefCard, ClassEntry, ReviewData } from "../../payloads.d.ts" */
/** @import { BatchDecision } from "./queue.js" */
/** @import { MapMark } from "./small_map.js" */

import { button, el, setText } from "../../shared/browser/elements.js";
import { setAddress, thumbnail } from "../../shared/browser/pictures.js";
import { pictureAddress } from "../../shared/browser/server.js";
import { classOf, inLine, sampleName, shortNames, titleOf, verdictWords } from "../../shared/browser/words.js";

/* Of more pictures each is smaller. */
const FEW = 20;
/* Letters of the name of a class that there is room for below a picture. */
const MAX_NAME = 5;
/** @type {Record<string, string>} */
const KEYS = { skip: "S", exclude: "X" };

export class BatchStrip {
  /**
   * @param {object} options
   * @param {string} options.study
   * @param {ReviewData["kind"]} options.kind
   * @param {(row: number) => void} options.onChoose
   * @param {(marks: MapMark[]) => void} options.onMarks where the batch lies on the map
   */
  constructor({ study, kind, onChoose, onMarks }) {
    this.study = study;
    this.kind = kind;
    this.onChoose = onChoose;
    this.onMarks = onMarks;
    /** @type {string[]} of each class, as it stands below a picture */
    this.shortNames = [];
    /** @type {Map<number, ReturnType<BatchStrip["item"]>>} */
    this.items = new Map();
    this.list = el("div", { class: "batch-list" });
    this.node = el("div", { class: `strip batch ${kind === "picture" ? "of-pictures" : kind === "none" ? "of-ids" : "of-lines"}`, role: "group", "aria-label": "this batch, in the order of choice", hidden: true }, this.list);
  }

  /**
   * @param {readonly { card: BriefCard, made: BatchDecision | null }[]} batch
   * @param {number | undefined} current the sample on screen
   * @param {readonly ClassEntry[]} classes
   */
  show(batch, current, classes) {
    this.node.hidden = batch.length === 0;
    this.node.classList.toggle("small", batch.length > FEW);
    this.shortNames = shortNames(classes.map(({ name }) => name), MAX_NAME);
    const before = this.items;
    this.items = new Map(batch.map(({ card }) => [card.row, before.get(card.row) ?? this.item(card)]));
    for (const { card, made } of batch) this.showItem(card, made, current, classes);
    const nodes = [...this.items.values()].map((item) => item.node);
    if (nodes.length !== this.list.childElementCount || nodes.some((node, index) => node !== this.list.children[index])) this.list.replaceChildren(...nodes);
    this.onMarks(batch.map(({ card, made }) => ({ row: card.row, color: made && made.label !== null ? classOf(classes, made.label).color : null })));
  }

  /**
   * @param {BriefCard} card
   * @param {BatchDecision | null} made
   * @param {number | undefined} current
   * @param {readonly ClassEntry[]} classes
   */
  showItem(card, made, current, classes) {
    const item = this.items.get(card.row);
    if (!item) return;
    const words = made ? verdictWords(classes, made, true) : "no label yet";
    const entry = made?.verdict === "relabel" ? classOf(classes, made.label) : null;
    const isCurrent = card.row === current;
    item.node.dataset.verdict = made?.verdict ?? "";
    item.node.title = titleOf(card, words);
    item.node.setAttribute("aria-label", `${sampleName(card)}: ${words}`);
    item.node.classList.toggle("current", isCurrent);
    if (isCurrent) item.node.setAttribute("aria-current", "true");
    else item.node.removeAttribute("aria-current");
    item.swatch.hidden = !entry;
    item.swatch.style.background = entry?.color ?? "";
    const short = !entry ? (made ? KEYS[made.verdict] ?? words : "") : this.shortNames[made?.label ?? -1] ?? entry.name;
    setText(item.words, this.kind === "picture" ? short : entry?.name ?? (made ? words : ""));
    if (isCurrent && this.list.scrollHeight > this.list.clientHeight) item.node.scrollIntoView({ block: "nearest" });
  }

  /** @param {BriefCard} card */
  item(card) {
    const [swatch, words] = [el("i", { class: "swatch", "aria-hidden": "true" }), el("span", { class: "words" })];
    const under = el("span", { class: "under" }, swatch, words);
    const text = this.kind === "values" ? `#${card.id} · ${inLine(card.excerpt)}` : inLine(card.excerpt);
    const seen = this.kind === "picture" ? thumbnail() : el("span", { class: "line", dir: "auto", text: text || `#${card.id}` });
    if (seen instanceof HTMLImageElement) setAddress(seen, pictureAddress(this.study, card.row, "thumb"));
    const parts = this.kind === "picture" ? [seen, under] : [under, seen];
    const node = button({ class: "batch-item", "data-row": card.row, "data-id": card.id, on: { click: () => this.onChoose(card.row) } }, ...parts);
    return { node, swatch, words };
  }
}
