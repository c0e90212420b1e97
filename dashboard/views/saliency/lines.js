/* How far a map changes, against how far the picture may: changes by chance beside an attack, the strength on screen marked. */

import { el, setText } from "../../shared/browser/elements.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, EDGE] = [240, 96, 6];
const PLOTS = [
  ["topK", "top pixels that stay", (value) => `${Math.round(100 * value)} %`],
  ["correlation", "rank correlation", (value) => value.toFixed(2)],
  ["shift", "centre moved by", (value) => `${value.toFixed(1)} px`],
];

function drawn(tag, properties) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(properties)) node.setAttribute(name, value);
  return node;
}

export class Lines {
  constructor() {
    this.plots = PLOTS.map(([measure, title, say]) => new Plot(measure, title, say));
    this.legend = el("p", { class: "quiet legend" });
    this.node = el("div", { class: "lines" }, el("div", { class: "plots" }, ...this.plots.map((plot) => plot.node)), this.legend);
  }

  show({ eps, lines }, chosen, names) {
    const entries = Object.entries(lines);
    const key = (kind) => el("span", { class: `key ${kind === "random" ? "chance" : "attack"}`, "aria-hidden": "true" });
    this.legend.replaceChildren(...entries.flatMap(([kind]) => [key(kind), el("span", { text: names[kind] })]),
      el("span", { text: "Along: the largest change of a value, of 255." }));
    for (const plot of this.plots) plot.show(eps, entries, chosen, names);
  }
}

class Plot {
  constructor(measure, title, say) {
    Object.assign(this, { measure, say });
    this.svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
    this.high = el("span", { class: "quiet" });
    this.low = el("span", { class: "quiet" });
    this.axis = el("div", { class: "axis quiet", "aria-hidden": "true" });
    this.title = title;
    this.node = el("figure", { class: "line" }, el("figcaption", { class: "quiet", text: title }),
      el("div", { class: "plot" }, el("div", { class: "scale", "aria-hidden": "true" }, this.high, this.low), this.svg), this.axis);
  }

  show(eps, entries, chosen, names) {
    const values = entries.map(([kind, line]) => [kind, line.map((one) => one?.[this.measure] ?? null)]);
    const known = values.flatMap(([, line]) => line).filter((value) => value !== null);
    const [low, high] = [Math.min(0, ...known), this.measure === "shift" ? Math.max(1, ...known) : 1];
    const x = (place) => EDGE + (place / (eps.length - 1)) * (WIDTH - 2 * EDGE);
    const y = (value) => HEIGHT - EDGE - ((value - low) / (high - low)) * (HEIGHT - 2 * EDGE);
    const mark = drawn("line", { class: "mark", x1: x(chosen), x2: x(chosen), y1: 0, y2: HEIGHT });
    const parts = values.flatMap(([kind, line]) => {
      const points = line.map((value, place) => [value, place]).filter(([value]) => value !== null).map(([value, place]) => [x(place), y(value)]);
      const own = kind === "random" ? "chance" : "attack";
      // A line of no length with round ends is a dot that no stretching bends.
      return [drawn("polyline", { class: own, points: points.map((point) => point.join()).join(" ") }),
        ...points.map(([left, top]) => drawn("path", { class: `dot ${own}`, d: `M${left} ${top}h0` }))];
    });
    this.svg.replaceChildren(mark, ...parts);
    setText(this.high, this.say(high));
    setText(this.low, this.say(low));
    this.axis.replaceChildren(...eps.map((one, place) => el("span", { class: place === chosen ? "now" : "", text: String(one) })));
    const said = values.map(([kind, line]) => `${names[kind]}: ${line.map((value, place) => `${value === null ? "not known" : this.say(value)} at ${eps[place]}`).join(", ")}`);
    this.svg.setAttribute("aria-label", `${this.title}. ${said.join(". ")}`);
  }
}
