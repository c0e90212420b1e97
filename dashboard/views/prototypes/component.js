// @ts-check
/* Prototypes and criticisms, class by class. Everything is fetched once; sliding only shows and counts. */

/** @import { Criticism, Prototype, PrototypeGroup, PrototypesAction, PrototypesAnswer, PrototypesData, PrototypesStates, SampleReference } from "../../payloads.d.ts" */
/** @import { Component, Send } from "../../shared/browser/mount.js" */
/** @import { Chosen } from "./words.js" */

import { button, el, setText } from "../../shared/browser/elements.js";
import { hasModifier, nextPlace } from "../../shared/browser/keyboard.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { Miniature } from "../../shared/browser/pictures.js";
import { address, getJson } from "../../shared/browser/server.js";
import { classChip } from "../../shared/browser/class_chip.js";
import { classOf, count, inLine, nameOf } from "../../shared/browser/words.js";
import { countRepresented } from "./counts.js";
import { Curve } from "./curve.js";
import { groupNote, reasonWords, share as inPercent, whyWords } from "./words.js";

const OWN = "coverage";
const PEER = "mmd_critic";
const DEFAULT_SHOWN = 8;
const MAX_IN_FULL = 3; // classes; of more, each has one row
/** @type {Record<string, string>} */
const RULES = { [OWN]: "coverage", [PEER]: "MMD-critic" };

/** @typedef {"prototype" | "criticism"} Role */

class Prototypes {
  /** @type {Send<PrototypesStates>} */
  send = () => {};
  /** @type {Map<string, PrototypeGroup[]>} */
  answers = new Map();
  /** @type {Set<string>} */
  asked = new Set();
  /** @type {Map<number, Section>} */
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
  curve = new Curve();
  list = el("div", { class: "kinds" });
  node = el("section", { class: "margin prototypes", "aria-label": "prototypes and criticisms", "data-state": "loading" },
    el("div", { class: "controls" },
      el("div", { class: "choices" },
        el("div", { class: "asked" },
          el("label", { class: "how-many" }, el("span", { text: "Show of each class" }), this.slider, this.number), this.chooser),
        el("div", { class: "actions" },
          this.forAll("map", "prototype", "prototypes on the map"), this.forAll("map", "criticism", "criticisms on the map"), this.forAll("review", "criticism", "review the criticisms"))),
      this.curve.node),
    this.list,
    el("p", { class: "quiet loading", text: "Loading" }),
    el("p", { class: "none", text: "No sample has features, so there are no prototypes." }),
    el("div", { class: "unreachable", role: "alert" }, el("span", { text: "The server does not answer." }),
      button({ class: "key-button", text: "try again", on: { click: () => { this.node.dataset.state = "loading"; this.update(this.data); } } })));

  /** @param {PrototypesData} data */
  constructor(data) {
    this.data = data;
  }

  /** @param {PrototypesData} data */
  update(data) {
    this.data = data;
    for (const rule of [OWN, data.peer]) if (rule && !this.asked.has(rule)) this.fetch(rule);
    if (this.answers.has(OWN)) this.show();
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
      const own = this.answers.get(OWN);
      if (own) this.open(own);
    } catch {
      this.asked.delete(rule);
      if (!this.abort.signal.aborted) this.node.dataset.state = "unreachable";
    }
  }

  /** @param {PrototypeGroup[]} groups */
  open(groups) {
    this.most = Math.max(1, ...groups.map((group) => group.prototypes.length));
    this.first = Math.min(this.first, this.most);
    this.slider.max = String(this.most);
    this.slider.value = String(this.first);
    const names = groups.map((group) => el("option", { value: String(group.label), text: this.nameOf(group.label) }));
    this.select.replaceChildren(el("option", { value: "", text: "all classes" }), ...names);
    this.select.value = this.only;
    this.chooser.hidden = groups.length < 2;
    this.node.dataset.state = groups.some((group) => group.prototypes.length > 0) ? "ready" : "empty";
    this.show();
  }

  /** @param {number} label */
  nameOf(label) {
    return label < 0 ? "all samples" : classOf(this.data.classes, label).name;
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
    const groups = this.answers.get(OWN) ?? [];
    const chosen = groups.filter((group) => this.isChosen(group));
    const peer = this.answers.get(this.data.peer ?? "");
    setText(this.number, `${this.first}`);
    this.list.classList.toggle("of-excerpts", this.data.kind !== "picture");
    this.list.classList.toggle("compact", chosen.length > MAX_IN_FULL);
    this.curve.show(chosen, peer?.filter((group) => this.isChosen(group)), this.first, this.most);
    for (const [label, section] of this.sections) section.node.hidden = !chosen.some((group) => group.label === label);
    for (const group of chosen) {
      const others = peer?.find((one) => one.label === group.label);
      this.sectionOf(group.label).show(group, others, groups.length);
    }
  }

  /** @param {number} label */
  sectionOf(label) {
    let section = this.sections.get(label);
    if (!section) {
      section = new Section(this, label);
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
    return button({ class: "key-button", text: words, on: { click: () => this.act(name, OWN, role, this.only === "" ? null : Number(this.only)) } });
  }

  slide() {
    this.first = Number(this.slider.value);
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.show());
  }
}

