/* What the colours mean: classes that can be chosen, or a score from low to high. */

import { button, el } from "../../shared/browser/elements.js";
import { classChip } from "../../shared/browser/class_chip.js";
import { count } from "../../shared/browser/words.js";

export class Legend {
  constructor(onClass) {
    this.onClass = onClass;
    this.node = el("aside", { class: "legend", "aria-label": "legend" });
  }

  show(legend, palette) {
    const said = JSON.stringify(legend);
    if (said === this.said) return;
    this.said = said;
    this.node.replaceChildren(el("span", { class: "title", text: legend.title }), legend.kind === "score" ? scale(legend, palette) : this.list(legend));
  }

  list(legend) {
    const list = el("div", { class: "legend-list" });
    for (const entry of legend.entries) {
      const chip = classChip("small");
      chip.show(entry);
      const off = legend.chosen !== undefined && legend.chosen !== null && legend.chosen !== entry.class;
      list.append(button({
        class: `legend-entry${off ? " off" : ""}`, "aria-pressed": String(legend.chosen === entry.class), on: { click: () => this.onClass(entry.class) },
      }, chip.node, el("span", { class: "number quiet", text: entry.count === undefined ? "" : count(entry.count) })));
    }
    return list;
  }
}

function scale(legend, palette) {
  const stops = [...palette.filter((colour, index) => index % 16 === 0), palette.at(-1)].join(", ");
  return el("div", { class: "scale" },
    el("span", { class: "gradient", "aria-hidden": "true", style: { "--stops": stops } }),
    el("span", { class: "number high", text: String(legend.high) }), el("span", { class: "number low", text: String(legend.low) }));
}
