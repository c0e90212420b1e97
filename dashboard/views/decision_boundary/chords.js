/* Which classes touch, as a picture: classes on a circle, and a line between any two, the broader the more they touch.
   It says what the table beside it says, so it is for the eye and the pointer only. */

import { classOf } from "../../shared/browser/words.js";
import { shape } from "./shape.js";
import { pairWords } from "./words.js";

const RADIUS = 80;
const BROADEST = 7;
const INWARD = 0.25; // of the radius: how near to the middle a line bends
const MOST_NAMES = 24;

/* The first class is at the top; the others follow clockwise. */
export function placeOnCircle(place, of, radius = RADIUS) {
  const turn = (2 * Math.PI * place) / of - Math.PI / 2;
  return [radius * Math.cos(turn), radius * Math.sin(turn)];
}

export class Chords {
  constructor(choose) {
    this.choose = choose;
    this.lines = new Map();
    this.node = shape("svg", { class: "chords", viewBox: "-150 -104 300 208", "aria-hidden": "true" });
  }

  show(told, classes) {
    const place = new Map(told.classes.map((number, at) => [number, placeOnCircle(at, told.classes.length)]));
    const most = Math.max(...told.pairs.map((one) => one.touch), 1e-9);
    this.lines.clear();
    // The broadest last, so that none of them is hidden.
    const lines = [...told.pairs].reverse().map((one) => this.line(one, place, most, classes));
    const dots = told.classes.map((number) => this.dot(classOf(classes, number), place.get(number), told.classes.length));
    this.node.replaceChildren(...lines, ...dots);
    this.mark(this.chosen);
  }

  line(one, place, most, classes) {
    const [from, to] = one.pair.map((number) => place.get(number));
    const bend = [0, 1].map((axis) => (INWARD * (from[axis] + to[axis])) / 2);
    const share = one.touch / most;
    const node = shape("path", { class: "chord", d: `M${from} Q${bend} ${to}`, "stroke-width": Math.max(0.5, BROADEST * Math.sqrt(share)) });
    node.style.setProperty("--depth", `${Math.round(12 + 80 * Math.sqrt(share))}%`);
    const title = shape("title", {});
    title.textContent = pairWords(classes, one);
    node.append(title);
    node.addEventListener("click", () => this.choose(one.pair));
    this.lines.set(one.pair.join(), node);
    return node;
  }

  dot({ name, colour }, [x, y], of) {
    const group = shape("g", {});
    const circle = shape("circle", { cx: x, cy: y, r: 5 });
    circle.style.fill = colour;
    group.append(circle);
    if (of <= MOST_NAMES) {
      const side = Math.abs(x) < 8 ? "middle" : x > 0 ? "start" : "end";
      const text = shape("text", { x: x * 1.12, y: y * 1.14 + 4, "text-anchor": side });
      text.textContent = name.length > 14 ? `${name.slice(0, 13)}…` : name;
      group.append(text);
    }
    return group;
  }

  mark(pair) {
    this.chosen = pair;
    const key = pair ? pair.join() : "";
    for (const [name, node] of this.lines) node.classList.toggle("chosen", name === key);
    const chosen = this.lines.get(key);
    if (chosen) chosen.parentNode.insertBefore(chosen, this.node.querySelector("g")); // above the other lines
  }
}
