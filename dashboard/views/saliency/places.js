/* A map that is no picture's: the words of a text, read as they stand, or the columns of a row, the most important first. */

import { el, setText } from "../../shared/browser/elements.js";

const COLUMNS_SHOWN = 24;

/* How much each place counts: the weights of one map, or of the first less the second. Each map is on the scale of its own
   largest effect, and a class that nothing speaks for has one too: of two, each counts as much as its largest effect. */
export function weightsOf(maps) {
  const [one, other] = maps;
  if (!other) return one.weights;
  const most = Math.max(one.most, other.most) || 1;
  return one.weights.map((weight, place) => (weight * one.most - other.weights[place] * other.most) / most);
}

/* The places in the order in which they are shown. */
export function orderOf(content, weights) {
  const order = weights.map((_, place) => place);
  return content.words ? order : order.sort((a, b) => Math.abs(weights[b]) - Math.abs(weights[a]) || a - b).slice(0, COLUMNS_SHOWN);
}

export class Places {
  constructor(onPart) {
    this.onPart = onPart;
    this.body = el("div", { class: "weights", role: "group", tabindex: "0" });
    this.more = el("p", { class: "quiet", hidden: true });
    this.node = el("div", { class: "places", hidden: true }, this.body, this.more);
    this.nodes = new Map();
  }

  show(content, weights, isDifference) {
    this.weights = weights;
    this.order = orderOf(content, weights);
    this.nodes = new Map(this.order.map((place) => [place, content.words ? this.word(content, weights, place) : this.column(content, weights, place, isDifference)]));
    this.body.classList.toggle("running", Boolean(content.words));
    this.body.setAttribute("aria-label", content.words ? "the words, by how much each counts" : "the columns, by how much each counts");
    // Words are set apart by white space, so that they are copied and read aloud as a text.
    if (content.words) this.body.replaceChildren(...[...this.nodes.values()].flatMap((node) => [node, " "]));
    else this.body.replaceChildren(head(isDifference), ...this.nodes.values());
    const left = weights.length - this.order.length;
    this.more.hidden = left === 0;
    if (left > 0) setText(this.more, `${left.toLocaleString("en-GB")} more ${left === 1 ? "column counts" : "columns count"} less. All are in the arrays.`);
    this.node.hidden = false;
  }

  choose(part) {
    for (const [place, node] of this.nodes) node.classList.toggle("chosen", place === part);
  }

  word(content, weights, place) {
    const weight = weights[place];
    return el("span", { class: `word ${weight < 0 ? "below" : "above"}`, text: content.words[place], title: weight.toFixed(2), style: { "--share": Math.min(Math.abs(weight), 1).toFixed(2) }, on: { click: () => this.onPart(place) } });
  }

  column(content, weights, place, isDifference) {
    const weight = weights[place];
    const bar = el("i", { class: weight < 0 ? "below" : "above", style: { width: `${Math.abs(weight) * (isDifference ? 50 : 100)}%` } });
    return el("div", { class: `weight${isDifference ? " signed" : ""}`, on: { click: () => this.onPart(place) } },
      el("span", { class: "name", text: content.names[place], title: content.names[place] }), el("span", { class: "number quiet", text: content.values[place] }),
      el("span", { class: "track" }, bar), el("span", { class: "number", text: weight.toFixed(2) }));
  }
}

function head(isDifference) {
  return el("div", { class: "weight head" }, el("span", { class: "quiet", text: "column" }), el("span", { class: "number quiet", text: "value" }),
    el("span", { class: "quiet", text: isDifference ? "counts for either class" : "how much it counts" }), el("span"));
}