/* One class: what stands for it, what is odd in it, and why the chosen one is there. */
class Section {
  /**
   * @param {Prototypes} view
   * @param {number} label
   */
  constructor(view, label) {
    this.view = view;
    this.label = label;
    const chip = classChip();
    chip.show(label < 0 ? { name: "all samples", color: "transparent" } : classOf(view.data.classes, label));
    this.size = el("span", { class: "quiet" });
    const name = view.nameOf(label);
    this.details = button({ class: "details", text: "details", "aria-label": `show ${name} alone`, on: { click: () => view.choose(String(label)) } });
    this.note = el("p", { class: "quiet note" });
    this.own = { prototype: new Strip(this, OWN, "prototype"), criticism: new Strip(this, OWN, "criticism") };
    this.peer = { prototype: new Strip(this, PEER, "prototype"), criticism: new Strip(this, PEER, "criticism") };
    this.why = el("div", { class: "why-this", "aria-live": "polite" });
    this.node = el("section", { class: "kind", "aria-label": view.nameOf(label) },
      el("header", {}, el("h2", {}, chip.node), this.size, this.details), this.note,
      ...[this.own, this.peer].flatMap(({ prototype, criticism }) => [prototype.node, criticism.node]), this.why);
  }

  /**
   * @param {PrototypeGroup} group
   * @param {PrototypeGroup | undefined} others the same class by another rule
   * @param {number} classes
   */
  show(group, others, classes) {
    const { first } = this.view;
    setText(this.size, `${count(group.size)} ${group.size === 1 ? "sample" : "samples"}`);
    const note = groupNote(group, first, classes, this.label < 0);
    setText(this.note, note);
    this.note.hidden = note === "";
    const found = [...this.showRule(OWN, this.own, group, group.size, others !== undefined), ...this.showRule(PEER, this.peer, others, group.size, true)];
    this.showWhy(group, found[0]);
  }

  /**
   * @param {string} rule
   * @param {{ prototype: Strip, criticism: Strip }} strips
   * @param {PrototypeGroup | undefined} group
   * @param {number} size
   * @param {boolean} beside whether another rule is shown too
   * @returns {Chosen[]} the samples among them that are marked
   */
  showRule(rule, strips, group, size, beside) {
    const { first, data } = this.view;
    const [prototypes, criticisms] = [group?.prototypes.slice(0, first) ?? [], group?.criticisms.slice(0, first) ?? []];
    const counts = countRepresented(prototypes, first);
    strips.prototype.show(prototypes.map((sample, place) => forPrototype(sample, counts[place], size)), data.selected, beside);
    strips.criticism.show(criticisms.map(forCriticism), data.selected, beside);
    return [
      ...prototypes.flatMap((sample, place) => (sample.row === data.selected ? /** @type {Chosen} */ ({ rule, role: "prototype", sample, place, stands: counts[place] }) : [])),
      ...criticisms.flatMap((sample, place) => (sample.row === data.selected ? /** @type {Chosen} */ ({ rule, role: "criticism", sample, place, stands: counts[place] ?? 0 }) : [])),
    ];
  }

  /**
   * @param {PrototypeGroup} group
   * @param {Chosen | undefined} found
   */
  showWhy(group, found) {
    this.why.hidden = !found;
    if (!found) return this.why.replaceChildren();
    const { view } = this;
    const parts = whyWords(found, group, view.nameOf(this.label), (label) => view.nameOf(label)).map((text) => el("p", { text }));
    const actions = el("div", { class: "actions" });
    if (found.role === "prototype" && found.stands > 0) {
      const words = found.stands === 1 ? "show the one it stands for" : `show the ${count(found.stands)} it stands for`;
      actions.append(button({ class: "key-button", text: words, on: { click: () => view.act("map", found.rule, "represented", this.label, found.sample.row) } }));
    }
    if (found.role === "criticism") {
      const { nearest } = found.sample;
      if (nearest) actions.append(button({ class: "key-button nearest", on: { click: () => view.pick(nearest.row) } }, this.picture(nearest), el("span", { text: "its nearest prototype" })));
      actions.append(button({ class: "key-button", text: "review the criticisms of this class", on: { click: () => view.act("review", found.rule, "criticism", this.label) } }));
    }
    return this.why.replaceChildren(...parts, actions);
  }

