// @ts-check
/* One sample, the same beside every page: what it is, the evidence for and against its label, what was decided. */

/** @import { Card, Cards, LabelEvidence, NearestSample, QueueAnswer, SampleAction, SamplePanelData, SamplePanelStates } from "../../payloads.d.ts" */
/** @import { Component, Send } from "../browser/mount.js" */

import { ErrorProbabilities } from "../browser/error_probability.js";
import { button, el, setText, unreachableNotice } from "../browser/elements.js";
import { Evidence } from "../browser/evidence.js";
import { mountOnce } from "../browser/mount.js";
import { Miniature, Pictures, SampleFrame, setAddress, thumbnail } from "../browser/pictures.js";
import { address, getJson } from "../browser/server.js";
import { EvidenceDialog } from "../browser/evidence_dialog.js";
import { chipOf } from "../browser/class_chip.js";
import { linesOf } from "../browser/value_places.js";
import { classOf, comparedClasses, count, localTime, sampleName, verdictWords } from "../browser/words.js";

const MAX_OFFERED = 6;

/* Values of a row at a glance: those that are most unusual for its given class. */
const OFFERED_LINES = 3;

class SamplePanel {
  /** @type {Send<SamplePanelStates>} */
  send = () => {};
  /** @type {Card | null} */
  card = null;
  updated = false;
  loading = {};
  pictures = new Pictures(20);
  abort = new AbortController();

  title = el("h2", { class: "id" });
  rank = el("span", { class: "quiet" });
  decision = el("p", { class: "decision" });
  note = el("p", { class: "quiet note" });
  nearest = el("div", { class: "nearest", hidden: true });
  offers = el("div", { class: "neighbors" });
  start = el("div", { class: "start", hidden: true }, el("h2", { text: "Most likely errors" }), this.offers);

  /** @param {SamplePanelData} data */
  constructor(data) {
    const { study, kind } = data;
    this.data = data;
    this.errorProbabilities = new ErrorProbabilities(study);
    this.sampleFrame = new SampleFrame(study, this.pictures);
    this.evidence = new Evidence({ study, pictures: this.pictures, onNeighbor: (one) => this.act("open", one.row) });
    this.evidenceDialog = new EvidenceDialog({ study, onOpen: (one) => this.act("open", one.row) });
    this.node = el("aside", { class: `margin panel of-${kind}`, "aria-label": "sample", "data-state": "none" },
      el("div", { class: "content" },
        el("div", { class: "panel-head" }, this.title, this.rank),
        this.sampleFrame.node, this.sampleFrame.beside, this.decision, this.note, this.nearest,
        el("div", { class: "actions" },
          button({ class: "key-button next", text: "Review this", "data-act": "review", on: { click: () => this.act("review") } }),
          ...data.pages.map(([path, text]) => button({ class: "key-button", text, "data-act": path, on: { click: () => this.act(path) } })),
          button({ class: "key-button", text: "Explain", "data-act": "explain", on: { click: () => this.explain() } })),
        this.evidence.node),
      el("div", { class: "skeleton", role: "status", "aria-label": "loading the sample" }, el("div", { class: "frame" }), ...[72, 56, 88].map((width) => el("i", { class: "skeleton-line", style: { width: `${width}%` } }))),
      el("div", { class: "none" }, this.start,
        el("h2", { text: "Choose a sample" }),
        el("dl", { class: "gestures" }, ...data.gestures.flatMap(([gesture, effect]) => [el("dt", { text: gesture }), el("dd", { text: effect })]))),
      unreachableNotice(() => this.load()),
      this.evidenceDialog.node);
  }

  /** @param {SamplePanelData} data */
  update(data) {
    const again = this.updated && this.data.row === data.row && this.data.version === data.version;
    this.data = data;
    this.updated = true;
    if ((data.row ?? null) === null) this.offer(again);
    else if (!again) this.load();
    else if (this.card?.row === data.row) this.show();
  }

  destroy() {
    this.abort.abort();
    this.evidence.rest();
  }

  /** @param {"none" | "loading" | "ready" | "unreachable"} state */
  setState(state) {
    this.node.dataset.state = state;
  }

  /**
   * With nothing chosen: the most suspect samples, to begin with, and how to choose others.
   * @param {boolean} again whether they are there already
   */
  async offer(again) {
    this.setState("none");
    if (again) return;
    const ticket = (this.loading = {});
    try {
      const { cards } = /** @type {QueueAnswer} */ (await getJson(address(this.data.study, `queue?limit=${2 * MAX_OFFERED}`), { signal: this.abort.signal }));
      // Random checks stand in the queue, too, and skipped samples without a label: they are no likely errors.
      const suspects = cards.filter((card) => !card.sampled && card.given >= 0).slice(0, MAX_OFFERED);
      if (ticket === this.loading) this.showOffers(suspects);
    } catch (reason) {
      if (!this.abort.signal.aborted) console.warn("margin: no samples are offered.", reason);
    }
  }

