/* Explain one sample: what each witness says, whose labels are heard and what a correction there would change, what was decided
   about samples like it. It is asked for when it is opened, never before. */

import { chanceSentence } from "./chances.js";
import { button, el, setText } from "./elements.js";
import { setAddress, thumbnail } from "./pictures.js";
import { address, getJson, pictureAddress } from "./server.js";
import { classChip } from "./class_chip.js";
import { classOf, count, fraction, localTime, shortForm, verdictWords } from "./words.js";

const LISTED_FIRST = 5;
const NOTICED = 0.005;

export class Why {
  /* `onOpen(one)`: another sample, with `row`, `id` and `label`, is to be looked at. */
  constructor({ study, onOpen }) {
    this.study = study;
    this.onOpen = onOpen;
    this.title = el("h2", { id: "why-title", text: "Why" });
    this.body = el("div", { class: "why-body" });
    this.node = el("dialog", { class: "why", "aria-labelledby": "why-title" },
      el("div", { class: "why-head" }, this.title, button({ class: "key-button", on: { click: () => this.close() } }, el("kbd", { text: "Esc" }), el("span", { text: "close" }))),
      this.body);
    this.node.addEventListener("click", (event) => { if (event.target === this.node) this.close(); });
    // Told a moment later: by then it may have been opened again, for a question that is still wanted.
    this.node.addEventListener("close", () => { if (!this.node.open) this.abort?.abort(); });
  }

  get isOpen() {
    return this.node.open;
  }

  /* `chance`: how likely the label is wrong, or null. */
  open(card, classes, chance) {
    setText(this.title, `Why #${card.id}`);
    this.showWords("One moment …");
    if (!this.node.open) this.node.showModal();
    return this.load(card, classes, chance);
  }

  close() {
    this.node.close();
  }

  async load(card, classes, chance) {
    this.abort?.abort();
    const abort = (this.abort = new AbortController());
    this.node.setAttribute("aria-busy", "true");
    try {
      const why = await getJson(address(this.study, `why/${card.row}`), { signal: abort.signal });
      if (!abort.signal.aborted) this.show(why, classes, chance);
    } catch (reason) {
      if (abort.signal.aborted) return;
      console.warn("margin: this sample is not explained.", reason);
      this.showWords("The server does not answer.", button({ class: "key-button", text: "try again", on: { click: () => this.load(card, classes, chance) } }));
    }
    this.node.setAttribute("aria-busy", "false");
  }

  showWords(words, ...more) {
    this.body.replaceChildren(el("p", { role: "status", text: words }), ...more);
  }

  show(why, classes, chance) {
    this.classes = classes;
    this.node.dataset.row = why.row;
    this.body.replaceChildren(this.summary(why, chance), this.witnesses(why), this.neighbours(why), this.past(why));
  }

  name(label) {
    return classOf(this.classes, label).name;
  }

  chip(label, size = "small") {
    const chip = classChip(size);
    chip.show(classOf(this.classes, label));
    return chip.node;
  }

  /* ----- the score ----- */

  summary(why, chance) {
    const words = el("div", { class: "why-summary" }, el("p", { text: this.verdict(why) }));
    const sum = sumOf(why);
    if (sum) words.append(el("p", { class: "quiet sum", text: sum }));
    for (const remark of this.remarks(why, chance)) words.append(el("p", { class: "quiet", text: remark }));
    return words;
  }

  verdict(why) {
    if (why.isolated) return "This sample has no usable features, so nobody can be compared with it and its label is not scored.";
    if (why.rival < 0) return "There is no other class that it could be.";
    const rival = `“${this.name(why.rival)}” ${fraction(why.pooled[why.classes.indexOf(why.rival)])}`;
    if (why.label < 0) return `It has no label. Together, the witnesses give ${rival}.`;
    const own = `“${this.name(why.label)}” ${fraction(why.pooled[why.classes.indexOf(why.label)])}`;
    return `Suspicion ${fraction(why.score)}: together, the witnesses give ${rival} and ${own}${this.habit(why)}.`;
  }

  /* How often the one class is taken for the other, where it makes a difference. */
  habit(why) {
    if (Math.abs(why.factor - 1) < 0.05) return "";
    return `; “${this.name(why.rival)}” is taken for “${this.name(why.label)}” ${why.factor.toFixed(1)} times as often as one class is for another on average`;
  }

