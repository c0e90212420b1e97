// @ts-check
/* A picture on its way: the sample, what it has become, and heatmaps of what changes and what matters. */

/** @import { ClassEntry, Counterfactual, CounterfactualPicture } from "../../payloads.d.ts" */

import { bytesOf } from "../../shared/browser/canvas.js";
import { el, setText } from "../../shared/browser/elements.js";
import { canvas, paintFrame, paintSigned } from "./paint.js";
import { gapWords } from "./words.js";

export class PictureTiles {
  /** @type {CounterfactualPicture | undefined} */
  picture = undefined;
  frames = new Uint8Array();
  sample = tile("sample", "the sample");
  moving = tile("on its way", "the sample on its way");
  difference = scaledTile("sample − boundary", "what changes");
  firstOrder = scaledTile("importance, first order", "first-order importance");
  integrated = scaledTile("importance, integrated", "integrated gradients");
  node = el("div", { class: "tiles" }, ...[this.sample, this.moving, this.difference, this.firstOrder, this.integrated].map((one) => one.node));

  /**
   * @param {CounterfactualPicture} picture
   * @param {Counterfactual["gaps"]} gaps
   * @param {ClassEntry} start
   * @param {ClassEntry} end
   */
  show(picture, gaps, start, end) {
    const { difference, firstOrder, integrated } = picture.heatmaps;
    this.picture = picture;
    this.frames = bytesOf(picture.frames);
    paintFrame(this.sample.canvas, picture, this.frames, 0);
    for (const [shown, heatmap] of /** @type {const} */ ([[this.difference, difference], [this.firstOrder, firstOrder], [this.integrated, integrated]])) {
      paintSigned(shown.canvas, picture, new Int8Array(bytesOf(heatmap.values).buffer));
    }
    const levels = 255 * difference.largest;
    this.difference.scale.show("to add", "to take away", levels);
    this.firstOrder.scale.show(`for ${end.name}`, `for ${start.name}`, firstOrder.largest);
    this.integrated.scale.show(`for ${end.name}`, `for ${start.name}`, integrated.largest);
    setText(this.difference.caption, `what to take away (orange) and to add (blue) to get there; at most ${levels < 10 ? levels.toFixed(1) : Math.round(levels)} of 255 gray levels`);
    setText(this.firstOrder.caption, gapWords(gaps.firstOrder));
    setText(this.integrated.caption, gapWords(gaps.integrated));
  }

  /**
   * @param {number} number of the frame
   * @param {number} outside share of its values that leave the range of the data
   */
  step(number, outside) {
    if (!this.picture) return;
    paintFrame(this.moving.canvas, this.picture, this.frames, number);
    const percent = Math.round(100 * outside);
    setText(this.moving.caption, percent > 0 ? `${percent} % of the pixels are darker than black or brighter than white` : "every pixel within range");
  }
}

/**
 * @param {string} title
 * @param {string} words
 */
function tile(title, words) {
  const node = canvas(words);
  const caption = el("figcaption", { class: "quiet" });
  return { canvas: node, caption, node: el("figure", { class: "tile" }, el("span", { class: "title", text: title }), el("span", { class: "frame" }, el("span", { class: "stage" }, node)), caption) };
}

/**
 * @param {string} title
 * @param {string} words
 */
function scaledTile(title, words) {
  const one = tile(title, words);
  const below = scale();
  one.node.append(below.node);
  return { ...one, scale: below };
}

function scale() {
  const [low, high] = [el("span", { class: "low" }), el("span", { class: "high" })];
  return {
    node: el("div", { class: "scale quiet" }, low, el("i", { class: "gradient", "aria-hidden": "true" }), high),
    /**
     * @param {string} below
     * @param {string} above
     * @param {number} largest
     */
    show(below, above, largest) {
      setText(low, below);
      setText(high, above);
      this.node.title = `from -${largest.toPrecision(2)} to +${largest.toPrecision(2)}`;
    },
  };
}
