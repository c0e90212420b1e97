// @ts-check
/* Which classes touch, as a picture: classes on a circle, and a line between any two, the broader the more they touch.
   It says what the table beside it says, so it is for the eye and the pointer only. */

/** @import { ClassEntry, ClassContacts } from "../../payloads.d.ts" */
/** @import { Point } from "./geometry.js" */

import { shape } from "../../shared/browser/elements.js";
import { classOf } from "../../shared/browser/words.js";
import { chordsOf, placeOnCircle } from "./geometry.js";
import { pairWords } from "./words.js";

const MAX_NAMED_CLASSES = 24;

export class Chords {
  /** @param {(pair: [number, number]) => void} choose */
  constructor(choose) {
    this.choose = choose;
    /** @type {Map<string, SVGPathElement>} */
    this.lines = new Map();
    /** @type {readonly number[] | undefined} */
    this.chosen = undefined;
    this.node = shape("svg", { class: "chords", viewBox: "-150 -104 300 208", "aria-hidden": "true" });
  }

  /**
   * @param {ClassContacts} contacts
   * @param {readonly ClassEntry[]} classes
   */
  show(contacts, classes) {
    const size = contacts.classes.length;
    this.lines.clear();
    const lines = chordsOf(contacts).map((chord) => this.line(chord, classes));
    const dots = contacts.classes.map((number, at) => dot(classOf(classes, number), placeOnCircle(at, size), size));
    this.node.replaceChildren(...lines, ...dots);
    this.mark(this.chosen);
  }

  /**
   * @param {ReturnType<typeof chordsOf>[number]} chord
   * @param {readonly ClassEntry[]} classes
   */
  line({ one, path, breadth, depth }, classes) {
    const node = shape("path", { class: "chord", d: path, "stroke-width": breadth });
    node.style.setProperty("--depth", `${depth}%`);
    const title = shape("title");
    title.textContent = pairWords(classes, one);
    node.append(title);
    node.addEventListener("click", () => this.choose(one.pair));
    this.lines.set(one.pair.join(), node);
    return node;
  }

  /** @param {readonly number[] | undefined} pair */
  mark(pair) {
    this.chosen = pair;
    const key = pair ? pair.join() : "";
    for (const [name, node] of this.lines) node.classList.toggle("chosen", name === key);
    const chosen = this.lines.get(key);
    if (chosen) this.node.insertBefore(chosen, this.node.querySelector("g")); // above the other lines
  }
}

/**
 * @param {ClassEntry} entry
 * @param {Point} place
 * @param {number} of
 */
function dot({ name, color }, [x, y], of) {
  const group = shape("g");
  const circle = shape("circle", { cx: x, cy: y, r: 5 });
  circle.style.fill = color;
  group.append(circle);
  if (of <= MAX_NAMED_CLASSES) {
    const side = Math.abs(x) < 8 ? "middle" : x > 0 ? "start" : "end";
    const text = shape("text", { x: x * 1.12, y: y * 1.14 + 4, "text-anchor": side });
    text.textContent = name.length > 14 ? `${name.slice(0, 13)}…` : name;
    group.append(text);
  }
  return group;
}
