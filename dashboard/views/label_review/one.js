/* One sample: large, with what speaks for and against its label, and the keys below. */

import { button, el, keyButton, setText } from "../../shared/browser/elements.js";
import { Evidence } from "../../shared/browser/evidence.js";
import { Subject } from "../../shared/browser/pictures.js";
import { classChip } from "../../shared/browser/class_chip.js";
import { classOf, verdictWords } from "../../shared/browser/words.js";
import { SmallMap } from "./small_map.js";
import { Zoom } from "./zoom.js";

const MARK_TIME = 900;
const SMALL_MAP = 320;
const LARGE_MAP = 960;

export class OneByOne {
  /* `kind` is what the samples are made of: picture, values, text, or none: then the map says most and takes their place.
     From `threshold` on a sample is suspect.
     `act` names what a key or button does: keep, relabel, relabelTo(label), skip, exclude, note, why, type, step(by), undo(row), back,
     map, neighbour(one). */
  constructor({ study, kind, threshold, pictures, act }) {
    this.kind = kind;
    this.threshold = threshold;
    this.act = act;
    this.neighbour = null;
    this.subject = new Subject(study, pictures);
    this.frame = this.subject.node;
    this.markNode = el("span", { class: "mark", "aria-hidden": "true" });
    this.zoom = kind === "picture" ? new Zoom(this.frame, this.subject.stage) : null;
    this.id = el("span", { class: "caption-id" });
    this.besides = el("span", { class: "quiet" });
    this.banner = el("span", { class: "banner quiet" });
    this.noteText = el("p", { class: "note-text quiet" });
    this.evidence = new Evidence({ study, pictures, onNeighbor: (one) => act.neighbour(one) });
    this.smallMap = new SmallMap(study, kind === "none" ? LARGE_MAP : SMALL_MAP, () => act.map());
    const isSeen = kind !== "none";
    if (isSeen) this.evidence.model.after(this.smallMap.node);
    const place = isSeen ? this.frame : this.smallMap.node;
    place.append(this.markNode);
    this.node = el("div", { class: `one of-${kind}` },
      el("div", { class: "left" }, place, this.buildCaption(), this.noteText),
      this.evidence.node,
      this.buildKeys());
  }

  /* ----- the sample ----- */

  show(card, { classes, made, isLookedAt, note, chance }) {
    if (this.card?.row !== card.row || this.neighbour) this.showSubject(card, classes);
    this.card = card;
    this.evidence.show(card, classes, chance);
    this.smallMap.ring(card, classes);
    this.showButtons(card, classes);
    this.showBanner(card, classes, made, isLookedAt);
    setText(this.noteText, note ? `note: ${note}` : "");
  }

  showSubject(card, classes) {
    this.neighbour = null;
    this.subject.show(card, `sample ${card.id}, given ${classOf(classes, card.given).name}`);
    setText(this.id, `#${card.id}`);
    setText(this.besides, "");
    this.frame.classList.remove("visiting");
    this.zoom?.reset();
  }

  /* `card` is what the neighbour is made of; a picture needs no more than its row. */
  showNeighbour(neighbour, card, classes) {
    this.neighbour = neighbour;
    const { name } = classOf(classes, neighbour.label);
    this.subject.show(card, `neighbour ${neighbour.id}, labelled ${name}`);
    setText(this.id, `neighbour #${neighbour.id}`);
    setText(this.besides, `labelled ${name}`);
    this.frame.classList.add("visiting");
    this.zoom?.reset();
    if (this.kind === "none") this.smallMap.ring(card, classes);
    this.banner.replaceChildren(el("span", { text: "a neighbour of the sample" }),
      button({ class: "link", text: "back (Esc)", on: { click: () => this.act.back() } }));
  }

  /* After the server was away: pictures it did not give then. */
  fetchMissing() {
    if (this.subject.waits) this.subject.again();
    if (this.card) this.evidence.showPictures(this.card);
  }

  forget() {
    this.card = null;
    this.neighbour = null;
  }

