// @ts-check
/* One sample: large, with the evidence for and against its label, and the keys below. */

/** @import { Card, CardDecision, ClassEntry, Neighbor, ReviewData } from "../../payloads.d.ts" */
/** @import { ErrorProbability } from "../../shared/browser/error_probability.js" */
/** @import { Pictures } from "../../shared/browser/pictures.js" */

import { button, el, keyButton, setText, wordsOf } from "../../shared/browser/elements.js";
import { Evidence } from "../../shared/browser/evidence.js";
import { SampleFrame } from "../../shared/browser/pictures.js";
import { chipOf } from "../../shared/browser/class_chip.js";
import { classOf, comparedClasses, verdictWords } from "../../shared/browser/words.js";
import { SmallMap } from "./small_map.js";
import { Zoom } from "./zoom.js";

const MARK_TIME = 900;
const SMALL_MAP = 320;
const LARGE_MAP = 960;

/**
 * What a key or a button does.
 * @typedef {object} Acts
 * @property {() => void} keep
 * @property {() => void} relabel to the suggestion
 * @property {(label: number) => void} relabelTo
 * @property {() => void} skip
 * @property {() => void} exclude
 * @property {() => void} note
 * @property {() => void} why
 * @property {() => void} see show its heatmaps
 * @property {() => void} type
 * @property {(by: number) => void} step
 * @property {(row: number) => void} undo
 * @property {() => void} back
 * @property {() => void} map
 * @property {(one: Neighbor) => void} neighbor
 */

export class SampleView {
  /** @type {Card | null} */
  card = null;
  /** @type {Neighbor | null} the one that is shown instead */
  neighbor = null;
  takesEnter = false;
  /** @type {{ label: number, node: HTMLElement }[]} */
  classButtons = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  markTimer = undefined;

  markNode = el("span", { class: "mark", "aria-hidden": "true" });
  id = el("span", { class: "caption-id" });
  besides = el("span", { class: "quiet" });
  banner = el("span", { class: "banner quiet" });
  noteText = el("p", { class: "note-text quiet" });
  zoomButton = keyButton("Z", "Zoom", () => this.zoom?.next(), { class: "key-button plain" });
  keep = keyButton("K", "Keep", () => this.act.keep());
  relabel = keyButton("R", "Relabel", () => this.act.relabel());
  previous = keyButton("←", "", () => this.act.step(-1), { class: "key-button step", "aria-label": "previous", title: "previous" });
  next = keyButton("→", "", () => this.act.step(1), { class: "key-button step", "aria-label": "next", title: "next" });
  classRow = el("div", { class: "class-keys", role: "group", "aria-label": "other classes" });

  /**
   * @param {object} options
   * @param {string} options.study
   * @param {ReviewData["kind"]} options.kind what the samples are made of; of none the map takes their place
   * @param {number} options.threshold a score from which on a sample is suspect
   * @param {boolean} options.hasSaliency whether heatmaps of the samples can be computed
   * @param {boolean} options.isLabeling whether samples without a label are labeled
   * @param {Pictures} options.pictures
   * @param {Acts} options.act
   */
  constructor({ study, kind, threshold, hasSaliency, isLabeling, pictures, act }) {
    this.kind = kind;
    this.isLabeling = isLabeling;
    this.hasSaliency = hasSaliency;
    this.threshold = threshold;
    this.act = act;
    this.sampleFrame = new SampleFrame(study, pictures);
    this.frame = this.sampleFrame.node;
    this.zoom = kind === "picture" ? new Zoom(this.frame, this.sampleFrame.stage, (scale) => this.showZoom(scale)) : null;
    this.evidence = new Evidence({ study, pictures, onNeighbor: (one) => act.neighbor(one) });
    this.smallMap = new SmallMap(study, kind === "none" ? LARGE_MAP : SMALL_MAP, () => act.map());
    const isSeen = kind !== "none";
    if (isSeen) this.evidence.model.after(this.smallMap.node);
    const place = isSeen ? this.frame : this.smallMap.node;
    place.append(this.markNode);
    this.keys = this.layOutKeys();
    this.node = el("div", { class: `one of-${kind}` },
      el("div", { class: "left" }, place, this.layOutCaption(), this.noteText, this.sampleFrame.beside),
      this.evidence.node,
      this.keys);
  }

  /* ----- the sample ----- */