  /** @param {readonly Card[]} cards */
  showOffers(cards) {
    this.start.hidden = cards.length === 0;
    this.offers.classList.toggle("of-excerpts", cards.some((card) => card.excerpt));
    this.offers.replaceChildren(...cards.map((card) => this.offered(card)));
  }

  /** @param {Card} card */
  offered(card) {
    const { classes, study } = this.data;
    const [given, suggested] = [classOf(classes, card.given), classOf(classes, card.suggested)];
    const miniature = new Miniature(card.kind, true);
    miniature.show(study, { ...card, pieces: card.short ?? card.pieces, lines: linesOf(card, OFFERED_LINES) }, comparedClasses(card, classes));
    const words = `${sampleName(card)}, given ${given.name}, suggested ${suggested.name}`;
    return button({ class: "neighbor offer", "aria-label": words, title: words, on: { click: () => this.act("open", card.row) } },
      miniature.node, chipOf(given, "small"), el("span", { class: "quiet arrow", "aria-hidden": "true", text: "→" }), chipOf(suggested, "small"));
  }

  async load() {
    const { row, study } = this.data;
    if (this.card?.row !== row) this.setState("loading");
    const ticket = (this.loading = {});
    try {
      const { cards } = /** @type {Cards} */ (await getJson(address(study, `cards?rows=${row}`), { signal: this.abort.signal }));
      if (ticket !== this.loading) return;
      this.card = cards[0] ?? null;
      if (this.card) this.show();
      else this.setState("none");
      if (this.card && this.errorProbabilities.version !== this.data.version) this.estimate();
    } catch {
      if (ticket === this.loading && !this.abort.signal.aborted) this.setState("unreachable");
    }
  }

  /* How likely the label is wrong follows; the sample does not wait for it. */
  async estimate() {
    try {
      await this.errorProbabilities.load({ signal: this.abort.signal });
      if (this.card) this.evidence.showErrorProbability(this.errorProbabilityOf());
    } catch (reason) {
      if (!this.abort.signal.aborted) console.warn("margin: only the label error score is shown.", reason);
    }
  }

  /* A label that somebody has decided on, and one that is not there, are not likely anything. */
  errorProbabilityOf() {
    const { card } = this;
    return !card || card.decision || card.given < 0 ? null : this.errorProbabilities.at(card.score);
  }

  explain() {
    if (this.card) this.evidenceDialog.open(this.card, this.data.classes, (why) => this.take(why));
  }

  /**
   * The score may have moved since the sample came: both places show the same.
   * @param {LabelEvidence} why
   */
  take(why) {
    this.errorProbabilities.accept(why.curve);
    if (this.card?.row === why.row && why.ranksTheQueue) {
      this.card = { ...this.card, score: why.score };
      this.show();
    }
    return this.errorProbabilityOf();
  }

  show() {
    const { card } = this;
    const { classes } = this.data;
    if (!card) return;
    this.setState("ready");
    this.node.dataset.row = String(card.row);
    setText(this.title, `#${card.id}`);
    this.title.title = `#${card.id}`;
    setText(this.rank, card.rank ? `rank ${count(card.rank)}` : "");
    this.sampleFrame.show(card, `sample ${card.id}, given ${classOf(classes, card.given).name}`, comparedClasses(card, classes));
    this.showNearest(this.data.nearest);
    this.evidence.show(card, classes, this.errorProbabilityOf());
    const { decision } = card;
    setText(this.decision, decision ? `${verdictWords(classes, decision)} by ${decision.reviewer}, ${localTime(decision.at)}` : "not decided");
    this.decision.classList.toggle("decided", decision !== null);
    setText(this.note, card.note ? `note: ${card.note}` : "");
  }

  /**
   * It is of another study: there is nothing to be decided about it, and no page of its own.
   * @param {NearestSample | null} sample
   */
  showNearest(sample) {
    this.nearest.hidden = !sample;
    if (!sample) return;
    const { title, id, label, picture, excerpt } = sample;
    const words = [el("span", { class: "quiet", text: title }), el("span", { class: "name", text: `#${id}`, title: `#${id}` }), el("span", { text: label })];
    const seen = picture ? [thumbnail()] : [];
    seen.forEach((image) => {
      image.alt = `sample ${id}`;
      setAddress(image, address(this.data.study, picture));
    });
    this.nearest.replaceChildren(...seen, el("div", { class: "about" }, ...words), el("div", { class: "excerpt", dir: "auto", text: excerpt }));
  }

  /**
   * @param {SampleAction["name"]} name
   * @param {number | undefined} [row]
   */
  act(name, row = this.card?.row) {
    if (row !== undefined) this.send("action", { name, row });
  }
}

/** @param {Component<SamplePanelData>} component */
export default function (component) {
  return mountOnce(component, (data) => new SamplePanel(data));
}
