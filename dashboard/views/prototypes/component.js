/* Prototypes and criticisms, class by class. Everything is fetched once; sliding only shows and counts. */

import { button, el, setText } from "../../shared/browser/elements.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { setAddress, thumbnail } from "../../shared/browser/pictures.js";
import { address, getJson, pictureAddress } from "../../shared/browser/server.js";
import { classChip } from "../../shared/browser/class_chip.js";
import { classOf, count } from "../../shared/browser/words.js";
import { standsFor } from "./counts.js";
import { Curve } from "./curve.js";
import { noteOn, reasonWords, share as inPercent, whyWords } from "./words.js";

const OWN = "coverage";
const FIRST = 8;
const RULES = { coverage: "this dashboard", mmd_critic: "MMD-critic" };

class Prototypes {
  constructor(data) {
    this.data = data;
    this.abort = new AbortController();
    this.answers = {};
    this.asked = {};
    this.first = FIRST;
    this.only = "";
    this.sections = new Map();
    this.build();
  }

  update(data) {
    this.data = data;
    for (const rule of [OWN, data.peer]) if (rule && !this.asked[rule]) this.fetch(rule);
    if (this.answers[OWN]) this.show();
  }

  destroy() {
    this.abort.abort();
  }

  async fetch(rule) {
    this.asked[rule] = true;
    try {
      this.answers[rule] = (await getJson(address(this.data.study, `typical/${rule}`), { signal: this.abort.signal })).groups;
      if (this.answers[OWN]) this.open();
    } catch (reason) {
      this.asked[rule] = false;
      if (!this.abort.signal.aborted) this.node.dataset.state = "unreachable";
    }
  }

  open() {
    const groups = this.answers[OWN];
    this.most = Math.max(1, ...groups.map((group) => group.prototypes.length));
    this.first = Math.min(this.first, this.most);
    this.slider.max = String(this.most);
    this.slider.value = String(this.first);
    const names = groups.map((group) => el("option", { value: String(group.class), text: this.nameOf(group.class) }));
    this.select.replaceChildren(el("option", { value: "", text: "all classes" }), ...names);
    this.select.value = this.only;
    this.chooser.hidden = groups.length < 2;
    this.node.dataset.state = groups.some((group) => group.prototypes.length > 0) ? "ready" : "empty";
    this.show();
  }

  nameOf(label) {
    return label < 0 ? "all samples" : classOf(this.data.classes, label).name;
  }

  show() {
    const { peer } = this.data;
    const chosen = this.answers[OWN].filter((group) => this.only === "" || String(group.class) === this.only);
    const theirs = peer ? this.answers[peer] : undefined;
    setText(this.number, `${this.first}`);
    this.curve.show(chosen, theirs?.filter((group) => this.only === "" || String(group.class) === this.only), this.first, this.most);
    for (const [label, section] of this.sections) section.node.hidden = !chosen.some((group) => group.class === label);
    for (const group of chosen) {
      const others = theirs?.find((one) => one.class === group.class);
      this.sectionOf(group.class).show(group, others, this.answers[OWN].length);
    }
  }

  sectionOf(label) {
    let section = this.sections.get(label);
    if (!section) {
      section = new Section(this, label);
      this.sections.set(label, section);
      this.list.append(section.node);
    }
    return section;
  }

  pick(row) {
    this.data = { ...this.data, selected: row };
    this.show();
    this.send("picked", { row });
  }

  act(name, rule, role, label, row = null) {
    this.send("action", { name, rule, role, label: label === null || label < 0 ? null : label, row, first: this.first });
  }

