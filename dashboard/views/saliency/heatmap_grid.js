// @ts-check
/* The sample and one heatmap of it by each method, side by side, in one scale of colors. */

/** @import { SaliencyAnswer, SaliencyData } from "../../payloads.d.ts" */
/** @import { ByteCache } from "./polling.js" */
/** @import { Palettes } from "./tile.js" */

import { el, setText } from "../../shared/browser/elements.js";
import { messageOf, pictureAddress } from "../../shared/browser/server.js";
import { Tile } from "./tile.js";

export class HeatmapGrid {
  /** @type {Map<string, Tile>} by method */
  tiles = new Map();
  low = el("span", {});
  high = el("span", {});
  about = el("span", { class: "quiet about" });

  /**
   * @param {object} options
   * @param {SaliencyData} options.data
   * @param {ByteCache} options.cache
   * @param {Palettes} options.palettes
   * @param {(number: number | null) => string} options.nameOf a class by its number
   * @param {(part: number | null) => void} options.onPart
   * @param {(words: string) => void} options.onTrouble
   */
  constructor({ data, cache, palettes, nameOf, onPart, onTrouble }) {
    this.study = data.study;
    this.isPicture = data.kind === "picture";
    this.cache = cache;
    this.palettes = palettes;
    this.nameOf = nameOf;
    this.onPart = onPart;
    this.onTrouble = onTrouble;
    this.sample = new Tile({ cache, onPart });
    this.node = el("div", { class: "tiles" }, this.sample.node);
    this.gradient = el("i", { class: "gradient", "aria-hidden": "true", style: { "--score": `linear-gradient(to right, ${stopsOf(data.palette)})`, "--signed": `linear-gradient(to right, ${data.signedPalette[0]}, ${data.signedPalette[125]}, ${data.signedPalette.at(-1)})` } });
    this.scale = el("div", { class: "scale quiet" }, this.low, this.gradient, this.high);
  }

  /** @returns {Tile[]} the sample and its heatmaps */
  all() {
    return [this.sample, ...this.tiles.values()];
  }

  /**
   * @param {SaliencyAnswer} answer
   * @param {SaliencyData["available"]} methods
   */
  show(answer, methods) {
    this.showSample(answer);
    this.showTiles(answer, methods);
    this.showScale(answer);
  }

  /** @param {SaliencyAnswer} answer */
  showSample(answer) {
    this.sample.node.hidden = !this.isPicture;
    if (!this.isPicture) return;
    this.sample.picture(pictureAddress(this.study, answer.row, "full"));
    this.sample.plain(`sample ${answer.id}`, "the sample");
  }

  /**
   * @param {SaliencyAnswer} answer
   * @param {SaliencyData["available"]} methods
   */
  showTiles(answer, methods) {
    const shown = answer.tiles.map((one) => one.method);
    for (const [name, tile] of this.tiles) if (!shown.includes(name)) { tile.node.remove(); this.tiles.delete(name); }
    answer.tiles.forEach((one, place) => {
      const tile = this.tileOf(one.method);
      if (this.node.children[place + 1] !== tile.node) this.node.insertBefore(tile.node, this.node.children[place + 1] ?? null);
      if (this.isPicture) tile.picture(pictureAddress(this.study, answer.row, "full"));
      const method = methods.find((known) => known.name === one.method);
      if (!method) return;
      tile.show(one, method, this.palettes, `${method.title}: ${this.question(answer)}`, answer.content).catch((reason) => this.onTrouble(`A heatmap could not be loaded (${messageOf(reason)}).`));
    });
    this.node.style.setProperty("--tiles", String(answer.tiles.length + (this.isPicture ? 1 : 0)));
  }

  /** @param {SaliencyAnswer} answer */
  showScale({ target, against }) {
    const isDifference = against !== null;
    this.gradient.classList.toggle("signed", isDifference);
    setText(this.low, isDifference ? `for ${this.nameOf(against)}` : "0");
    setText(this.high, isDifference ? `for ${this.nameOf(target)}` : "most important");
    setText(this.about, isDifference ? `Orange supports ${this.nameOf(target)}, blue supports ${this.nameOf(against)}; each heatmap on the scale of its own maximum.`
      : "Each heatmap on the scale of its own maximum.");
  }

  /**
   * What the heatmaps answer.
   * @param {Pick<SaliencyAnswer, "target" | "against">} asked
   */
  question({ target, against }) {
    return `why ${this.nameOf(target)}${against === null ? "" : ` and not ${this.nameOf(against)}`}`;
  }

  /** @param {string} method */
  tileOf(method) {
    const tile = this.tiles.get(method) ?? new Tile({ cache: this.cache, onPart: this.onPart });
    this.tiles.set(method, tile);
    return tile;
  }
}

/**
 * @param {readonly string[]} colors
 */
function stopsOf(colors) {
  return [0, 50, 100, 150, 200, 250].map((at) => colors[Math.min(at, colors.length - 1)]).join(", ");
}
