// @ts-check
/* The tools that lie on the map. */

/** @import { Viewport } from "./viewport.js" */

import { button, el, icon } from "../../shared/browser/elements.js";

/** @typedef {"lasso" | "box" | "pan"} Tool */

/** @type {[name: Tool, key: string, path: string][]} */
const TOOLS = [
  ["lasso", "L", "M5 12.5c-2-.6-3.2-2.3-3.2-4.3C1.800 5 4.600 2.700 8 2.700s6.200 2.300 6.200 5.200c0 2.700-2.400 4.700-5.400 4.900M5 12.500a1.600 1.600 0 1 0 3.200 0a1.600 1.600 0 1 0-3.200 0M6.400 14.100c0 .5-.3 1-.8 1.300"],
  ["box", "B", "M2.500 5.500v-3h3M10.500 2.500h3v3M13.500 10.500v3h-3M5.500 13.500h-3v-3"],
  ["pan", "H", "M8 1.800v12.400M1.800 8h12.400M6.300 3.500L8 1.800l1.700 1.700M6.300 12.500L8 14.200l1.700-1.700M3.500 6.300L1.800 8l1.700 1.700M12.500 6.300L14.200 8l-1.700 1.700"],
];
const ZOOM_IN = "M8 3v10M3 8h10";
const ZOOM_OUT = "M3 8h10";
const WHOLE = "M3 8a5 5 0 1 0 1.600-3.600M3 2.500v2.700h2.700";

export class Tools {
  /** @param {{ onTool: () => void, view: Viewport }} options */
  constructor({ onTool, view }) {
    this.onTool = onTool;
    /** @type {Tool} */
    this.chosen = "lasso";
    this.buttons = TOOLS.map(([name, key, path]) => ({ name, node: button({
      class: "tool", title: `${name} (${key})`, "aria-label": name, "aria-keyshortcuts": key, on: { click: () => this.take(name) },
    }, icon(path)) }));
    this.node = el("div", { class: "toolbar", role: "toolbar", "aria-label": "map tools" }, ...this.buttons.map((one) => one.node), el("i"),
      action("+", "zoom in", ZOOM_IN, () => view.zoomBy(1.5)), action("-", "zoom out", ZOOM_OUT, () => view.zoomBy(1 / 1.5)),
      action("0", "whole map", WHOLE, () => view.reset()));
  }

  /** @param {Tool} name */
  take(name) {
    this.chosen = name;
    for (const one of this.buttons) one.node.setAttribute("aria-pressed", String(one.name === name));
    this.onTool();
  }
}

/**
 * @param {string} key
 * @param {string} words
 * @param {string} path
 * @param {() => void} run
 */
function action(key, words, path, run) {
  return button({ class: "tool", title: `${words} (${key})`, "aria-label": words, on: { click: run } }, icon(path));
}
