// @ts-check
/* One class: what stands for it, what is odd in it, and why the chosen sample is there. */

/** @import { PrototypeGroup, PrototypesAction, PrototypesData, SampleReference } from "../../payloads.d.ts" */
/** @import { Role } from "./strip.js" */
/** @import { Chosen } from "./words.js" */

import { button, el, setText } from "../../shared/browser/elements.js";
import { Miniature } from "../../shared/browser/pictures.js";
import { chipOf } from "../../shared/browser/class_chip.js";
import { count, counted } from "../../shared/browser/words.js";
import { countRepresented } from "./counts.js";
import { criticismEntry, prototypeEntry } from "./entries.js";
import { OWN_RULE, PEER_RULE } from "./rules.js";
import { Strip } from "./strip.js";
import { classOfGroup, groupNote, selectionWords } from "./words.js";

/** @typedef {{ [Name in Role]: Strip }} Strips of one rule */
/**
 * The page around it.
 * @typedef {object} ClassSectionHost
 * @property {() => void} onAlone show this class alone
 * @property {(row: number) => void} onPick
 * @property {(name: PrototypesAction["name"], rule: string, role: PrototypesAction["role"], row?: number) => void} onAct with samples of this class
 */

export class ClassSection {
  size = el("span", { class: "quiet" });
  note = el("p", { class: "quiet note" });
  why = el("div", { class: "why-this", "aria-live": "polite" });

  /**
   * @param {PrototypesData} data
   * @param {number} label the class; -1: all samples
   * @param {ClassSectionHost} page
   */
  constructor(data, label, page) {
    this.data = data;
    this.label = label;
    this.page = page;
    const entry = classOfGroup(data.classes, label);
    const details = button({ class: "details", text: "Details", "aria-label": `show ${entry.name} alone`, on: { click: () => page.onAlone() } });
    this.own = this.newStrips(OWN_RULE, entry.name);
    this.peer = this.newStrips(PEER_RULE, entry.name);
    this.node = el("section", { class: "kind", "aria-label": entry.name },
      el("header", {}, el("h2", {}, chipOf(entry)), this.size, details), this.note,
      ...[this.own, this.peer].flatMap(({ prototype, criticism }) => [prototype.node, criticism.node]), this.why);
  }

  /**
   * @param {string} rule
   * @param {string} className
   * @returns {Strips}
   */
  newStrips(rule, className) {
    const { study, kind } = this.data;
    const asked = { study, kind, className, rule, onPick: this.page.onPick };
    return { prototype: new Strip({ ...asked, role: "prototype" }), criticism: new Strip({ ...asked, role: "criticism" }) };
  }

  /** @param {number} label */
  nameOf(label) {
    return classOfGroup(this.data.classes, label).name;
  }

  /**
   * @param {PrototypesData} data
   * @param {PrototypeGroup} group
   * @param {object} besides
   * @param {PrototypeGroup | undefined} besides.peer the same class by another rule
   * @param {number} besides.first so many samples in each role
   * @param {number} besides.classes that there are
   */
  show(data, group, { peer, first, classes }) {
    this.data = data;
    setText(this.size, counted(group.size, "sample"));
    const note = groupNote(group, first, classes, this.label < 0);
    setText(this.note, note);
    this.note.hidden = note === "";
    const isCompared = peer !== undefined;
    const chosen = [...this.showRule(OWN_RULE, this.own, group, first, isCompared), ...this.showRule(PEER_RULE, this.peer, peer, first, isCompared)];
    this.showWhy(group, chosen[0]);
  }

  /**
   * @param {string} rule
   * @param {Strips} strips
   * @param {PrototypeGroup | undefined} group
   * @param {number} first
   * @param {boolean} isCompared
   * @returns {Chosen[]} the samples among them that are marked
   */
  showRule(rule, strips, group, first, isCompared) {
    const { selected } = this.data;
    const [prototypes, criticisms] = [group?.prototypes.slice(0, first) ?? [], group?.criticisms.slice(0, first) ?? []];
    const counts = countRepresented(prototypes, first);
    strips.prototype.show(prototypes.map((sample, place) => prototypeEntry(sample, counts[place], group?.size ?? 0)), selected, isCompared);
    strips.criticism.show(criticisms.map(criticismEntry), selected, isCompared);
    return [
      ...prototypes.flatMap((sample, place) => (sample.row === selected ? /** @type {Chosen} */ ({ rule, role: "prototype", sample, place, represented: counts[place] }) : [])),
      ...criticisms.flatMap((sample, place) => (sample.row === selected ? /** @type {Chosen} */ ({ rule, role: "criticism", sample, place }) : [])),
    ];
  }

  /**
   * @param {PrototypeGroup} group
   * @param {Chosen | undefined} chosen
   */
  showWhy(group, chosen) {
    this.why.hidden = !chosen;
    const sentences = chosen ? selectionWords(chosen, group, this.nameOf(this.label), (label) => this.nameOf(label)) : [];
    this.why.replaceChildren(...sentences.map((text) => el("p", { text })), ...(chosen ? [el("div", { class: "actions" }, ...this.actionsFor(chosen))] : []));
  }

  /** @param {Chosen} chosen */
  actionsFor(chosen) {
    const { rule, sample } = chosen;
    if (chosen.role === "prototype") {
      const { represented } = chosen;
      const words = represented === 1 ? "Show the one it stands for" : `Show the ${count(represented)} it stands for`;
      return represented > 0 ? [button({ class: "key-button", text: words, "data-act": "map", on: { click: () => this.page.onAct("map", rule, "represented", sample.row) } })] : [];
    }
    const { nearest } = chosen.sample;
    const review = button({ class: "key-button", text: "Review the criticisms of this class", "data-act": "review", on: { click: () => this.page.onAct("review", rule, "criticism") } });
    return nearest ? [this.nearestButton(nearest), review] : [review];
  }

  /** @param {SampleReference} nearest */
  nearestButton(nearest) {
    const miniature = new Miniature(this.data.kind);
    miniature.show(this.data.study, nearest);
    return button({ class: "key-button nearest", on: { click: () => this.page.onPick(nearest.row) } }, miniature.node, el("span", { text: "Its nearest prototype" }));
  }
}
