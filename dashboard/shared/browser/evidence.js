/* Why a sample is suspect. */

import { button, el, setText } from "./elements.js";
import { setAddress, thumbnail } from "./pictures.js";
import { pictureAddress } from "./server.js";
import { chanceSentence, chanceWords } from "./chances.js";
import { classChip } from "./class_chip.js";
import { classOf, fraction } from "./words.js";

const NEIGHBOURS_AFTER = 80;

export class Evidence {
  constructor({ study, pictures, onNeighbour, neighbours = 12 }) {
    this.study = study;
    this.pictures = pictures;
    this.onNeighbour = onNeighbour;
    this.given = classChip("large");
    this.suggested = classChip("large");
    this.measured = el("dt", { text: "suspicion" });
    this.score = el("span", { class: "number" });
    this.scoreBar = el("span", { class: "fill" });
    this.besides = el("span", { class: "quiet" });
    this.measure = el("dd", { class: "measure" }, this.score, el("span", { class: "track warm", "aria-hidden": "true" }, this.scoreBar), this.besides);
    this.agreeWords = el("span", { class: "number" });
    this.squares = el("span", { class: "squares", "aria-hidden": "true" });
    this.neighbours = Array.from({ length: neighbours }, () => this.neighbour());
    this.modelSays = el("span", { class: "title source" });
    this.bars = [0, 1, 2].map(() => this.bar());
    this.labels = el("dl", { class: "facts" },
      el("dt", { text: "given" }), el("dd", {}, this.given.node),
      el("dt", { text: "looks like" }), el("dd", {}, this.suggested.node),
      this.measured, this.measure,
      el("dt", { text: "neighbours that agree" }), el("dd", { class: "measure" }, this.agreeWords, this.squares));
    this.nearest = el("div", { class: "neighbours", role: "group", "aria-label": "nearest neighbours, nearest first" },
      ...this.neighbours.map((one) => one.node));
    this.model = el("div", { class: "model" },
      this.modelSays,
      ...this.bars.map((one) => one.node));
    this.node = el("div", { class: "evidence" }, this.labels, this.nearest, this.model);
  }

  neighbour() {
    const image = thumbnail();
    const chip = classChip("small");
    const one = { image, chip, value: null };
    one.node = button({ class: "neighbour", on: { click: () => this.onNeighbour(one.value) } }, image, chip.node);
    return one;
  }

  bar() {
    const chip = classChip("small");
    const fill = el("span", { class: "fill" });
    const number = el("span", { class: "number" });
    return { chip, fill, number, node: el("div", { class: "bar" }, chip.node, el("span", { class: "track" }, fill), number) };
  }

  /* `chance`: how likely the label is wrong, or null where that is not known. */
  show(card, classes, chance) {
    this.card = card;
    this.given.show(classOf(classes, card.given));
    this.suggested.show(classOf(classes, card.suggested));
    this.suggested.node.classList.toggle("suspect", card.suggested !== card.given);
    this.showChance(chance);
    setText(this.agreeWords, `${card.agree} of ${card.of}`);
    this.showSquares(card.agree, card.of);
    this.neighbours.forEach((one, index) => this.showNeighbour(one, card.neighbours[index], card, classes));
    this.showPictures(card);
    setText(this.modelSays, card.modelSays ?? "");
    this.modelSays.title = card.modelSays ?? "";
    this.model.classList.toggle("without", card.model.length === 0);
    this.bars.forEach((one, index) => {
      const opinion = card.model[index];
      one.node.classList.toggle("absent", !opinion);
      if (!opinion) return;
      one.chip.show(classOf(classes, opinion.class));
      one.fill.style.transform = `scaleX(${opinion.p})`;
      one.fill.style.background = classOf(classes, opinion.class).colour;
      setText(one.number, fraction(opinion.p));
    });
  }

  /* A chance is a range on the bar; the score that orders the queue stands beside it. */
  showChance(chance) {
    const { score } = this.card;
    const [low, high] = chance ? [chance.low, chance.high] : [0, score];
    setText(this.measured, chance ? "likely wrong" : "suspicion");
    setText(this.score, chance ? chanceWords(chance) : fraction(score));
    setText(this.besides, chance ? `suspicion ${fraction(score)}` : "");
    this.measure.title = chance ? `${chanceSentence(chance)} The suspicion orders the queue.` : "";
    this.scoreBar.style.transform = `translateX(${100 * low}%) scaleX(${high - low})`;
  }

  showSquares(agree, of) {
    while (this.squares.childElementCount > of) this.squares.lastChild.remove();
    while (this.squares.childElementCount < of) this.squares.append(el("i"));
    [...this.squares.children].forEach((square, index) => square.classList.toggle("full", index < agree));
  }

  showNeighbour(one, neighbour, card, classes) {
    one.value = neighbour ?? null;
    one.node.classList.toggle("absent", !neighbour);
    if (!neighbour) return;
    const entry = classOf(classes, neighbour.label);
    one.chip.show(entry);
    one.node.setAttribute("aria-label", `look at neighbour ${neighbour.id}, labelled ${entry.name}`);
    one.node.classList.toggle("wordy", card.kind !== "picture");
  }

  /* Neighbours that are here are shown at once; others are asked for once the sample stays on screen, so that going
     fast through the queue does not crowd out the samples and the decisions. */
  showPictures(card) {
    this.rest();
    if (card.kind !== "picture") return;
    const missing = [];
    this.neighbours.forEach((one) => {
      if (!one.value) return;
      const url = pictureAddress(this.study, one.value.row, "thumb");
      if (this.pictures.has(url)) setAddress(one.image, url);
      else if (one.image.getAttribute("src") !== url) missing.push([one, url]);
    });
    for (const [one] of missing) one.image.removeAttribute("src");
    if (missing.length > 0) this.timer = setTimeout(() => missing.forEach(([one, url]) => setAddress(one.image, url)), NEIGHBOURS_AFTER);
  }

  rest() {
    clearTimeout(this.timer);
  }
}