  remarks(why, chance) {
    const found = [];
    if (why.label !== why.given) {
      const now = why.label < 0 ? "It has no say now" : `It is labelled ${this.name(why.label)} now`;
      found.push(`${now}; it was given ${this.name(why.given)}.`);
    }
    if (chance) found.push(chanceSentence(chance));
    if (!why.ranksTheQueue) found.push("The queue is ranked by another score, which you chose; these witnesses make the suggestion.");
    return found;
  }

  /* ----- the witnesses ----- */

  witnesses(why) {
    const head = el("tr", {}, el("th", { scope: "col", text: "witness" }), el("th", { scope: "col", class: "number", text: "weight" }),
      ...why.classes.map((label) => el("th", { scope: "col" }, this.chip(label))));
    const rows = why.witnesses.map((one) => this.witness(why, one.words, one.weight > 0 ? percent(one.share) : "not heard", one.p,
      one.weight > 0 ? `exponent ${one.weight.toFixed(2)}` : "It may have been trained on this very label.", one.weight > 0 ? "" : "unheard"));
    rows.push(this.witness(why, "together", "", why.pooled, "the product of all, each raised to its exponent", "together"));
    return el("section", {}, el("h3", { text: "What each witness says" }),
      el("table", { class: "witnesses" }, el("thead", {}, head), el("tbody", {}, ...rows)));
  }

  witness(why, words, weight, p, title, name) {
    return el("tr", { class: name }, el("th", { scope: "row", title: words }, el("span", { class: "lines", text: words })), el("td", { class: "number", title, text: weight }),
      ...p.map((part, place) => el("td", {}, this.bar(part, classOf(this.classes, why.classes[place]).colour), el("span", { class: "number", text: fraction(part) }))));
  }

  bar(part, colour) {
    const fill = el("span", { class: "fill", style: { transform: `scaleX(${part})` } });
    if (colour) fill.style.background = colour;
    return el("span", { class: "track", "aria-hidden": "true" }, fill);
  }

  /* ----- the neighbours ----- */

  neighbours(why) {
    const section = el("section", {}, el("h3", { text: "Neighbours that are heard" }));
    if (why.neighbours.length === 0) {
      section.append(el("p", { class: "quiet", text: "None: no neighbour has a label." }));
      return section;
    }
    section.append(el("p", { class: "quiet", text: this.hearing(why) }));
    const rows = why.neighbours.map((one) => this.neighbour(why, one));
    rows.slice(LISTED_FIRST).forEach((row) => { row.hidden = true; });
    section.append(el("table", { class: "voices" },
      el("thead", {}, el("tr", {}, ...["sample", "label", "weight", "if it were fixed"].map((words) => el("th", { scope: "col", text: words })))),
      el("tbody", {}, ...rows)));
    if (rows.length > LISTED_FIRST) section.append(this.more(rows, why));
    return section;
  }

  hearing(why) {
    const share = why.label < 0 ? "" : ` ${percent(why.agreeing)} of the weight carries its own label.`;
    const who = `${count(why.heard)} ${why.heard === 1 ? "neighbour is" : "neighbours are"} heard; near ones weigh more.${share}`;
    if (why.fixable === 0) return who;
    const looks = why.fixable === 1 ? "One of them looks wrong itself" : `${count(why.fixable)} of them look wrong themselves`;
    const all = why.fixable === 1 ? "if it were fixed" : "if all were fixed";
    return `${who} ${looks}; ${all}: ${arrow(why.score, why.allFixed)}.`;
  }

  neighbour(why, one) {
    const { name } = classOf(this.classes, one.label);
    return el("tr", {},
      el("td", {}, this.sample(one, `look at neighbour ${one.id}, labelled ${name}`, () => this.onOpen(one))),
      el("td", {}, this.chip(one.label), one.settled ? el("span", { class: "quiet", text: "reviewed" }) : null),
      el("td", { class: "weight" }, this.bar(one.share / why.neighbours[0].share), el("span", { class: "number", text: percent(one.share) })),
      el("td", { class: "fix" }, ...this.fix(why, one)));
  }

