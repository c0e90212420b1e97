// @ts-check
/* The heatmaps taken away: as one picture, or as arrays. */

/** @import { SaliencyAnswer } from "../../payloads.d.ts" */
/** @import { HeatmapGrid } from "./heatmap_grid.js" */

import { button, el } from "../../shared/browser/elements.js";
import { address } from "../../shared/browser/server.js";
import { drawImage } from "./export_image.js";

const LIFE_OF_LINK = 10_000;

export class Downloads {
  /** @type {SaliencyAnswer | null} */
  answer = null;
  picture = button({ class: "key-button plain-words", text: "Save picture", "data-act": "save-picture", disabled: true, on: { click: () => this.savePicture() } });
  arrays = button({ class: "key-button plain-words", text: "Save arrays", "data-act": "save-arrays", disabled: true, on: { click: () => this.saveArrays() } });
  node = el("span", { class: "actions" }, this.picture, this.arrays);

  /**
   * @param {object} options
   * @param {string} options.study
   * @param {HeatmapGrid} options.grid
   * @param {() => number} options.opacityOf the heatmaps on screen
   */
  constructor({ study, grid, opacityOf }) {
    this.study = study;
    this.grid = grid;
    this.opacityOf = opacityOf;
  }

  /** @param {SaliencyAnswer} answer */
  show(answer) {
    this.answer = answer;
    this.picture.disabled = this.arrays.disabled = !answer.tiles.some((tile) => tile.heatmaps.every(Boolean));
  }

  async savePicture() {
    const { answer, grid } = this;
    if (!answer) return;
    const isDifference = answer.against !== null;
    const blob = await drawImage({
      tiles: answer.content ? [...grid.tiles.values()] : grid.all(), content: answer.content, isDifference, palette: isDifference ? grid.palettes.signed : grid.palettes.score,
      title: `#${answer.id}: ${grid.question(answer)}`, ends: [grid.low.textContent ?? "", grid.high.textContent ?? ""], opacity: this.opacityOf(),
    });
    const link = el("a", { href: URL.createObjectURL(blob), download: `heatmaps-${answer.id.replaceAll(/[^\w.-]+/g, "_")}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), LIFE_OF_LINK);
  }

  saveArrays() {
    const { answer } = this;
    if (!answer) return;
    const query = new URLSearchParams({ methods: answer.tiles.map((one) => one.method).join(), class: String(answer.target) });
    el("a", { href: address(this.study, `saliency/${answer.row}/arrays?${query}`), download: "" }).click();
  }
}
