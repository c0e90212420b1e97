// @ts-check
/* A picture before and after an attack, and the difference: one pair at a time, stepped through by key. */

/** @import { AttackedPair, AttackedPairs, AttackedPairsData, AttackedPairsStates } from "../../payloads.d.ts" */
/** @import { Component, Send } from "../../shared/browser/mount.js" */

import { classChip } from "../../shared/browser/class_chip.js";
import { el, keyButton, setText, unreachableNotice } from "../../shared/browser/elements.js";
import { nextPlace, routeKeys } from "../../shared/browser/keyboard.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { isPixelArt } from "../../shared/browser/pictures.js";
import { address, getJson, Refusal } from "../../shared/browser/server.js";
import { classOf } from "../../shared/browser/words.js";
import { changeWords, positionWords, probabilityWords, savedWords, scoreWords } from "./words.js";

/** @typedef {"before" | "after" | "difference"} Part */

const ORDERS = [["likely", "Looks most attacked first"], ["unlikely", "Looks least attacked first"], ["small", "Smallest change first"]];

/** Milliseconds in which a result that is stored is loaded. */
const LOADING = 2000;
const MAX_REMINDERS = 10;

class PairsView {
  /** @type {Send<AttackedPairsStates>} */
  send = () => {};
  /** @type {AttackedPair[]} */
  pairs = [];
  total = 0;
  at = 0;
  asked = "";
  reminders = 0;
  abort = new AbortController();

  previous = keyButton("←", "Previous", () => this.go(this.at - 1));
  next = keyButton("→", "Next", () => this.go(this.at + 1));
  open = keyButton("S", "Show sample", () => this.pick());
  position = el("span", { class: "position", role: "status" });
  order = el("select", { "aria-label": "order of the pairs", on: { change: () => this.fetch() } }, ...ORDERS.map(([value, text]) => el("option", { value, text })));
  before = tile("Clean", () => this.lost());
  after = tile("Attacked", () => this.lost());
  difference = tile("Difference × 16", () => this.lost());
  change = el("span", {});
  saved = el("span", {});
  score = el("span", {});
  node = el("section", { class: "margin attacked-pairs", "aria-label": "pairs of a clean and an attacked picture", "data-state": "loading" },
    el("div", { class: "steps" }, this.previous, this.next, this.position, this.order, this.open),
    el("div", { class: "tiles" }, this.before.node, this.after.node, this.difference.node),
    el("p", { class: "facts quiet" }, this.score, this.saved),
    el("p", { class: "quiet loading", text: "Loading" }),
    unreachableNotice(() => this.again()));

  /** @param {AttackedPairsData} data */
  constructor(data) {
    this.data = data;
    this.difference.chip.node.hidden = true;
    this.difference.under.append(this.change);
    this.release = routeKeys(this.node, (key) => this.onKey(key));
  }

  /** @param {AttackedPairsData} data */
  update(data) {
    this.data = data;
    // A rerun after the server was away finds it again.
    if (this.path() !== this.asked || this.node.dataset.state === "unreachable") this.fetch();
  }

  destroy() {
    this.release();
    this.abort.abort();
  }

  path() {
    return `attack/${this.data.attack}/pairs?score=${this.data.score}&order=${this.order.value}`;
  }

  async fetch() {
    this.abort.abort();
    const { signal } = (this.abort = new AbortController());
    const at = this.path() === this.asked ? this.at : 0;
    this.asked = this.path();
    this.node.dataset.state = "loading";
    try {
      const { pairs, total } = /** @type {AttackedPairs} */ (await getJson(address(this.data.study, this.asked), { signal }));
      [this.pairs, this.total] = [pairs, total];
      this.node.dataset.state = "ready";
      this.reminders = 0;
      this.go(at);
    } catch (error) {
      if (signal.aborted) return;
      this.node.dataset.state = "unreachable";
      if (error instanceof Refusal && error.status === 404) this.remind();
    }
  }

  again() {
    this.reminders = 0;
    this.fetch();
  }

  /** A server that has begun anew loads the result when the page is run again, and then has its pairs. */
  remind() {
    if (this.reminders === MAX_REMINDERS) return;
    if (!this.reminders) this.send("forgotten", { attack: this.data.attack });
    this.reminders += 1;
    setTimeout(() => this.fetch(), LOADING);
  }

  /** A picture did not come; none is shown broken, beside the words of another. */
  lost() {
    this.node.dataset.state = "unreachable";
  }

  /** @param {string} key */
  onKey(key) {
    if (this.node.dataset.state !== "ready") return false;
    if (key === "s") {
      this.pick();
      return true;
    }
    const place = nextPlace(key, this.at, this.pairs.length);
    if (place === null) return false;
    this.go(place);
    return true;
  }

  /** @param {number} place */
  go(place) {
    this.at = Math.max(0, Math.min(this.pairs.length - 1, place));
    const pair = this.pairs[this.at];
    if (!pair) return;
    this.show(pair);
    for (const other of [this.pairs[this.at + 1], this.pairs[this.at - 1]]) {
      if (other) for (const part of /** @type {const} */ (["before", "after", "difference"])) new Image().src = this.picture(other, part);
    }
  }

  /** @param {AttackedPair} pair */
  show(pair) {
    const { classes, scoreTitle } = this.data;
    this.previous.disabled = this.at === 0;
    this.next.disabled = this.at === this.pairs.length - 1;
    const [before, after] = [classOf(classes, pair.before), classOf(classes, pair.after)];
    this.before.show(this.picture(pair, "before"), `sample ${pair.id} before the attack, predicted ${before.name}`);
    this.after.show(this.picture(pair, "after"), `the same after the attack, predicted ${after.name}`);
    this.difference.show(this.picture(pair, "difference"), "the difference, 16 times, around gray");
    this.before.chip.show(before);
    this.after.chip.show(after);
    setText(this.before.number, probabilityWords(pair.pBefore));
    setText(this.after.number, probabilityWords(pair.pAfter));
    setText(this.change, changeWords(pair));
    setText(this.saved, savedWords(pair));
    setText(this.score, scoreWords(pair, scoreTitle));
    setText(this.position, positionWords(this.at, this.pairs.length, this.total));
    this.node.dataset.place = String(pair.place);
  }

  /**
   * @param {AttackedPair} pair
   * @param {Part} part
   */
  picture(pair, part) {
    return address(this.data.study, `attack/${this.data.attack}/${pair.place}/${part}`);
  }

  pick() {
    const pair = this.pairs[this.at];
    if (pair) this.send("picked", { row: pair.row });
  }
}

/**
 * @param {string} title
 * @param {() => void} onLost when its picture does not come
 */
function tile(title, onLost) {
  const image = el("img", { alt: "", draggable: "false", on: { error: onLost, load: () => image.classList.toggle("pixelated", isPixelArt({ width: image.naturalWidth, height: image.naturalHeight })) } });
  const chip = classChip();
  const number = el("span", { class: "number" });
  const under = el("figcaption", {}, chip.node, number);
  return {
    chip,
    number,
    under,
    node: el("figure", { class: "tile" }, el("span", { class: "title", text: title }), el("span", { class: "frame" }, el("span", { class: "stage" }, image)), under),
    /**
     * @param {string} source
     * @param {string} words
     */
    show(source, words) {
      image.src = source;
      image.alt = words;
    },
  };
}

/** @param {Component<AttackedPairsData>} component */
export default (component) => mountOnce(component, (data) => new PairsView(data));
