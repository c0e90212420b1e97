// @ts-check
/* Explain one sample: the probabilities of each source of evidence, the neighbors that vote and what a correction there would change, and
   what was decided about samples like it. It is asked for when it is opened, never before. */

/** @import { Card, ClassEntry, ComparedSample, LabelEvidence, SimilarDecision, VotingNeighbor } from "../../payloads.d.ts" */
/** @import { ErrorProbability } from "./error_probability.js" */
/** @typedef {(why: LabelEvidence) => ErrorProbability | null} OnAnswer brings the page up to date, and returns how likely the label is wrong there */
/** @import { Child } from "./elements.js" */

import { probabilitySentence } from "./error_probability.js";
import { chipOf } from "./class_chip.js";
import { button, el, setText } from "./elements.js";
import { markedText } from "./marked_text.js";
import { setAddress, thumbnail } from "./pictures.js";
import { address, getJson, pictureAddress } from "./server.js";
import { changeWords, looksSame, moreWords, neighborsWords, pastWords, remarksOn, sumOf, verdictOf } from "./evidence_words.js";
import { classOf, excerptOf, fraction, inLine, localTime, percent, verdictWords } from "./words.js";

const LISTED_FIRST = 5;

/* Columns of a table in which the neighbors of a row are compared here. */
const COLUMNS = 4;

const TOGETHER = "the product of these probabilities, a source of more weight counting more, scaled so that all classes sum to 1";

/** @typedef {{ row: number, id: string, label: number }} Another sample that is to be looked at */

export class EvidenceDialog {
  /** @param {{ study: string, onOpen: (one: Another) => void }} options */
  constructor({ study, onOpen }) {
    this.study = study;
    this.onOpen = onOpen;
    /** @type {readonly ClassEntry[]} */
    this.classes = [];
    /** @type {Card | null} */
    this.card = null;
    this.abort = new AbortController();
    this.title = el("h2", { id: "why-title", text: "Why" });
    this.body = el("div", { class: "why-body" });
    this.node = el("dialog", { class: "why", "aria-labelledby": "why-title" },
      el("div", { class: "why-head" }, this.title, button({ class: "key-button", on: { click: () => this.close() } }, el("kbd", { text: "Esc" }), el("span", { text: "Close" }))),
      this.body);
    this.node.addEventListener("click", (event) => { if (event.target === this.node) this.close(); });
    // The event comes a moment later: by then it may have been opened again, for a question that is still wanted.
    this.node.addEventListener("close", () => { if (!this.node.open) this.abort.abort(); });
  }

  get isOpen() {
    return this.node.open;
  }

  /**
   * @param {Card} card
   * @param {readonly ClassEntry[]} classes
   * @param {OnAnswer} onAnswer
   */
  open(card, classes, onAnswer) {
    setText(this.title, `Why #${card.id}`);
    this.showWords("One moment …");
    if (!this.node.open) this.node.showModal();
    return this.load(card, classes, onAnswer);
  }

  close() {
    this.node.close();
  }

  /**
   * @param {Card} card
   * @param {readonly ClassEntry[]} classes
   * @param {OnAnswer} onAnswer
   */
  async load(card, classes, onAnswer) {
    this.abort.abort();
    const abort = (this.abort = new AbortController());
    this.node.setAttribute("aria-busy", "true");
    try {
      const why = /** @type {LabelEvidence} */ (await getJson(address(this.study, `evidence/${card.row}`), { signal: abort.signal }));
      if (abort.signal.aborted) return;
      this.card = card;
      this.show(why, classes, onAnswer(why));
    } catch (reason) {
      if (abort.signal.aborted) return;
      console.warn("margin: this sample is not explained.", reason);
      this.showWords("The server does not answer.", button({ class: "key-button", text: "Try again", "data-act": "again", on: { click: () => this.load(card, classes, onAnswer) } }));
    }
    this.node.setAttribute("aria-busy", "false");
  }

  /**
   * @param {string} words
   * @param {...Node} more
   */
  showWords(words, ...more) {
    this.body.replaceChildren(el("p", { role: "status", text: words }), ...more);
  }

  /**
   * @param {LabelEvidence} why
   * @param {readonly ClassEntry[]} classes
   * @param {ErrorProbability | null} probability
   */
  show(why, classes, probability) {
    this.classes = classes;
    this.node.dataset.row = String(why.row);
    this.body.replaceChildren(this.summary(why, probability), this.sources(why), this.neighbors(why), this.past(why));
  }

  /** @param {number | null} label */
  name(label) {
    return classOf(this.classes, label).name;
  }