  fix(why, one) {
    if (one.fix === null) return [];
    return [el("span", { text: `${this.name(one.fix)} instead of ${this.name(one.label)}: ` }),
      el("strong", { class: Math.abs(one.fixed - why.score) < NOTICED ? "same" : "", text: arrow(why.score, one.fixed) })];
  }

  more(rows, why) {
    const rest = rows.length - LISTED_FIRST;
    const beyond = why.heard - rows.length;
    const words = beyond > 0 ? `show ${rest} more (another ${count(beyond)} with ${percent(why.unlisted)} of the weight are not listed)` : `show ${rest} more`;
    const node = button({ class: "link", text: words, on: { click: () => {
      rows.forEach((row) => { row.hidden = false; });
      rows[LISTED_FIRST].querySelector("button").focus();
      node.remove();
    } } });
    return node;
  }

  /* A sample as it is known at a glance; pressed, it is looked at. */
  sample(one, words, run) {
    const image = one.kind === "picture" ? thumbnail() : null;
    if (image) setAddress(image, pictureAddress(this.study, one.row, "thumb"));
    return button({ class: "one-sample", "aria-label": words, title: words, on: { click: () => { this.close(); run(); } } },
      image, el("span", { class: "short", text: image ? `#${one.id}` : shortForm(one) || `#${one.id}` }));
  }

  /* ----- past decisions ----- */

  past(why) {
    const section = el("section", {}, el("h3", { text: "Decided before" }));
    const words = [this.similar(why.similar), this.alike(why)].filter(Boolean);
    if (words.length === 0) words.push("Nobody has decided on a sample like this one yet.");
    section.append(el("p", { text: words.join(" ") }));
    if (why.similar.length > 0) section.append(el("ul", { class: "past" }, ...why.similar.map((one) => el("li", {}, this.decided(one)))));
    return section;
  }

  similar(decided) {
    if (decided.length === 0) return "";
    const outcomes = new Map();
    for (const one of decided) {
      const words = verdictWords(this.classes, one);
      outcomes.set(words, (outcomes.get(words) ?? 0) + 1);
    }
    const [[words, number]] = [...outcomes].sort((a, b) => b[1] - a[1]);
    if (decided.length === 1) return `One similar sample was ${words}.`;
    return `${number} of ${decided.length} similar samples ${number === 1 ? "was" : "were"} ${words}.`;
  }

  alike({ pair, given }) {
    if (!pair || pair.decided === 0) return "";
    const who = `given ${this.name(given)} that ${pair.decided === 1 ? "looks" : "look"} like ${this.name(pair.suggested)}`;
    const what = `${count(pair.relabelled)} relabelled so, ${count(pair.kept)} kept`;
    return `In the whole study, ${count(pair.decided)} decided ${pair.decided === 1 ? "sample" : "samples"} ${who}: ${what}.`;
  }

  decided(one) {
    const words = verdictWords(this.classes, one);
    const node = this.sample(one, `look at ${one.id}, ${words} by ${one.reviewer || "somebody"}, ${localTime(one.at)}`,
      () => this.onOpen({ ...one, label: one.label ?? one.given }));
    node.append(el("span", { class: "what", text: one.verdict === "keep" ? `kept ${this.name(one.given)}` : one.verdict === "relabel" ? `→ ${this.name(one.label)}` : words }),
      el("span", { class: "quiet", text: `${one.reviewer || "somebody"}, ${localTime(one.at)}` }));
    return node;
  }
}

/* The sum that the score is, with its numbers. */
function sumOf(why) {
  if (why.label < 0 || why.rival < 0 || why.isolated) return "";
  const [rival, own] = [why.rival, why.label].map((label) => fraction(why.pooled[why.classes.indexOf(label)]));
  const times = Math.abs(why.factor - 1) < NOTICED ? rival : `${rival} × ${why.factor.toFixed(2)}`;
  return `${times} / (${times} + ${own}) = ${fraction(why.score)}`;
}

function arrow(before, after) {
  return Math.abs(before - after) < NOTICED ? `stays ${fraction(before)}` : `${fraction(before)} → ${fraction(after)}`;
}

function percent(part) {
  return part > 0 && part < 0.005 ? "< 1 %" : `${Math.round(100 * part)} %`;
}