  /**
   * @param {Card} card
   * @param {object} besides
   * @param {readonly ClassEntry[]} besides.classes
   * @param {Pick<CardDecision, "verdict" | "label"> | null} besides.made the decision that holds
   * @param {boolean} besides.isLookedAt whether it is not the next in turn
   * @param {string} besides.note
   * @param {ErrorProbability | null} besides.probability
   */
  show(card, { classes, made, isLookedAt, note, probability }) {
    if (this.card?.row !== card.row || this.neighbor) this.showSubject(card, classes);
    this.card = card;
    this.evidence.show(card, classes, probability);
    this.smallMap.ring(card, classes);
    this.showButtons(card, classes);
    this.showBanner(card, classes, made, isLookedAt);
    setText(this.noteText, note ? `note: ${note}` : "");
  }

  /**
   * @param {Card} card
   * @param {readonly ClassEntry[]} classes
   */
  showSubject(card, classes) {
    this.neighbor = null;
    this.sampleFrame.show(card, `sample ${card.id}, given ${classOf(classes, card.given).name}`, comparedClasses(card, classes));
    setText(this.id, `#${card.id}`);
    this.id.title = this.id.textContent;
    setText(this.besides, "");
    this.frame.classList.remove("shows-neighbor");
    this.zoom?.reset();
  }

  /**
   * @param {Neighbor} neighbor
   * @param {Card} card what it is made of; a picture needs no more than its row
   * @param {readonly ClassEntry[]} classes
   */
  showNeighbor(neighbor, card, classes) {
    this.neighbor = neighbor;
    const { name } = classOf(classes, neighbor.label);
    this.sampleFrame.show(card, `neighbor ${neighbor.id}, labeled ${name}`, comparedClasses(card, classes));
    setText(this.id, `neighbor #${neighbor.id}`);
    this.id.title = this.id.textContent;
    setText(this.besides, `labeled ${name}`);
    this.frame.classList.add("shows-neighbor");
    this.zoom?.reset();
    if (this.kind === "none") this.smallMap.ring(card, classes);
    this.banner.replaceChildren(el("span", { text: "a neighbor of the sample" }),
      button({ class: "link", text: "Back (Esc)", on: { click: () => this.act.back() } }));
  }

  /* After the server was away: pictures it did not give then. */
  fetchMissing() {
    if (this.sampleFrame.waits) this.sampleFrame.again();
    if (this.card) this.evidence.showPictures(this.card);
  }

  forget() {
    this.card = null;
    this.neighbor = null;
  }

  /**
   * @param {Card} card
   * @param {readonly ClassEntry[]} classes
   * @param {Pick<CardDecision, "verdict" | "label"> | null} made
   * @param {boolean} isLookedAt
   */
  showBanner(card, classes, made, isLookedAt) {
    this.banner.replaceChildren();
    if (!isLookedAt) return;
    this.banner.append(el("span", { text: this.bannerWords(classes, made) }));
    if (made) this.banner.append(button({ class: "link", text: "Undo this one (U)", "data-act": "undo", on: { click: () => this.act.undo(card.row) } }));
    this.banner.append(button({ class: "link", text: "Back (Esc)", on: { click: () => this.act.back() } }));
  }

  /**
   * @param {readonly ClassEntry[]} classes
   * @param {Pick<CardDecision, "verdict" | "label"> | null} made
   */
  bannerWords(classes, made) {
    if (!made) return this.isLabeling ? "no label yet" : "not decided";
    return `${verdictWords(classes, made, this.isLabeling)}: ${this.isLabeling ? "label" : "decide"} again, or`;
  }

  /**
   * A short word on the picture's edge: what the last key did.
   * @param {string} words
   * @param {string} verdict
   */
  mark(words, verdict) {
    clearTimeout(this.markTimer);
    setText(this.markNode, words);
    this.markNode.dataset.verdict = verdict;
    this.markNode.classList.add("seen");
    this.markTimer = setTimeout(() => this.markNode.classList.remove("seen"), MARK_TIME);
  }

  rest() {
    clearTimeout(this.markTimer);
    this.evidence.rest();
  }

  /* ----- keys ----- */