  /** @param {number} label */
  chip(label) {
    return chipOf(classOf(this.classes, label), "small");
  }

  /* ----- the score ----- */

  /**
   * @param {LabelEvidence} why
   * @param {ErrorProbability | null} probability
   */
  summary(why, probability) {
    const sum = sumOf(why);
    return el("div", { class: "why-summary" }, el("p", { text: verdictOf(why, this.classes) }),
      sum ? el("p", { class: "quiet sum", text: sum }) : null,
      ...remarksOn(why, this.classes, probability ? probabilitySentence(probability) : "").map((text) => el("p", { class: "quiet", text })));
  }

  /* ----- the sources of evidence ----- */

  /** @param {LabelEvidence} why */
  sources(why) {
    const head = el("tr", {}, el("th", { scope: "col", text: "source of evidence" }), el("th", { scope: "col", class: "number", text: "weight" }),
      ...why.classes.map((label) => el("th", { scope: "col" }, this.chip(label))));
    const rows = why.sources.map(({ words, weight, share, probabilities }) => weight > 0
      ? this.sourceRow(why, probabilities, { words, weight: percent(share), title: `exponent ${weight.toFixed(2)}`, name: "" })
      : this.sourceRow(why, probabilities, { words, weight: "no weight", title: "It may have been trained on this label.", name: "unweighted" }));
    rows.push(this.sourceRow(why, why.pooled, { words: "all together", weight: "", title: TOGETHER, name: "together" }));
    return el("section", {}, el("h3", { text: "Sources of evidence" }),
      el("table", { class: "sources" }, el("thead", {}, head), el("tbody", {}, ...rows)),
      el("p", { class: "quiet", text: `All together: ${TOGETHER}.` }));
  }

  /**
   * @param {LabelEvidence} why
   * @param {readonly number[]} probabilities of the classes that are listed
   * @param {{ words: string, weight: string, title: string, name: string }} shown
   */
  sourceRow({ classes }, probabilities, { words, weight, title, name }) {
    return el("tr", { class: name }, el("th", { scope: "row", title: words }, el("span", { class: "lines", text: words })), el("td", { class: "number", title, text: weight }),
      ...probabilities.map((part, place) => el("td", {}, bar(part, classOf(this.classes, classes[place]).color), el("span", { class: "number", text: fraction(part) }))));
  }

  /* ----- the neighbors ----- */

  /** @param {LabelEvidence} why */
  neighbors(why) {
    const section = el("section", {}, el("h3", { text: "Voting neighbors" }));
    if (why.neighbors.length === 0) {
      section.append(el("p", { class: "quiet", text: "None: no neighbor has a label." }));
      return section;
    }
    section.append(el("p", { class: "quiet", text: neighborsWords(why) }));
    // Of neighbors whose own labels look right there is nothing to correct, and no column for it.
    const compared = this.comparedColumns();
    const hasCorrections = why.neighbors.some((one) => one.suggested !== null);
    const columns = ["sample", ...compared.map(({ name }) => name), "label", "weight", ...(hasCorrections ? ["score if its label were corrected"] : [])];
    const rows = why.neighbors.map((one) => this.neighbor(why, one, hasCorrections));
    rows.slice(LISTED_FIRST).forEach((row) => { row.hidden = true; });
    section.append(el("table", { class: `neighbor-votes of-${this.card?.kind ?? "picture"}` },
      el("thead", {}, el("tr", {}, ...columns.map((words, place) => el("th", { class: place > 0 && place <= compared.length ? "column" : "", scope: "col", dir: "auto", title: words, text: words })))),
      el("tbody", {}, this.ownValues(compared, columns.length), ...rows)));
    if (rows.length > LISTED_FIRST) section.append(showMore(rows, moreWords(why, rows.length - LISTED_FIRST)));
    return section;
  }

  /**
   * @param {LabelEvidence} why
   * @param {VotingNeighbor} one
   * @param {boolean} hasCorrections whether a column says what correcting a neighbor would change
   */
  neighbor(why, one, hasCorrections) {
    return el("tr", {},
      el("td", {}, this.sample(one, `look at neighbor ${one.id}, labeled ${this.name(one.label)}`, () => this.onOpen(one))),
      ...this.comparedColumns().map((_, place) => el("td", { class: `column${one.differs?.[place] ? " differs" : ""}`, dir: "auto", title: one.values?.[place] ?? "", text: one.values?.[place] ?? "" })),
      el("td", {}, this.chip(one.label), one.reviewed ? el("span", { class: "quiet", text: "reviewed" }) : null),
      el("td", { class: "weight" }, bar(one.share / why.neighbors[0].share), el("span", { class: "number", text: percent(one.share) })),
      hasCorrections ? el("td", { class: "fix" }, ...this.fix(why, one)) : null);
  }

