// @ts-check
/* The parts of a sample, and how far the class falls without one of them: outlines over a picture, or its words or columns. */

/** @import { SaliencyAnswer, SaliencyData } from "../../payloads.d.ts" */
/** @import { HeatmapGrid } from "./heatmap_grid.js" */
/** @import { ByteCache } from "./polling.js" */

import { el, keyButton, setText } from "../../shared/browser/elements.js";
import { messageOf } from "../../shared/browser/server.js";
import { layoutOf } from "./weights.js";
import { dropWords, partName } from "./words.js";

/* A largest effect below this (on the root of the probability) is nothing that a heatmap could be drawn from. */
const MIN_EFFECT = 0.005;

/* What a part of a sample is called. */
export const PART = { picture: "part", text: "word", values: "column" };

export class Parts {
  /** @type {SaliencyAnswer | null} */
  answer = null;
  /** @type {number | null} the part that is marked */
  chosen = null;
  isOutlined = false;
  /** What the outlines on screen were drawn for. */
  drawn = "";
  button = keyButton("O", "Outlines", () => this.toggle(), { "aria-pressed": "false", title: "the parts, and the effect of hiding each of them" });
  words = el("p", { class: "parts-words", "aria-live": "polite", hidden: true });

  /**
   * @param {object} options
   * @param {SaliencyData["kind"]} options.kind
   * @param {ByteCache} options.cache
   * @param {HeatmapGrid} options.grid
   * @param {(number: number | null) => string} options.nameOf a class by its number
   * @param {() => void} options.onToggle the outlines are wanted, or wanted no more
   * @param {(words: string) => void} options.onTrouble
   */
  constructor({ kind, cache, grid, nameOf, onToggle, onTrouble }) {
    this.kind = kind;
    this.cache = cache;
    this.grid = grid;
    this.nameOf = nameOf;
    this.onToggle = onToggle;
    this.onTrouble = onTrouble;
  }

  /** @param {SaliencyAnswer} answer */
  show(answer) {
    this.answer = answer;
    return this.kind === "picture" ? this.showOutlines(answer) : this.showPlaces(answer);
  }

  /** @param {SaliencyAnswer} answer */
  async showOutlines(answer) {
    const parts = layoutOf(answer.parts);
    this.words.hidden = !this.isOutlined;
    const all = this.grid.all();
    if (!this.isOutlined || !parts) {
      for (const tile of all) tile.hideOutline();
      setText(this.words, this.isOutlined ? (answer.isDone ? "The parts of this sample could not be hidden one by one." : "Hiding one part after another …") : "");
      return;
    }
    try {
      const layout = new Uint16Array(await this.cache.bytes("parts", parts.key));
      if (this.answer !== answer || !this.isOutlined) return;
      const name = `${parts.key} ${this.chosen} ${[...this.grid.tiles.keys()].join()}`;
      if (this.drawn !== name) for (const tile of all) tile.outline(parts, layout, this.chosen);
      this.drawn = name;
      this.showWords(answer);
    } catch (reason) {
      this.onTrouble(`The outlines did not come (${messageOf(reason)}).`);
    }
  }

  /**
   * Words and columns need no outlines.
   * @param {SaliencyAnswer} answer
   */
  showPlaces(answer) {
    this.words.hidden = !answer.parts;
    for (const tile of this.grid.tiles.values()) tile.places.choose(this.chosen);
    if (answer.parts) this.showWords(answer);
  }

  /** @param {SaliencyAnswer} answer */
  showWords({ parts, tiles, target, against, content }) {
    if (!parts) return;
    const size = parts.drops[0].length;
    if (this.chosen === null || this.chosen >= size) {
      const isNoise = tiles.some((tile) => (tile.heatmaps[0]?.most ?? 1) < MIN_EFFECT);
      const noise = isNoise ? `Hardly any part supports ${this.nameOf(target)}: whatever is hidden, its probability hardly falls. ` : "";
      setText(this.words, `${noise}Click a ${PART[this.kind]} to see how far the class falls without it; the keys . and , go through them.`);
      return;
    }
    setText(this.words, dropWords(this.chosen, parts, partName(this.chosen, content, size), [this.nameOf(target), this.nameOf(against)]));
  }

  /* Of another sample or class nothing is marked. */
  forget() {
    this.chosen = null;
  }

  /** @param {number | null} part */
  choose(part) {
    if (part === null || !this.answer?.parts) return;
    this.chosen = this.chosen === part ? null : part;
    this.redraw();
  }

  /** @param {number} by */
  step(by) {
    const { answer } = this;
    const isPicture = this.kind === "picture";
    if ((isPicture && !this.isOutlined) || !answer?.parts) return;
    const [tile] = this.grid.tiles.values();
    const shown = isPicture ? answer.parts.drops[0].map((_, part) => part) : (tile?.places.order ?? []);
    if (shown.length === 0) return;
    const at = this.chosen === null ? -1 : shown.indexOf(this.chosen);
    this.chosen = shown[at < 0 ? 0 : (at + by + shown.length) % shown.length];
    this.redraw();
  }

  toggle() {
    this.isOutlined = !this.isOutlined;
    this.button.setAttribute("aria-pressed", String(this.isOutlined));
    this.redraw();
    this.onToggle();
  }

  redraw() {
    this.drawn = "";
    if (this.answer) this.show(this.answer);
  }
}
