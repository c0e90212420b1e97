// @ts-check
/* One heatmap over the sample, with its numbers. */

/** @import { Heatmap, MethodTile, PlaceNames, SaliencyMethod } from "../../payloads.d.ts" */
/** @import { Color } from "../../shared/browser/canvas.js" */
/** @import { ByteCache } from "./polling.js" */
/** @import { PartLayout, PictureHeatmap } from "./weights.js" */

import { el, setText } from "../../shared/browser/elements.js";
import { isPixelArt, setAddress } from "../../shared/browser/pictures.js";
import { canvas, paintHeatmap, paintParts } from "./paint.js";
import { PlaceWeights } from "./place_weights.js";
import { toPictureHeatmap, partAt, weightsOf } from "./weights.js";
import { makingWords, measureWords } from "./words.js";

/** @typedef {{ score: readonly Color[], signed: readonly Color[] }} Palettes */

export class Tile {
  /** @param {{ cache: ByteCache, onPart: (part: number | null) => void }} options */
  constructor({ cache, onPart }) {
    this.cache = cache;
    this.drawn = "";
    /** @type {{ size: PartLayout, layout: Uint16Array } | null} */
    this.parts = null;
    this.image = el("img", { alt: "", draggable: "false" });
    this.image.addEventListener("load", () => this.image.classList.toggle("pixelated", isPixelArt({ width: this.image.naturalWidth, height: this.image.naturalHeight })));
    this.heat = canvas("heat");
    this.lines = canvas("lines");
    this.status = el("p", { class: "status quiet", role: "status" });
    this.stage = el("div", { class: "stage" }, this.image, this.heat, this.lines);
    this.frame = el("div", { class: "frame", on: { click: (event) => onPart(this.partAt(event)) } }, this.stage, this.status);
    this.places = new PlaceWeights(onPart);
    this.title = el("h3", {});
    this.note = el("span", { class: "quiet" });
    this.faithful = measure("faithfulness", "Area under the insertion curve minus area under the deletion curve. Larger: the heatmap agrees better with the model.");
    this.fragile = measure("fragility", "Share of the most important tenth of the pixels that others take the place of when every value moves by 4 of 255, up or down at random. Ranks: rank correlation of all pixels before and after; 1 if the order is the same.");
    this.sparse = measure("sparsity", "Gini index of the heatmap: 0 if all places are equal, close to 1 if one place stands out. Neither is better.");
    this.numbers = el("dl", { class: "measures" }, ...this.faithful.nodes, ...this.fragile.nodes, ...this.sparse.nodes);
    this.node = el("figure", { class: "tile", role: "group" }, el("figcaption", { class: "tile-head" }, this.title, this.note), this.frame, this.places.node, this.numbers);
  }

  /** @param {string} url */
  picture(url) {
    setAddress(this.image, url);
  }

  /**
   * The sample itself: no heatmap, no numbers.
   * @param {string} words
   * @param {string} title
   */
  plain(words, title) {
    setText(this.title, title);
    this.numbers.hidden = true;
    this.heat.hidden = true;
    this.status.hidden = true;
    this.frame.setAttribute("role", "img");
    this.frame.setAttribute("aria-label", words);
  }

  /**
   * @param {MethodTile} tile
   * @param {SaliencyMethod} method
   * @param {Palettes} palettes
   * @param {string} words what the heatmap is of
   * @param {PlaceNames | null} content
   */
  async show(tile, method, palettes, words, content) {
    /** @type {MethodTile} */
    this.shown = tile;
    setText(this.title, method.title);
    this.node.title = method.sentence;
    this.node.dataset.method = method.name;
    this.node.dataset.state = tile.state;
    const heatmaps = tile.heatmaps.flatMap((heatmap) => heatmap ?? []);
    const isThere = heatmaps.length === tile.heatmaps.length;
    this.frame.setAttribute("role", "img");
    this.frame.setAttribute("aria-label", isThere ? words : `${method.title}: not there yet`);
    setText(this.note, tile.state === "draft" ? "sharpening" : "");
    this.status.hidden = isThere;
    this.heat.classList.toggle("absent", !isThere);
    const isPicture = content === null;
    this.node.toggleAttribute("data-there", isThere);
    this.places.node.hidden = isPicture || (!isThere && !content?.words);
    this.frame.hidden = !isPicture && isThere;
    if (!isThere) {
      this.showPlain(content);
      setText(this.status, makingWords(tile));
      this.status.classList.toggle("failed", tile.state === "failed");
    } else if (!isPicture) {
      this.showPlaces(heatmaps, content);
    } else {
      await this.draw(heatmaps.flatMap((heatmap) => toPictureHeatmap(heatmap) ?? []), palettes);
      // The numbers of an answer that was overtaken meanwhile are old.
      if (this.shown !== tile) return;
    }
    this.showNumbers(tile);
  }