  /**
   * @param {LabelEvidence} why
   * @param {VotingNeighbor} one
   */
  fix({ score }, { suggested, scoreIfCorrected: corrected, label }) {
    if (suggested === null || corrected === null) return [];
    return [el("span", { text: `${this.name(suggested)} instead of ${this.name(label)}: ` }),
      el("strong", { class: looksSame(corrected, score) ? "same" : "", text: changeWords(score, corrected) })];
  }

  /* The columns of a table in which the sample is most unusual, with its own values. */
  comparedColumns() {
    const { compared = [], values = [] } = this.card ?? {};
    return compared.slice(0, COLUMNS).map((column) => ({ name: values[column][0], value: values[column][1] }));
  }

  /**
   * @param {ReturnType<EvidenceDialog["comparedColumns"]>} compared
   * @param {number} columns of the table
   */
  ownValues(compared, columns) {
    if (compared.length === 0) return null;
    return el("tr", {}, el("td", { class: "quiet", text: "this sample" }),
      ...compared.map(({ value }) => el("td", { class: "own", dir: "auto", title: value, text: value })), el("td", { colspan: String(columns - 1 - compared.length) }));
  }

  /**
   * A sample as it is known at a glance; pressed, it is looked at.
   * @param {ComparedSample} one
   * @param {string} words
   * @param {() => void} run
   * @param {...Child} more
   */
  sample(one, words, run, ...more) {
    return button({ class: "one-sample", "aria-label": words, title: words, on: { click: () => { this.close(); run(); } } }, ...this.glance(one), ...more);
  }

  /**
   * A picture with its id, a text with the words in common marked; of a row its id, where its values stand beside it.
   * @param {ComparedSample} one
   */
  glance(one) {
    if (this.card?.kind === "picture") {
      const image = thumbnail();
      setAddress(image, pictureAddress(this.study, one.row, "thumb"));
      return [image, el("span", { class: "short", dir: "auto", text: `#${one.id}` })];
    }
    if (one.pieces) return [el("span", { class: "read", dir: "auto" }, ...markedText(one.pieces))];
    return [el("span", { class: "short", dir: "auto", text: one.values ? `#${one.id}` : inLine(excerptOf(one)) })];
  }

  /* ----- past decisions ----- */

  /** @param {LabelEvidence} why */
  past(why) {
    const listed = why.similar.map((one) => el("li", {}, this.decided(one)));
    return el("section", {}, el("h3", { text: "Decided before" }), el("p", { text: pastWords(why, this.classes) }),
      listed.length > 0 ? el("ul", { class: `similar-decisions${this.card?.kind === "picture" ? "" : " of-lines"}` }, ...listed) : null);
  }

  /** @param {SimilarDecision} one */
  decided(one) {
    const words = verdictWords(this.classes, one);
    const who = `${one.reviewer || "somebody"}, ${localTime(one.at)}`;
    const what = one.verdict === "keep" ? `kept ${this.name(one.given)}` : one.verdict === "relabel" ? `→ ${this.name(one.label)}` : words;
    return this.sample(one, `look at ${one.id}, ${words} by ${who}`, () => this.onOpen({ ...one, label: one.label ?? one.given }),
      this.valuesOf(one), el("span", { class: "what", text: what }), el("span", { class: "quiet", text: who }));
  }

  /**
   * The values of a row by name, in one line.
   * @param {ComparedSample} one
   */
  valuesOf({ values, differs }) {
    if (!values) return null;
    return el("span", {}, ...this.comparedColumns().flatMap(({ name }, place) => [
      el("span", { class: "quiet", dir: "auto", text: `${place > 0 ? " · " : ""}${name} ` }), el("span", { class: differs?.[place] ? "differs" : "", dir: "auto", text: values[place] })]));
  }
}

/**
 * @param {number} part
 * @param {string} [color]
 */
function bar(part, color) {
  const fill = el("span", { class: "fill", style: { transform: `scaleX(${part})` } });
  if (color) fill.style.background = color;
  return el("span", { class: "track", "aria-hidden": "true" }, fill);
}

/**
 * @param {readonly HTMLElement[]} rows
 * @param {string} words
 */
function showMore(rows, words) {
  const node = button({ class: "link", text: words, on: { click: () => {
    for (const row of rows) row.hidden = false;
    rows[LISTED_FIRST].querySelector("button")?.focus();
    node.remove();
  } } });
  return node;
}