  slide() {
    this.first = Number(this.slider.value);
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.show());
  }

  build() {
    this.slider = el("input", { type: "range", min: "1", max: "1", value: "1", "aria-label": "samples shown of each class", on: { input: () => this.slide() } });
    this.number = el("output", { class: "number" });
    this.select = el("select", { "aria-label": "class", on: { change: () => { this.only = this.select.value; this.show(); } } });
    this.chooser = el("label", { class: "chooser" }, this.select);
    this.curve = new Curve();
    this.list = el("div", { class: "kinds" });
    const all = (role, words) => button({ class: "key-button", text: words, on: { click: () => this.act("review", OWN, role, this.only === "" ? null : Number(this.only)) } });
    const onMap = (role, words) => button({ class: "key-button", text: words, on: { click: () => this.act("map", OWN, role, this.only === "" ? null : Number(this.only)) } });
    this.node = el("section", { class: "margin prototypes", "aria-label": "typical and odd samples", "data-state": "loading" },
      el("div", { class: "controls" },
        el("div", { class: "choices" },
          el("div", { class: "asked" },
            el("label", { class: "how-many" }, el("span", { text: "Show of each class" }), this.slider, this.number), this.chooser),
          el("div", { class: "actions" }, onMap("prototype", "typical on the map"), onMap("criticism", "odd on the map"), all("criticism", "review the odd ones"))),
        this.curve.node),
      this.list,
      el("p", { class: "quiet loading", text: "Loading" }),
      el("p", { class: "none", text: "No sample has features, so none can be typical." }),
      el("div", { class: "unreachable", role: "alert" }, el("span", { text: "The server does not answer." }),
        button({ class: "key-button", text: "try again", on: { click: () => { this.node.dataset.state = "loading"; this.update(this.data); } } })));
  }
}

/* One class: what stands for it, what is odd in it, and why the chosen one is there. */
class Section {
  constructor(view, label) {
    this.view = view;
    this.label = label;
    const chip = classChip();
    chip.show(label < 0 ? { name: "all samples", colour: "transparent" } : classOf(view.data.classes, label));
    this.said = el("span", { class: "quiet" });
    this.note = el("p", { class: "quiet note" });
    this.strips = {};
    for (const rule of [OWN, "mmd_critic"]) for (const role of ["prototype", "criticism"]) this.strips[`${rule} ${role}`] = new Strip(this, rule, role);
    this.why = el("div", { class: "why-this", "aria-live": "polite" });
    this.node = el("section", { class: "kind", "aria-label": view.nameOf(label) },
      el("header", {}, el("h2", {}, chip.node), this.said), this.note,
      ...Object.values(this.strips).map((strip) => strip.node), this.why);
  }

  show(group, others, classes) {
    const { first } = this.view;
    setText(this.said, `${count(group.size)} ${group.size === 1 ? "sample" : "samples"}`);
    const note = noteOn(group, first, classes, this.label < 0);
    setText(this.note, note);
    this.note.hidden = note === "";
    const { selected } = this.view.data;
    this.shown = null;
    for (const [rule, one] of [[OWN, group], ["mmd_critic", others]]) {
      const counts = one ? standsFor(one.prototypes, first) : [];
      for (const role of ["prototype", "criticism"]) {
        const samples = one ? (role === "prototype" ? one.prototypes : one.criticisms).slice(0, first) : [];
        this.strips[`${rule} ${role}`].show(samples, counts, group.size, selected, others !== undefined);
        const place = samples.findIndex((sample) => sample.row === selected);
        if (place >= 0 && !this.shown) this.shown = { rule, role, sample: samples[place], place, stands: counts[place] ?? 0 };
      }
    }
    this.showWhy(group);
  }

  showWhy(group) {
    const found = this.shown;
    this.why.hidden = !found;
    if (!found) return this.why.replaceChildren();
    const { view } = this;
    const parts = whyWords(found, group, view.nameOf(this.label), (label) => view.nameOf(label)).map((text) => el("p", { text }));
    const actions = el("div", { class: "actions" });
    if (found.role === "prototype" && found.stands > 0) {
      const words = found.stands === 1 ? "show the one it stands for" : `show the ${count(found.stands)} it stands for`;
      actions.append(button({ class: "key-button", text: words, on: { click: () => view.act("map", found.rule, "stood_for", this.label, found.sample.row) } }));
    }
    if (found.role === "criticism") {
      const { nearest } = found.sample;
      if (nearest) actions.append(button({ class: "key-button nearest", on: { click: () => view.pick(nearest.row) } }, this.picture(nearest), el("span", { text: "its nearest typical sample" })));
      actions.append(button({ class: "key-button", text: "review the odd ones of this class", on: { click: () => view.act("review", found.rule, "criticism", this.label) } }));
    }
    this.why.replaceChildren(...parts, actions);
  }