  /**
   * Enter takes the suggestion for a suspect or a sample without a label. For a label that does not look wrong it does nothing: who decides
   * there shall look, and neither answer is the easy one. The buttons keep their places, so that nothing but what is known of the sample
   * sets one card apart from another.
   * @param {Card} card
   * @param {readonly ClassEntry[]} classes
   */
  showButtons(card, classes) {
    const suggested = classOf(classes, card.suggested);
    const isGiven = card.suggested === card.given || card.suggested < 0;
    const words = `${card.given < 0 ? "Label as" : "Relabel to"} ${suggested.name}`;
    const none = this.isLabeling ? "No prediction yet" : "No other class is likelier";
    setText(wordsOf(this.relabel), isGiven ? none : words);
    this.relabel.title = isGiven ? (this.isLabeling ? "A class is predicted once two classes have labels" : "The suggested class is the given one") : words;
    this.relabel.hidden = this.isLabeling && isGiven;
    this.relabel.disabled = isGiven;
    this.takesEnter = !isGiven && (card.given < 0 || card.score >= this.threshold);
    this.relabel.classList.toggle("next", this.takesEnter);
    setText(keyOfButton(this.relabel), this.takesEnter ? "Enter" : "R");
    setText(wordsOf(this.keep), card.given < 0 ? "Keep without a label" : `Keep ${classOf(classes, card.given).name}`);
    for (const one of this.classButtons) {
      one.node.classList.toggle("is-given", one.label === card.given);
      one.node.classList.toggle("is-suggested", one.label === card.suggested && !isGiven);
    }
  }

  /**
   * @param {boolean} isFirst
   * @param {boolean} isLast
   */
  showSteps(isFirst, isLast) {
    this.previous.disabled = isFirst;
    this.next.disabled = isLast;
  }

  /** @param {readonly ClassEntry[]} classes */
  showClasses(classes) {
    // Room for a second line wherever a name may need it, so that nothing below moves from sample to sample.
    const longest = Math.max(0, ...classes.map((entry) => entry.name.length));
    this.evidence.node.classList.toggle("long-names", longest > 8);
    this.evidence.node.classList.toggle("longer-names", longest > 12);
    this.evidence.node.classList.toggle("longest-names", longest > 18);
    this.classButtons = classes
      .map((entry, label) => ({ entry, label }))
      .filter(({ entry }) => entry.key)
      .sort((a, b) => Number(a.entry.key === "0") - Number(b.entry.key === "0") || a.entry.key.localeCompare(b.entry.key))
      .map(({ entry, label }) => ({ label, node: this.classButton(entry, label) }));
    this.classRow.replaceChildren(...this.classButtons.map((one) => one.node));
  }

  /**
   * @param {ClassEntry} entry
   * @param {number} label
   */
  classButton(entry, label) {
    const node = button({ class: "key-button class-key", "aria-label": `${this.isLabeling ? "label as" : "relabel to"} ${entry.name}`, "aria-keyshortcuts": entry.key, on: { click: () => this.act.relabelTo(label) } },
      el("kbd", { text: entry.key, "aria-hidden": "true" }), chipOf(entry));
    node.classList.toggle("same-name", entry.name === entry.key);
    return node;
  }

  /* ----- elements ----- */

  layOutCaption() {
    const saliency = !this.hasSaliency ? null : keyButton("V", "Saliency", () => this.act.see(), { class: "key-button plain", title: "which parts of this sample the prediction depends on" });
    return el("div", { class: "caption" }, this.id, this.besides, this.banner, saliency, this.zoom ? this.zoomButton : null);
  }

  /** @param {number} scale */
  showZoom(scale) {
    setText(wordsOf(this.zoomButton), scale === 1 ? "Zoom" : `${scale.toFixed(scale % 1 ? 1 : 0)} ×`);
  }

  layOutKeys() {
    const { act } = this;
    const row = el("div", { class: "row" }, this.relabel, this.isLabeling ? null : this.keep,
      keyButton("S", "Skip", () => act.skip()), keyButton("X", "Exclude", () => act.exclude()), keyButton("N", "Note", () => act.note()),
      this.isLabeling ? null : keyButton("W", "Why", () => act.why(), { title: "why: sources of evidence, voting neighbors, similar decisions" }),
      keyButton("/", "Class", () => act.type(), { class: "key-button type", "aria-label": "type a class", title: "type a class" }));
    return el("footer", { class: "keys" }, row, el("div", { class: "steps" }, this.previous, this.next), this.classRow);
  }
}

/** @param {HTMLElement} node a key button */
function keyOfButton(node) {
  return node.querySelector("kbd") ?? node;
}
