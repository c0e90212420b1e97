// @ts-check
/* The evidence for and against a label, at a glance. */

/** @import { Card, ClassEntry, Neighbor } from "../../payloads.d.ts" */
/** @import { ErrorProbability } from "./error_probability.js" */
/** @import { Pictures } from "./pictures.js" */

import { button, el, setText } from "./elements.js";
import { setAddress, thumbnail } from "./pictures.js";
import { pictureAddress } from "./server.js";
import { probabilitySentence, probabilityWords } from "./error_probability.js";
import { classChip } from "./class_chip.js";
import { markedText } from "./marked_text.js";
import { classOf, fraction, inLine, sampleName } from "./words.js";

const NEIGHBORS_DELAY = 80;

/* In which order neighbors stand, for a screen reader. */
const NEAREST = "nearest neighbors: those with a label first, nearest first";
const BY_EDGE = "neighbors by edge: those with a label first, of the largest weight first";

/* Of a bar so much is drawn at least where a range is very narrow. */
const MIN_RANGE = 0.04;

export class Evidence {
  /**
   * @param {object} options
   * @param {string} options.study
   * @param {Pictures} options.pictures
   * @param {(one: Neighbor) => void} options.onNeighbor
   * @param {number} [options.neighbors] how many are shown
   */
  constructor({ study, pictures, onNeighbor, neighbors = 12 }) {
    this.study = study;
    this.pictures = pictures;
    this.score = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.given = classChip("large");
    this.suggested = classChip("large");
    this.measured = el("dt", { text: "label error score" });
    this.scoreWords = el("span", { class: "number" });
    this.scoreBar = el("span", { class: "fill" });
    this.besides = el("span", { class: "quiet" });
    this.measure = el("dd", { class: "measure" }, this.scoreWords, el("span", { class: "track warning", "aria-hidden": "true" }, this.scoreBar), this.besides);
    this.agreeTerm = el("dt", { text: "neighbors that agree" });
    this.agreeWords = el("span", { class: "number" });
    this.squares = el("span", { class: "squares", "aria-hidden": "true" });
    this.agreeMeasure = el("dd", { class: "measure" }, this.agreeWords, this.squares);
    this.neighbors = Array.from({ length: neighbors }, () => newNeighbor(onNeighbor));
    this.modelSays = el("span", { class: "title source" });
    this.bars = [0, 1, 2].map(newBar);
    this.labels = el("dl", { class: "facts" },
      el("dt", { text: "given" }), el("dd", {}, this.given.node),
      el("dt", { text: "suggested" }), el("dd", {}, this.suggested.node),
      this.measured, this.measure,
      this.agreeTerm, this.agreeMeasure);
    this.compared = el("div", { class: "compared", hidden: true });
    this.nearest = el("div", { class: "neighbors", role: "group", "aria-label": NEAREST }, this.compared,
      ...this.neighbors.map((one) => one.node));
    this.model = el("div", { class: "model" },
      this.modelSays,
      ...this.bars.map((one) => one.node));
    this.node = el("div", { class: "evidence" }, this.labels, this.nearest, this.model);
  }

  /**
   * @param {Card} card
   * @param {readonly ClassEntry[]} classes
   * @param {ErrorProbability | null} probability how likely the label is wrong, where that is known
   */
  show(card, classes, probability) {
    this.score = card.score;
    this.given.show(classOf(classes, card.given));
    this.suggested.show(classOf(classes, card.suggested));
    this.suggested.node.classList.toggle("suspect", card.suggested !== card.given);
    this.showErrorProbability(probability);
    // Without a label there is no error to score, and nothing to agree with.
    for (const node of [this.measured, this.measure, this.agreeTerm, this.agreeMeasure]) node.hidden = card.given < 0;
    setText(this.agreeWords, `${card.agree} of ${card.voting}`);
    this.agreeTerm.title = card.byEdge ? "neighbors: nodes that edges join to this one" : "";
    this.nearest.setAttribute("aria-label", card.byEdge ? BY_EDGE : NEAREST);
    this.showSquares(card.agree, card.voting);
    const isTable = card.compared.length > 0;
    this.nearest.classList.toggle("of-excerpts", !isTable && (card.byEdge || card.neighbors.some((one) => one.excerpt)));
    this.nearest.classList.toggle("of-values", isTable);
    this.nearest.classList.toggle("by-edge", card.byEdge);
    this.showCompared(card);
    this.neighbors.forEach((one, index) => this.showNeighbor(one, card.neighbors[index], card, classes));
    this.showPictures(card);
    setText(this.modelSays, card.probabilitiesSource);
    this.modelSays.title = card.probabilitiesSource;
    this.model.classList.toggle("without", card.probabilities.length === 0);
    this.bars.forEach((one, index) => {
      const opinion = card.probabilities[index];
      one.node.classList.toggle("absent", !opinion);
      if (!opinion) return;
      one.chip.show(classOf(classes, opinion.label));
      one.fill.style.transform = `scaleX(${opinion.p})`;
      one.fill.style.background = classOf(classes, opinion.label).color;
      setText(one.number, fraction(opinion.p));
    });
  }