  picture(sample) {
    if (this.view.data.kind !== "picture") return el("span", { class: "quiet", text: `#${sample.id}` });
    const image = thumbnail();
    setAddress(image, pictureAddress(this.view.data.study, sample.row, "thumb"));
    return image;
  }
}

/* A row of samples in one role. */
class Strip {
  constructor(section, rule, role) {
    Object.assign(this, { section, rule, role, items: [] });
    this.title = el("span", { class: "title" });
    this.list = el("div", { class: "items", role: "listbox", "aria-orientation": "horizontal", on: { keydown: (event) => this.onKey(event) } });
    this.node = el("div", { class: `strip ${role}`, "data-rule": rule }, this.title, this.list);
  }

  show(samples, counts, size, selected, beside) {
    this.samples = samples;
    this.node.hidden = samples.length === 0;
    const role = this.role === "prototype" ? "typical" : "odd";
    setText(this.title, beside ? `${role}, ${RULES[this.rule]}` : role);
    this.list.setAttribute("aria-label", `${role} samples of ${this.section.view.nameOf(this.section.label)}, ${RULES[this.rule]}`);
    while (this.items.length < samples.length) this.addItem();
    const chosen = samples.findIndex((sample) => sample.row === selected);
    this.items.forEach((item, index) => {
      const sample = samples[index];
      item.node.hidden = !sample;
      if (sample) this.showItem(item, sample, counts[index], size, index === chosen);
      item.node.tabIndex = index === Math.max(0, chosen) ? 0 : -1;
    });
  }

  addItem() {
    const index = this.items.length;
    const { kind } = this.section.view.data;
    const item = { image: thumbnail(), id: el("span", { class: "id" }), under: el("span", { class: "under" }), fill: el("span", { class: "fill" }) };
    item.image.loading = "lazy";
    const track = this.role === "prototype" ? el("span", { class: "track", "aria-hidden": "true" }, item.fill) : null;
    item.node = button({ class: "item", role: "option", on: { click: () => this.section.view.pick(this.samples[index].row) } },
      kind === "picture" ? item.image : item.id, track, item.under);
    this.items.push(item);
    this.list.append(item.node);
  }

  showItem(item, sample, stands, size, chosen) {
    const { kind, study } = this.section.view.data;
    if (kind === "picture") setAddress(item.image, pictureAddress(study, sample.row, "thumb"));
    else setText(item.id, `#${sample.id}`);
    const share = size > 0 ? (stands ?? 0) / size : 0;
    const percent = share > 0 && share < 0.01 ? "< 1\u00a0%" : inPercent(share);
    const words = this.role === "prototype" ? percent : reasonWords(sample);
    setText(item.under, words);
    item.fill.style.transform = `scaleX(${share})`;
    item.node.setAttribute("aria-selected", String(chosen));
    item.node.setAttribute("aria-label", this.role === "prototype" ? `${sample.id}, stands for ${percent} of its class` : `${sample.id}, ${words}`);
    item.node.title = `#${sample.id}`;
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.items.findIndex((item) => item.node.contains(event.target));
    const moves = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: this.samples.length - 1 };
    if (at < 0 || !(event.key in moves)) return;
    const next = Math.max(0, Math.min(this.samples.length - 1, moves[event.key]));
    this.items.forEach((item, index) => { item.node.tabIndex = index === next ? 0 : -1; });
    this.items[next].node.focus();
    event.preventDefault();
    event.stopPropagation();
  }
}

export default function (component) {
  return mountOnce(component, (data) => new Prototypes(data));
}