  /**
   * @param {PictureHeatmap[]} heatmaps
   * @param {Palettes} palettes
   */
  async draw(heatmaps, palettes) {
    const name = heatmaps.map((heatmap) => heatmap.key).join();
    if (name === this.drawn) return;
    const bytes = await Promise.all(heatmaps.map((heatmap) => this.cache.bytes(heatmap.kind, heatmap.key)));
    if (this.shown?.heatmaps.map((heatmap) => heatmap?.key).join() !== name) return;
    this.drawn = name;
    const [one, other] = bytes.map((buffer) => new Uint8Array(buffer));
    paintHeatmap(this.heat, heatmaps[0], one, other ?? null, other ? palettes.signed : palettes.score);
    this.heat.classList.toggle("pixelated", isPixelArt(heatmaps[0]));
    this.node.dataset.drawn = name;
  }

  /**
   * @param {Heatmap[]} heatmaps
   * @param {PlaceNames} content
   */
  showPlaces(heatmaps, content) {
    const name = JSON.stringify([heatmaps, content]);
    if (name === this.drawn) return;
    this.drawn = name;
    this.places.show(content, weightsOf(heatmaps), heatmaps.length > 1);
    this.node.dataset.drawn = heatmaps.map((heatmap) => heatmap.kind).join();
  }

  /**
   * A text can be read before it is known which words count.
   * @param {PlaceNames | null} content
   */
  showPlain(content) {
    const words = content?.words;
    const name = words ? `plain ${words.join(" ")}` : "";
    if (content && words && name !== this.drawn) this.places.show(content, words.map(() => 0), false);
    this.drawn = name;
  }

  /** @param {MethodTile} tile */
  showNumbers({ numbers, state }) {
    const waiting = { value: null, words: state === "failed" ? "" : "being measured" };
    const { faithful, fragile, sparse } = numbers ? measureWords(numbers) : { faithful: waiting, fragile: waiting, sparse: { value: null, words: "" } };
    this.faithful.show(faithful.value, faithful.words);
    this.fragile.show(fragile.value, fragile.words);
    this.sparse.show(sparse.value, sparse.words);
  }

  hideOutline() {
    this.lines.hidden = true;
  }

  /**
   * @param {PartLayout} size
   * @param {Uint16Array} layout
   * @param {number | null} chosen
   */
  outline(size, layout, chosen) {
    this.lines.hidden = false;
    this.parts = { size, layout };
    paintParts(this.lines, size, layout, chosen);
  }

  /** @param {MouseEvent} event */
  partAt(event) {
    if (!this.parts || this.lines.hidden) return null;
    const box = this.stage.getBoundingClientRect();
    return partAt({ x: event.clientX - box.left, y: event.clientY - box.top }, box, this.parts.size, this.parts.layout);
  }
}

/**
 * @param {string} name
 * @param {string} meaning
 */
function measure(name, meaning) {
  const fill = el("i", { class: "fill" });
  const number = el("span", { class: "number" });
  const beside = el("dd", { class: "quiet" });
  return {
    nodes: [el("dt", { text: name, title: meaning }), el("dd", { class: "measure-bar", title: meaning }, number, el("span", { class: "track" }, fill)), beside],
    /**
     * @param {number | null} value
     * @param {string} words
     */
    show(value, words) {
      setText(number, value === null ? "–" : value.toFixed(2));
      fill.style.transform = `scaleX(${value === null ? 0 : Math.max(0, Math.min(1, value))})`;
      setText(beside, words);
    },
  };
}
