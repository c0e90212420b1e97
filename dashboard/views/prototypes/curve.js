/* Coverage against the number of prototypes, with a mark at the number that is shown. */

import { el, setText } from "../../shared/browser/elements.js";
import { coverage } from "./counts.js";
import { share } from "./words.js";

const [WIDTH, HEIGHT] = [320, 72];
const SVG = "http://www.w3.org/2000/svg";

function drawn(tag, properties) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(properties)) node.setAttribute(name, value);
  return node;
}

export class Curve {
  constructor() {
    this.own = drawn("polyline", { class: "own" });
    this.peer = drawn("polyline", { class: "peer" });
    this.mark = drawn("line", { class: "mark", y1: 0, y2: HEIGHT });
    this.svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
    this.svg.append(this.peer, this.own, this.mark);
    this.high = el("span", { class: "quiet high" });
    this.last = el("span");
    this.words = el("p", { class: "quiet" });
    this.node = el("div", { class: "curve" }, el("div", { class: "plot" }, this.high, this.svg),
      el("div", { class: "axis quiet", "aria-hidden": "true" }, el("span", { text: "1" }), el("span", { text: "typical samples of each class" }), this.last), this.words);
  }

  show(groups, peer, first, most) {
    const counts = Array.from({ length: most }, (_, index) => index + 1);
    const lines = [groups, peer].map((asked) => (asked ? counts.map((count) => coverage(asked, count)) : []));
    const top = Math.max(0.05, ...lines.flat());
    const x = (count) => (most > 1 ? ((count - 1) / (most - 1)) * (WIDTH - 4) + 2 : WIDTH / 2);
    const points = (line) => line.map((value, index) => `${x(index + 1)},${HEIGHT - 2 - (value / top) * (HEIGHT - 4)}`).join(" ");
    this.own.setAttribute("points", points(lines[0]));
    this.peer.setAttribute("points", points(lines[1]));
    this.mark.setAttribute("x1", x(first));
    this.mark.setAttribute("x2", x(first));
    setText(this.high, `${share(top)} nearer`);
    setText(this.last, String(most));
    const theirs = peer ? ` (MMD-critic, dashed: ${share(lines[1][first - 1])})` : "";
    const said = `Samples are ${share(lines[0][first - 1])} nearer to a typical one than to a random one of their class${theirs}.`;
    setText(this.words, said);
    this.svg.setAttribute("aria-label", `Coverage by number of typical samples. ${said}`);
  }
}