  /**
   * A probability is a range on the bar; the score that orders the queue stands beside it.
   * @param {ErrorProbability | null} probability
   */
  showErrorProbability(probability) {
    const { score } = this;
    const [low, high] = probability ? [probability.low, probability.high] : [0, score];
    setText(this.measured, probability ? "P(label error)" : "label error score");
    setText(this.scoreWords, probability ? probabilityWords(probability) : fraction(score));
    setText(this.besides, probability ? `score ${fraction(score)}` : "");
    this.measure.title = probability ? `${probabilitySentence(probability)} The label error score orders the queue.` : "";
    // A range that is a point, such as 99 to 100 %, is still a mark.
    const width = probability ? Math.max(high - low, MIN_RANGE) : high;
    this.scoreBar.style.transform = `translateX(${100 * Math.min(low, 1 - width)}%) scaleX(${width})`;
  }

  /**
   * @param {number} agree
   * @param {number} of
   */
  showSquares(agree, of) {
    while (this.squares.childElementCount > of) this.squares.lastElementChild?.remove();
    while (this.squares.childElementCount < of) this.squares.append(el("i"));
    [...this.squares.children].forEach((square, index) => square.classList.toggle("full", index < agree));
  }

  /**
   * @param {ReturnType<typeof newNeighbor>} one
   * @param {Neighbor | undefined} neighbor
   * @param {Card} card
   * @param {readonly ClassEntry[]} classes
   */
  showNeighbor(one, neighbor, card, classes) {
    one.value = neighbor ?? null;
    one.node.classList.toggle("absent", !neighbor);
    if (!neighbor) return;
    const entry = classOf(classes, neighbor.label);
    one.chip.show(entry);
    one.node.setAttribute("aria-label", `look at neighbor ${sampleName(neighbor)}, labeled ${entry.name}`);
    one.node.classList.toggle("text-only", card.kind !== "picture");
    if (neighbor.pieces) one.excerpt.replaceChildren(...markedText(neighbor.pieces));
    else setText(one.excerpt, card.kind === "picture" || neighbor.values ? "" : inLine(neighbor.excerpt) || (card.byEdge ? sampleName(neighbor) : ""));
    one.node.title = one.excerpt.textContent ?? "";
    one.showValues(neighbor.values ?? [], neighbor.differs ?? []);
  }

  /**
   * The head of the neighbors' table: names of the columns that they are compared in, and the sample's own values.
   * @param {Card} card
   */
  showCompared(card) {
    const { compared, values = [] } = card;
    this.compared.hidden = compared.length === 0;
    this.nearest.style.setProperty("--columns", String(compared.length));
    if (compared.length === 0) return;
    const cells = (/** @type {number} */ part) => compared.map((column, place) => el("span", { class: "cell", "data-place": String(place), dir: "auto", title: values[column][part], text: values[column][part] }));
    this.compared.replaceChildren(
      el("div", { class: "compared-head quiet" }, el("span", { title: comparedWords(compared.length, values.length), text: compared.length < values.length ? `of ${values.length} columns` : "" }), ...cells(0)),
      el("div", { class: "compared-own" }, el("span", { class: "quiet", text: "this sample" }), ...cells(1)));
  }

  /**
   * Neighbors that are here are shown at once; others are asked for once the sample stays on screen, so that going fast through the queue
   * does not crowd out the samples and the decisions.
   * @param {Card} card
   */
  showPictures(card) {
    this.rest();
    if (card.kind !== "picture") return;
    const missing = this.neighbors.flatMap(({ value, image }) => {
      if (!value) return [];
      const url = pictureAddress(this.study, value.row, "thumb");
      if (this.pictures.has(url)) setAddress(image, url);
      else if (image.getAttribute("src") !== url) return { image, url };
      return [];
    });
    for (const { image } of missing) image.removeAttribute("src");
    if (missing.length > 0) this.timer = setTimeout(() => missing.forEach(({ image, url }) => setAddress(image, url)), NEIGHBORS_DELAY);
  }

  rest() {
    clearTimeout(this.timer);
  }
}

/** @param {(one: Neighbor) => void} onOpen */
function newNeighbor(onOpen) {
  const [image, chip, excerpt] = [thumbnail(), classChip("small"), el("span", { class: "excerpt", dir: "auto" })];
  const node = button({ class: "neighbor", on: { click: () => { if (one.value) onOpen(one.value); } } }, image, chip.node, excerpt);
  const one = { image, chip, excerpt, node, value: /** @type {Neighbor | null} */ (null),
    /**
     * @param {readonly string[]} values
     * @param {readonly boolean[]} differs from those of the sample
     */
    showValues(values, differs) {
      while (excerpt.nextSibling) excerpt.nextSibling.remove();
      node.append(...values.map((value, place) => el("span", { class: `cell${differs[place] ? " differs" : ""}`, "data-place": String(place), dir: "auto", title: value, text: value })));
    } };
  return one;
}

/**
 * @param {number} shown
 * @param {number} all
 */
function comparedWords(shown, all) {
  return shown < all ? `the columns in which this sample is most unusual for its given class, ${shown} of ${all}` : "";
}

function newBar() {
  const [chip, fill, number] = [classChip("small"), el("span", { class: "fill" }), el("span", { class: "number" })];
  return { chip, fill, number, node: el("div", { class: "bar" }, chip.node, el("span", { class: "track" }, fill), number) };
}
