// @ts-check
/* Prototypes and criticisms, class by class. Everything is fetched once; sliding only shows and counts. */

/** @import { PrototypeGroup, PrototypesAction, PrototypesAnswer, PrototypesData, PrototypesStates } from "../../payloads.d.ts" */
/** @import { Component, Send } from "../../shared/browser/mount.js" */
/** @import { Role } from "./strip.js" */

import { button, el, setText, unreachableNotice } from "../../shared/browser/elements.js";
import { glanceLegend } from "../../shared/browser/glance_legend.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { address, getJson } from "../../shared/browser/server.js";
import { ClassSection } from "./class_section.js";
import { CoverageCurve } from "./coverage_curve.js";
import { OWN_RULE } from "./rules.js";
import { classOfGroup } from "./words.js";

const DEFAULT_SHOWN = 8;
const MAX_IN_FULL = 3; // classes; of more, each has one row

class Prototypes {
  /** @type {Send<PrototypesStates>} */
  send = () => {};
  /** @type {Map<string, PrototypeGroup[]>} by rule */
  answers = new Map();
  /** @type {Set<string>} rules */
  asked = new Set();
  /** @type {Map<number, ClassSection>} by class */
  sections = new Map();
  first = DEFAULT_SHOWN;
  most = 1;
  only = "";
  frame = 0;
  abort = new AbortController();

  slider = el("input", { type: "range", min: "1", max: "1", value: "1", "aria-label": "samples shown of each class", on: { input: () => this.slide() } });
  number = el("output", { class: "number" });
  select = el("select", { "aria-label": "class", on: { change: () => this.choose(this.select.value) } });
  chooser = el("label", { class: "chooser" }, this.select);
  curve = new CoverageCurve();
  list = el("div", { class: "kinds" });
  node = el("section", { class: "margin prototypes", "aria-label": "prototypes and criticisms", "data-state": "loading" },
    el("div", { class: "controls" },
      el("div", { class: "choices" },
        el("div", { class: "asked" },
          el("label", { class: "how-many" }, el("span", { text: "Show of each class" }), this.slider, this.number), this.chooser),
        el("div", { class: "actions" },
          this.forAll("map", "prototype", "Prototypes on the map"), this.forAll("map", "criticism", "Criticisms on the map"), this.forAll("review", "criticism", "Review the criticisms"))),
      this.curve.node),
    this.list,
    el("p", { class: "quiet loading", text: "Loading" }),
    el("p", { class: "none", text: "No sample has features, so there are no prototypes." }),
    unreachableNotice(() => this.tryAgain()));

  /** @param {PrototypesData} data */
  constructor(data) {
    this.data = data;
    const legend = glanceLegend(data.kind, { given: "the class", suggested: "other classes" }, "prototypes: the columns that tell the class apart best; criticisms: the most unusual");
    if (legend) this.list.before(legend);
  }

  /** @param {PrototypesData} data */
  update(data) {
    this.data = data;
    for (const rule of [OWN_RULE, data.peer]) if (rule && !this.asked.has(rule)) this.fetch(rule);
    if (this.answers.has(OWN_RULE)) this.show();
  }

  destroy() {
    this.abort.abort();
  }

  /** @param {string} rule */
  async fetch(rule) {
    this.asked.add(rule);
    try {
      const { groups } = /** @type {PrototypesAnswer} */ (await getJson(address(this.data.study, `prototypes/${rule}`), { signal: this.abort.signal }));
      this.answers.set(rule, groups);
      const own = this.answers.get(OWN_RULE);
      if (own) this.open(own);
    } catch {
      this.asked.delete(rule);
      if (!this.abort.signal.aborted) this.node.dataset.state = "unreachable";
    }
  }

  tryAgain() {
    this.node.dataset.state = "loading";
    this.update(this.data);
  }

  /** @param {PrototypeGroup[]} groups */
  open(groups) {
    this.most = Math.max(1, ...groups.map((group) => group.prototypes.length));
    this.first = Math.min(this.first, this.most);
    this.slider.max = String(this.most);
    this.slider.value = String(this.first);
    const names = groups.map((group) => el("option", { value: String(group.label), text: classOfGroup(this.data.classes, group.label).name }));
    this.select.replaceChildren(el("option", { value: "", text: "all classes" }), ...names);
    this.select.value = this.only;
    this.chooser.hidden = groups.length < 2;
    this.node.dataset.state = groups.some((group) => group.prototypes.length > 0) ? "ready" : "empty";
    this.show();
  }

  /** @param {string} label a class, or "" for all */
  choose(label) {
    this.select.value = this.only = label;
    this.show();
  }

  /** @param {PrototypeGroup} group */
  isChosen(group) {
    return this.only === "" || String(group.label) === this.only;
  }

  show() {
    const groups = this.answers.get(OWN_RULE) ?? [];
    const chosen = groups.filter((group) => this.isChosen(group));
    const peer = this.answers.get(this.data.peer ?? "");
    setText(this.number, `${this.first}`);
    this.list.classList.toggle("of-excerpts", this.data.kind !== "picture");
    this.list.classList.toggle("compact", chosen.length > MAX_IN_FULL);
    this.curve.show(chosen, peer?.filter((group) => this.isChosen(group)), this.first, this.most);
    for (const [label, section] of this.sections) section.node.hidden = !chosen.some((group) => group.label === label);
    for (const group of chosen) {
      this.sectionOf(group.label).show(this.data, group, { peer: peer?.find((one) => one.label === group.label), first: this.first, classes: groups.length });
    }
  }

  /** @param {number} label */
  sectionOf(label) {
    let section = this.sections.get(label);
    if (!section) {
      section = new ClassSection(this.data, label, {
        onAlone: () => this.choose(String(label)), onPick: (row) => this.pick(row), onAct: (name, rule, role, row) => this.act(name, rule, role, label, row),
      });
      this.sections.set(label, section);
      this.list.append(section.node);
    }
    return section;
  }

  /** @param {number} row */
  pick(row) {
    this.data = { ...this.data, selected: row };
    this.show();
    this.send("picked", { row });
  }

  /**
   * @param {PrototypesAction["name"]} name
   * @param {string} rule
   * @param {PrototypesAction["role"]} role
   * @param {number | null} label
   * @param {number | null} [row]
   */
  act(name, rule, role, label, row = null) {
    this.send("action", { name, rule, role, label: label === null || label < 0 ? null : label, row, first: this.first });
  }

  /**
   * A button for all samples in a role, of the class that is chosen.
   * @param {PrototypesAction["name"]} name
   * @param {Role} role
   * @param {string} words
   */
  forAll(name, role, words) {
    return button({ class: "key-button", text: words, "data-act": `${name}-${role}`, on: { click: () => this.act(name, OWN_RULE, role, this.only === "" ? null : Number(this.only)) } });
  }

  slide() {
    this.first = Number(this.slider.value);
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.show());
  }
}

/** @param {Component<PrototypesData>} component */
export default function (component) {
  return mountOnce(component, (data) => new Prototypes(data));
}
