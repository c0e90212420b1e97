// @ts-check
/* Which methods the heatmaps are by: at least one, at most four. */

/** @import { SaliencyMethod } from "../../payloads.d.ts" */

import { button, el } from "../../shared/browser/elements.js";

const MAX_METHODS = 4;

export class MethodChoice {
  /** @type {readonly string[]} */
  methods = [];

  /**
   * @param {readonly SaliencyMethod[]} available
   * @param {(methods: string[]) => void} onChoose
   */
  constructor(available, onChoose) {
    this.onChoose = onChoose;
    this.buttons = available.map((method) => ({ name: method.name, node: button({ class: "option", title: method.sentence, text: method.title, on: { click: () => this.toggle(method.name) } }) }));
    this.node = el("div", { class: "options", role: "group", "aria-label": "methods, up to four" }, ...this.buttons.map((one) => one.node));
  }

  /** @param {readonly string[]} methods */
  show(methods) {
    this.methods = methods;
    for (const one of this.buttons) {
      const isOn = methods.includes(one.name);
      one.node.setAttribute("aria-pressed", String(isOn));
      one.node.disabled = !isOn && methods.length >= MAX_METHODS;
    }
  }

  /** @param {string} name of a method */
  toggle(name) {
    const isOn = this.methods.includes(name);
    if (isOn && this.methods.length === 1) return;
    this.onChoose(isOn ? this.methods.filter((one) => one !== name) : [...this.methods, name].slice(0, MAX_METHODS));
  }
}
