// @ts-check
/* Decisions that the server refused, each with its reason and a way back to the sample. */

/** @import { ClassEntry } from "../../payloads.d.ts" */
/** @import { RefusedEntry } from "../../shared/browser/outbox.js" */

import { button, el } from "../../shared/browser/elements.js";
import { verdictWords } from "../../shared/browser/words.js";

const MAX_MESSAGES = 3;

export class Refusals {
  node = el("div", { class: "messages", role: "status" });

  /** @param {(row: number) => void} onVisit */
  constructor(onVisit) {
    this.onVisit = onVisit;
  }

  /**
   * @param {RefusedEntry} entry
   * @param {readonly ClassEntry[]} classes
   */
  add({ decision, reason }, classes) {
    const words = decision.verdict === "undo" ? "undone" : verdictWords(classes, decision);
    const message = el("div", { class: "refused" },
      el("span", {}, el("strong", { text: `${decision.id} was not ${words}. ` }), document.createTextNode(reason)));
    message.append(button({ class: "link", text: "Look at it", on: { click: () => this.onVisit(decision.row) } }),
      button({ class: "link", text: "Dismiss", "data-act": "dismiss", on: { click: () => message.remove() } }));
    this.node.append(message);
    while (this.node.childElementCount > MAX_MESSAGES) this.node.firstElementChild?.remove();
  }
}
