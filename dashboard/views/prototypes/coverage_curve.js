// @ts-check
/* Coverage against the number of prototypes, with a mark at the number that is shown. */

/** @import { PrototypeGroup } from "../../payloads.d.ts" */

import { el, setText, shape } from "../../shared/browser/elements.js";
import { percent } from "../../shared/browser/words.js";
import { coverage } from "./counts.js";
import { PEER_RULE, RULE_NAMES } from "./rules.js";

const [WIDTH, HEIGHT] = [320, 72];

export class CoverageCurve {
  constructor() {
    this.own = shape("polyline", { class: "own" });
    this.peer = shape("polyline", { class: "peer" });
    this.mark = shape("line", { class: "mark", y1: 0, y2: HEIGHT });
    this.svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
    this.svg.append(this.peer, this.own, this.mark);
    this.high = el("span", { class: "quiet high" });
    this.last = el("span");
    this.words = el("p", { class: "quiet" });
    this.node = el("div", { class: "curve" }, el("div", { class: "plot" }, this.high, this.svg),
      el("div", { class: "axis quiet", "aria-hidden": "true" }, el("span", { text: "1" }), el("span", { text: "prototypes of each class" }), this.last), this.words);
  }

  /**
   * @param {readonly PrototypeGroup[]} groups
   * @param {readonly PrototypeGroup[] | undefined} peer those of another rule, beside
   * @param {number} first the number that is shown
   * @param {number} most
   */
  show(groups, peer, first, most) {
    const counts = Array.from({ length: most }, (_, index) => index + 1);
    const lines = [groups, peer].map((asked) => (asked ? counts.map((count) => coverage(asked, count)) : []));
    const top = Math.max(0.05, ...lines.flat());
    /** @param {number} count */
    const x = (count) => (most > 1 ? ((count - 1) / (most - 1)) * (WIDTH - 4) + 2 : WIDTH / 2);
    /** @param {readonly number[]} line */
    const points = (line) => line.map((value, index) => `${x(index + 1)},${HEIGHT - 2 - (value / top) * (HEIGHT - 4)}`).join(" ");
    this.own.setAttribute("points", points(lines[0]));
    this.peer.setAttribute("points", points(lines[1]));
    this.mark.setAttribute("x1", String(x(first)));
    this.mark.setAttribute("x2", String(x(first)));
    setText(this.high, percent(top));
    setText(this.last, String(most));
    const theirs = peer ? ` (${RULE_NAMES[PEER_RULE]}, dashed: ${percent(lines[1][first - 1])})` : "";
    const words = `How much closer the nearest prototype is than a random sample of the class, on average: ${percent(lines[0][first - 1])} with ${first}${theirs}.`;
    setText(this.words, words);
    this.svg.setAttribute("aria-label", `Coverage by number of prototypes. ${words}`);
  }
}