  /** @param {SampleReference} sample */
  picture(sample) {
    const miniature = new Miniature(this.view.data.kind);
    miniature.show(this.view.data.study, sample);
    return miniature.node;
  }
}

/** @typedef {SampleReference & { share: number, words: string, label: string }} Entry */

/**
 * @param {Prototype} sample
 * @param {number} stands for so many
 * @param {number} size of its class
 * @returns {Entry}
 */
function forPrototype(sample, stands, size) {
  const part = size > 0 ? stands / size : 0;
  const words = part > 0 && part < 0.01 ? "< 1\u00a0%" : inPercent(part);
  const { row, id, excerpt } = sample;
  return { row, id, excerpt, share: part, words, label: `${nameOf(sample)}, stands for ${words} of its class` };
}

/**
 * @param {Criticism} sample
 * @returns {Entry}
 */
function forCriticism(sample) {
  const words = reasonWords(sample);
  return { row: sample.row, id: sample.id, excerpt: sample.excerpt, share: 0, words, label: `${nameOf(sample)}, ${words}` };
}

/* A row of samples in one role. */
class Strip {
  /**
   * @param {Section} section
   * @param {string} rule
   * @param {Role} role
   */
  constructor(section, rule, role) {
    this.section = section;
    this.rule = rule;
    this.role = role;
    /** @type {ReturnType<typeof newItem>[]} */
    this.items = [];
    /** @type {Entry[]} */
    this.entries = [];
    this.title = el("span", { class: "title" });
    this.list = el("div", { class: "items", role: "listbox", "aria-orientation": "horizontal", on: { keydown: (event) => this.onKey(event) } });
    this.node = el("div", { class: `strip ${role}`, "data-rule": rule }, this.title, this.list);
  }

  /**
   * @param {Entry[]} entries
   * @param {number | null} selected
   * @param {boolean} beside
   */
  show(entries, selected, beside) {
    this.entries = entries;
    this.node.hidden = entries.length === 0;
    const role = this.role === "prototype" ? "prototypes" : "criticisms";
    setText(this.title, beside ? `${role}, ${RULES[this.rule]}` : role);
    this.list.setAttribute("aria-label", `${role} samples of ${this.section.view.nameOf(this.section.label)}, ${RULES[this.rule]}`);
    while (this.items.length < entries.length) this.addItem();
    const chosen = entries.findIndex((entry) => entry.row === selected);
    this.items.forEach((item, index) => {
      const entry = entries[index];
      item.node.hidden = !entry;
      if (entry) this.showItem(item, entry, index === chosen);
      item.node.tabIndex = index === Math.max(0, chosen) ? 0 : -1;
    });
  }

  addItem() {
    const index = this.items.length;
    const item = newItem(this.section.view.data.kind, this.role, () => this.section.view.pick(this.entries[index].row));
    this.items.push(item);
    this.list.append(item.node);
  }

  /**
   * @param {ReturnType<typeof newItem>} item
   * @param {Entry} entry
   * @param {boolean} chosen
   */
  showItem(item, entry, chosen) {
    item.miniature.show(this.section.view.data.study, entry);
    setText(item.under, entry.words);
    item.fill.style.transform = `scaleX(${entry.share})`;
    item.node.setAttribute("aria-selected", String(chosen));
    item.node.setAttribute("aria-label", entry.label);
    item.node.title = [`#${entry.id}`, entry.words, inLine(entry.excerpt)].filter(Boolean).join(" · ");
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (hasModifier(event)) return;
    const at = this.items.findIndex((item) => event.target instanceof Node && item.node.contains(event.target));
    const place = nextPlace(event.key, at, this.entries.length);
    if (at < 0 || place === null) return;
    this.items.forEach((item, index) => { item.node.tabIndex = index === place ? 0 : -1; });
    this.items[place].node.focus();
    event.preventDefault();
    event.stopPropagation();
  }
}

/**
 * @param {PrototypesData["kind"]} kind
 * @param {Role} role
 * @param {() => void} onPick
 */
function newItem(kind, role, onPick) {
  const miniature = new Miniature(kind);
  if (miniature.image) miniature.image.loading = "lazy";
  const [under, fill] = [el("span", { class: "under" }), el("span", { class: "fill" })];
  const track = role === "prototype" ? el("span", { class: "track", "aria-hidden": "true" }, fill) : null;
  const node = button({ class: "item", role: "option", on: { click: onPick } }, miniature.node, track, under);
  return { miniature, under, fill, node };
}

/** @param {Component<PrototypesData>} component */
export default function (component) {
  return mountOnce(component, (data) => new Prototypes(data));
}