  showBanner(card, classes, made, isLookedAt) {
    this.banner.replaceChildren();
    if (!isLookedAt) return;
    this.banner.append(el("span", { text: made ? `${verdictWords(classes, made)}: decide again, or` : "not decided" }));
    if (made) this.banner.append(button({ class: "link", text: "undo this one (U)", on: { click: () => this.act.undo(card.row) } }));
    this.banner.append(button({ class: "link", text: "back (Esc)", on: { click: () => this.act.back() } }));
  }

  /* A short word on the picture's edge: what the last key did. */
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

  /* Enter takes the suggestion for a suspect or a sample without a label. For a label that does not look wrong it does nothing: who
     decides there shall look, and neither answer is the easy one. The buttons keep their places, so that nothing but what is
     known of the sample sets one card apart from another. */
  showButtons(card, classes) {
    const suggested = classOf(classes, card.suggested);
    const settled = card.suggested === card.given || card.suggested < 0;
    const words = `${card.given < 0 ? "label as" : "relabel to"} ${suggested.name}`;
    setText(this.relabel.querySelector(".words"), settled ? "no other class is likelier" : words);
    this.relabel.title = settled ? "It looks like its given label" : words;
    this.relabel.disabled = settled;
    this.takesEnter = !settled && (card.given < 0 || card.score >= this.threshold);
    this.relabel.classList.toggle("next", this.takesEnter);
    setText(this.relabel.firstChild, this.takesEnter ? "Enter" : "R");
    setText(this.keep.querySelector(".words"), card.given < 0 ? "keep without a label" : `keep ${classOf(classes, card.given).name}`);
    for (const one of this.classButtons) {
      one.node.classList.toggle("is-given", one.label === card.given);
      one.node.classList.toggle("is-suggested", one.label === card.suggested && !settled);
    }
  }

  showSteps(isFirst, isLast) {
    this.previous.disabled = isFirst;
    this.next.disabled = isLast;
  }

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

  classButton(entry, label) {
    const chip = classChip();
    chip.show(entry);
    const node = button({ class: "key-button class-key", "aria-label": `relabel to ${entry.name}`, "aria-keyshortcuts": entry.key, on: { click: () => this.act.relabelTo(label) } },
      el("kbd", { text: entry.key, "aria-hidden": "true" }), chip.node);
    node.classList.toggle("same-name", entry.name === entry.key);
    return node;
  }

  /* ----- elements ----- */

  buildCaption() {
    const saw = keyButton("V", "model saw", () => this.act.see(), { class: "key-button plain", title: "what the model saw in this sample" });
    if (this.kind !== "picture") return el("div", { class: "caption" }, this.id, this.besides, this.banner, saw);
    const zoom = keyButton("Z", "zoom", () => this.zoom.next(), { class: "key-button plain" });
    this.zoom.onChange = (scale) => setText(zoom.querySelector(".words"), scale === 1 ? "zoom" : `${scale.toFixed(scale % 1 ? 1 : 0)} ×`);
    return el("div", { class: "caption" }, this.id, this.besides, this.banner, saw, zoom);
  }

  buildKeys() {
    const { act } = this;
    this.keep = keyButton("K", "keep", () => act.keep());
    this.relabel = keyButton("R", "relabel", () => act.relabel());
    this.previous = keyButton("←", "", () => act.step(-1), { class: "key-button step", "aria-label": "previous", title: "previous" });
    this.next = keyButton("→", "", () => act.step(1), { class: "key-button step", "aria-label": "next", title: "next" });
    this.classRow = el("div", { class: "class-keys", role: "group", "aria-label": "other classes" });
    this.row = el("div", { class: "row" }, this.relabel, this.keep,
      keyButton("S", "skip", () => act.skip()), keyButton("X", "exclude", () => act.exclude()), keyButton("N", "note", () => act.note()),
      keyButton("W", "why", () => act.why(), { title: "why: who is heard, what a correction would change, past decisions" }),
      keyButton("/", "type a class", () => act.type(), { class: "key-button type", "aria-label": "type a class", title: "type a class" }),
      el("span", { class: "gap" }), this.previous, this.next);
    this.keys = el("footer", { class: "keys" }, this.row, this.classRow);
    return this.keys;
  }
}
