// @ts-check
/* What the colors mean: classes that can be chosen, or a score from low to high. */

/** @import { ClassLegend, MapData, ScoreLegend } from "../../payloads.d.ts" */

import { button, el } from "../../shared/browser/elements.js";
import { chipOf } from "../../shared/browser/class_chip.js";
import { count } from "../../shared/browser/words.js";

export class Legend {
  /** @param {(label: number) => void} onClass */
  constructor(onClass) {
    this.onClass = onClass;
    this.shown = "";
    this.node = el("aside", { class: "legend", "aria-label": "legend" });
  }

  /**
   * @param {MapData["legend"]} legend
   * @param {readonly string[]} palette
   */
  show(legend, palette) {
    const shown = JSON.stringify(legend);
    if (shown === this.shown) return;
    this.shown = shown;
    this.node.replaceChildren(el("span", { class: "title", text: legend.title }), legend.kind === "score" ? scale(legend, palette) : this.list(legend));
  }

  /** @param {ClassLegend} legend */
  list(legend) {
    const list = el("div", { class: "legend-list" });
    for (const entry of legend.entries) {
      const off = legend.chosen !== undefined && legend.chosen !== null && legend.chosen !== entry.label;
      list.append(button({
        class: `legend-entry${off ? " off" : ""}`, "aria-pressed": String(legend.chosen === entry.label), on: { click: () => this.onClass(entry.label) },
      }, chipOf(entry, "small"), el("span", { class: "number quiet", text: entry.count === undefined ? "" : count(entry.count) })));
    }
    return list;
  }
}

/**
 * @param {ScoreLegend} legend
 * @param {readonly string[]} palette
 */
function scale(legend, palette) {
  const stops = [...palette.filter((_, index) => index % 16 === 0), palette.at(-1)].join(", ");
  return el("div", { class: "scale" },
    el("span", { class: "gradient", "aria-hidden": "true", style: { "--stops": stops } }),
    el("span", { class: "number high", text: String(legend.high) }), el("span", { class: "number low", text: String(legend.low) }));
}
