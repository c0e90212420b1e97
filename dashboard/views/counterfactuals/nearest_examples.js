// @ts-check
/* A path through features that nobody can draw: the sample, and real samples of both classes that are nearest to where the path is. */

/** @import { ClassEntry, Counterfactual, NearestExamples as Nearest, SampleReference } from "../../payloads.d.ts" */

import { classChip } from "../../shared/browser/class_chip.js";
import { button, el } from "../../shared/browser/elements.js";
import { Miniature, setAddress } from "../../shared/browser/pictures.js";
import { pictureAddress } from "../../shared/browser/server.js";
import { sampleName, titleOf } from "../../shared/browser/words.js";

export class NearestExamples {
  /** @param {{ study: string, hasPictures: boolean, onPick: (row: number) => void }} options */
  constructor({ study, hasPictures, onPick }) {
    this.study = study;
    this.kind = hasPictures ? "picture" : "text";
    this.onPick = onPick;
    /** @type {Nearest | undefined} */
    this.nearest = undefined;
    /** @type {Map<number, SampleReference>} */
    this.samples = new Map();
    /** @type {string} */
    this.shown = "";
    this.image = el("img", { alt: "the sample", draggable: "false" });
    this.sample = el("figure", { class: "own", hidden: !hasPictures }, el("figcaption", { class: "quiet", text: "the sample" }), el("div", { class: "frame" }, this.image));
    this.groups = /** @type {const} */ (["start", "end"]).map((name) => {
      const chip = classChip();
      const list = el("div", { class: "near", role: "group" });
      return { name, chip, list, node: el("div", { class: "group" }, el("div", { class: "group-head" }, el("span", { class: "quiet", text: "nearest samples labeled" }), chip.node), list) };
    });
    this.node = el("div", { class: "examples" }, this.sample, el("div", { class: "groups" }, ...this.groups.map((group) => group.node)));
  }

  /**
   * @param {Counterfactual} counterfactual
   * @param {ClassEntry} start
   * @param {ClassEntry} end
   */
  show(counterfactual, start, end) {
    this.nearest = counterfactual.nearest;
    this.samples = new Map(this.nearest?.samples.map((one) => [one.row, one]));
    this.shown = "";
    if (this.kind === "picture") setAddress(this.image, pictureAddress(this.study, counterfactual.row, "full"));
    [start, end].forEach((entry, place) => {
      this.groups[place].chip.show(entry);
      this.groups[place].list.classList.toggle("text-only", this.kind !== "picture");
      this.groups[place].list.setAttribute("aria-label", `nearest samples labeled ${entry.name}`);
    });
  }

  /** @param {number} number of the frame */
  step(number) {
    const { nearest } = this;
    if (!nearest) return;
    // Most steps of the slider change nothing: pictures stay.
    const shown = JSON.stringify([nearest.start[number], nearest.end[number]]);
    if (shown === this.shown) return;
    this.shown = shown;
    for (const { name, list } of this.groups) list.replaceChildren(...nearest[name][number].map((row) => this.example(row)));
  }

  /** @param {number} row */
  example(row) {
    const sample = this.samples.get(row) ?? { row, id: String(row), excerpt: "" };
    const miniature = new Miniature(this.kind, false, 3);
    miniature.show(this.study, sample);
    return button({ class: "nearby-sample", title: titleOf(sample), "aria-label": `sample ${sampleName(sample)}`, on: { click: () => this.onPick(row) } }, miniature.node);
  }
}
