/* One map over the sample, with its two numbers. */

import { el, setText } from "../../shared/browser/elements.js";
import { canvas, paintMap, paintParts } from "./paint.js";
import { Places, weightsOf } from "./places.js";

const SMALL_PICTURE = 64;
const STATES = { waiting: "waiting its turn", unknown: "waiting its turn", making: "at work" };

export class Tile {
  constructor({ kept, onPart }) {
    this.kept = kept;
    this.image = el("img", { alt: "", draggable: "false" });
    this.image.addEventListener("load", () => this.image.classList.toggle("pixelated", this.isSmall()));
    this.heat = canvas("heat");
    this.lines = canvas("lines");
    this.veil = el("p", { class: "veil quiet", role: "status" });
    this.stage = el("div", { class: "stage" }, this.image, this.heat, this.lines);
    this.frame = el("div", { class: "frame", on: { click: (event) => onPart(this.partAt(event)) } }, this.stage, this.veil);
    this.places = new Places(onPart);
    this.title = el("h3", {});
    this.note = el("span", { class: "quiet" });
    this.faithful = measure("faithful", "Area under the insertion curve less that under the deletion curve. Larger: the model agrees with the map.");
    this.fragile = measure("fragile", "Share of the most important tenth of the pixels that others take the place of when every value moves by 4 of 255, up or down by chance. Ranks: rank correlation of all pixels, before and after; 1: all in the same order.");
    this.sparse = measure("sparse", "Gini index of the map: 0 where all of it counts alike, near 1 where one place holds it all. Neither is better.");
    this.numbers = el("dl", { class: "measures" }, ...this.faithful.nodes, ...this.fragile.nodes, ...this.sparse.nodes);
    this.node = el("figure", { class: "tile", role: "group" }, el("figcaption", { class: "tile-head" }, this.title, this.note), this.frame, this.places.node, this.numbers);
    this.drawn = "";
  }

  isSmall() {
    return Math.max(this.image.naturalWidth, this.image.naturalHeight) < SMALL_PICTURE;
  }

  picture(url) {
    if (this.image.getAttribute("src") !== url) this.image.src = url;
  }

  /* The sample itself: no map, no numbers. */
  plain(words, title) {
    setText(this.title, title);
    this.numbers.hidden = true;
    this.heat.hidden = true;
    this.veil.hidden = true;
    this.frame.setAttribute("role", "img");
    this.frame.setAttribute("aria-label", words);
  }

  async show(told, way, palettes, words, content) {
    this.told = told;
    setText(this.title, way.title);
    this.node.title = way.sentence;
    this.node.dataset.method = way.name;
    this.node.dataset.state = told.state;
    const isThere = told.maps.every(Boolean);
    this.frame.setAttribute("role", "img");
    this.frame.setAttribute("aria-label", isThere ? words : `${way.title}: not there yet`);
    setText(this.note, told.state === "draft" ? "sharpening" : "");
    this.veil.hidden = isThere;
    this.heat.classList.toggle("absent", !isThere);
    const isPicture = content === null;
    this.places.node.hidden = isPicture || !isThere;
    this.frame.hidden = !isPicture && isThere;
    if (!isThere) {
      this.drawn = "";
      const share = told.state === "making" && told.fraction > 0 ? ` ${Math.round(100 * told.fraction)} %` : "";
      setText(this.veil, told.state === "failed" ? told.text : `${(told.state === "making" && told.text) || STATES[told.state] || ""}${share}`);
      this.veil.classList.toggle("failed", told.state === "failed");
    } else if (!isPicture) {
      this.showPlaces(told.maps, content);
    } else {
      await this.draw(told.maps, palettes);
    }
    this.showNumbers(told.numbers);
  }

  async draw(maps, palettes) {
    const name = maps.map((map) => map.key).join();
    if (name === this.drawn) return;
    const bytes = await Promise.all(maps.map((map) => this.kept.bytes(map.kind, map.key)));
    if (this.told.maps.map((map) => map?.key).join() !== name) return;
    this.drawn = name;
    const [one, other] = bytes.map((buffer) => new Uint8Array(buffer));
    paintMap(this.heat, maps[0], one, other, other ? palettes.signed : palettes.score);
    this.heat.classList.toggle("pixelated", Math.max(maps[0].height, maps[0].width) < SMALL_PICTURE);
    this.node.dataset.drawn = name;
  }

  showPlaces(maps, content) {
    const name = JSON.stringify([maps, content]);
    if (name === this.drawn) return;
    this.drawn = name;
    this.places.show(content, weightsOf(maps), maps.length > 1);
    this.node.dataset.drawn = maps.map((map) => map.kind).join();
  }

  showNumbers(numbers) {
    if (!numbers) {
      for (const one of [this.faithful, this.fragile]) one.show(null, this.told.state === "failed" ? "" : "being measured");
      this.sparse.show(null, "");
      return;
    }
    const { deletion, insertion, road, top_k: stays, correlation, gini } = numbers;
    const imputed = road === null ? "" : `, ROAD ${road.toFixed(2)}`;
    this.faithful.show(insertion - deletion, `deletion ${deletion.toFixed(2)}, insertion ${insertion.toFixed(2)}${imputed}`);
    const ranks = correlation === null ? "" : `, ranks ${correlation.toFixed(2)}`;
    this.fragile.show(stays === null ? null : 1 - stays, stays === null ? "not known here" : `${Math.round(100 * stays)} % of top pixels stay${ranks}`);
    this.sparse.show(gini, "");
  }

  outline(parts, layout, chosen) {
    this.lines.hidden = !parts;
    if (!parts) return;
    this.parts = { parts, layout };
    paintParts(this.lines, parts, layout, chosen);
  }

  /* Pictures fill the frame as far as their shape allows. */
  partAt(event) {
    if (!this.parts || this.lines.hidden) return null;
    const { parts, layout } = this.parts;
    const box = this.stage.getBoundingClientRect();
    const scale = Math.min(box.width / parts.width, box.height / parts.height);
    const x = Math.floor((event.clientX - box.left - (box.width - parts.width * scale) / 2) / scale);
    const y = Math.floor((event.clientY - box.top - (box.height - parts.height * scale) / 2) / scale);
    return x < 0 || y < 0 || x >= parts.width || y >= parts.height ? null : layout[y * parts.width + x];
  }
}

function measure(name, meaning) {
  const fill = el("i", { class: "fill" });
  const number = el("span", { class: "number" });
  const words = el("dd", { class: "quiet" });
  return {
    nodes: [el("dt", { text: name, title: meaning }), el("dd", { class: "measure-bar", title: meaning }, number, el("span", { class: "track" }, fill)), words],
    show(value, said) {
      setText(number, value === null ? "–" : value.toFixed(2));
      fill.style.transform = `scaleX(${value === null ? 0 : Math.max(0, Math.min(1, value))})`;
      setText(words, said);
    },
  };
}
