// @ts-check
/* Grid: samples that share a suggestion, decided at once but for those left out. */

/** @import { ClassEntry, QueueCard, ReviewData, SuspectGroup } from "../../payloads.d.ts" */
/** @import { Queue } from "./queue.js" */

import { button, el, keyButton, setText, wordsOf } from "../../shared/browser/elements.js";
import { Miniature } from "../../shared/browser/pictures.js";
import { chipOf, classChip } from "../../shared/browser/class_chip.js";
import { columnsOfRows, headOfRows, isReadable, readableRow } from "../../shared/browser/readable_row.js";
import { classOf, comparedClasses, count, counted, fraction, sampleName, titleOf } from "../../shared/browser/words.js";

const GROUP_PAGE = 60;
/* Of samples that are read, and not seen at a glance. */
const READABLE_PAGE = 20;

export class Groups {
  /** @type {SuspectGroup[]} */
  groups = [];
  /** @type {SuspectGroup | null} the one that is shown: it, `members` and the elements change in one step */
  group = null;
  /** @type {SuspectGroup | null} the one whose members are asked for; until they are there, keys mean what is on screen */
  awaited = null;
  /** @type {QueueCard[]} */
  members = [];
  /** @type {Set<number>} */
  leftOut = new Set();
  /** @type {readonly ClassEntry[]} */
  classes = [];
  focused = 0;
  isOpening = false;

  list = el("nav", { class: "groups", "aria-label": "groups that share a suggestion" });
  memberList = el("div", { class: "members", role: "listbox", "aria-multiselectable": "true", "aria-label": "samples of the group" });
  rowsHead = el("div", { class: "rows-head" });
  given = classChip("large");
  suggested = classChip("large");
  hint = el("span", { class: "quiet" });
  relabel = keyButton("Enter", "Relabel", () => this.decide("relabel"), { class: "key-button next" });
  keep = keyButton("K", "Keep", () => this.decide("keep"));
  node = el("div", { class: "grid" }, this.list,
    el("div", { class: "group-work" },
      el("div", { class: "group-head" },
        el("span", { class: "title", text: "given" }), this.given.node,
        el("span", { class: "title", text: "suggested" }), this.suggested.node,
        el("span", { class: "gap" }),
        keyButton("P", "Previous", () => this.step(-1), { class: "key-button step", "aria-label": "previous group", title: "previous group" }),
        keyButton("N", "Next", () => this.step(1), { class: "key-button step", "aria-label": "next group", title: "next group" })),
      el("div", { class: "row" }, this.relabel, this.keep, this.hint),
      this.rowsHead, this.memberList));

  /**
   * @param {object} options
   * @param {string} options.study
   * @param {ReviewData["kind"]} options.kind
   * @param {() => readonly ClassEntry[]} options.classesOf
   * @param {Queue} options.queue
   * @param {() => boolean} options.isOpen whether the grid is still wanted when an answer arrives
   * @param {() => void} options.onShow
   * @param {(cards: QueueCard[], verdict: "relabel" | "keep", label: number | null) => void} options.onDecide
   * @param {(reason: unknown, again: () => void) => void} options.onAway
   */
  constructor({ study, kind, classesOf, queue, isOpen, onShow, onDecide, onAway }) {
    this.study = study;
    this.isReadable = isReadable(kind);
    this.page = this.isReadable ? READABLE_PAGE : GROUP_PAGE;
    this.classesOf = classesOf;
    this.node.classList.toggle("of-rows", this.isReadable);
    this.queue = queue;
    this.isOpen = isOpen;
    this.onShow = onShow;
    this.onDecide = onDecide;
    this.onAway = onAway;
  }

  /** @param {SuspectGroup} [wanted] */
  async open(wanted) {
    if (this.isOpening) return;
    this.isOpening = true;
    try {
      const { groups } = await this.queue.groups();
      if (!this.isOpen()) return;
      this.groups = groups;
      await this.openGroup(groups.find((one) => wanted && isSameGroup(one, wanted)) ?? groups[0] ?? null);
    } catch (reason) {
      this.set(null, []);
      this.onAway(reason, () => this.open(wanted));
    } finally {
      this.isOpening = false;
    }
  }

  /** @param {SuspectGroup | null} group */
  async openGroup(group) {
    this.awaited = group;
    if (!group) {
      this.set(null, []);
      this.onShow();
      return;
    }
    try {
      const answer = await this.queue.members(group, Math.min(this.page, group.count));
      if (this.awaited !== group || !this.isOpen()) return;
      this.queue.accept(answer);
      const members = this.queue.undecided(answer.cards, []).filter((card) => isSameGroup(card, group));
      if (members.length === 0) this.groups = this.groups.filter((one) => !isSameGroup(one, group));
      if (members.length === 0 && this.groups.length > 0) {
        await this.openGroup(this.groups[0]);
      } else {
        // The list may be a newer one by now, with another entry for the same group.
        this.set(this.groups.find((one) => isSameGroup(one, group)) ?? group, members);
        this.onShow();
      }
    } finally {
      if (this.awaited === group) this.awaited = null;
    }
  }

  /**
   * @param {SuspectGroup | null} group
   * @param {QueueCard[]} members
   */
  set(group, members) {
    this.group = group;
    this.members = members;
    this.leftOut = new Set();
    this.focused = 0;
    this.memberList.inert = false;
    this.showMembers();
  }

  /* Samples that are read have a line each, and what they are compared in stands above all. */
  showMembers() {
    const { members, group } = this;
    const columns = this.isReadable ? columnsOfRows(members) : [];
    const names = comparedClasses(group ?? { given: -1, suggested: -1 }, this.classesOf());
    this.rowsHead.replaceChildren(...(this.isReadable ? headOfRows(members, columns, names) : []));
    this.node.style.setProperty("--columns", String(columns.length));
    this.memberList.replaceChildren(...members.map((card, index) => this.member(card, index, this.isReadable ? readableRow(card, columns, names) : [this.miniature(card)])));
  }

  /** @param {SuspectGroup} group */
  turnTo(group) {
    this.openGroup(group).catch((reason) => this.onAway(reason, () => this.open(group)));
  }

  /* Corrected labels change what others look like: the list follows once everything decided here is saved. */
  async refresh() {
    const saved = () => this.queue.outbox.waiting.length === 0;
    if (!saved()) return;
    const { groups } = await this.queue.groups();
    if (!saved() || !this.isOpen()) return;
    const { group } = this;
    const again = group ? groups.find((one) => isSameGroup(one, group)) : undefined;
    this.groups = again || !group ? groups : [group, ...groups];
    this.group = again ?? group;
    if (this.members.length > 0 || this.awaited) this.showList();
    else if (groups.length > 0) await this.openGroup(groups[0]);
  }

  /** @param {readonly QueueCard[]} cards that were given back to the queue, at least one */
  restore(cards) {
    const { given, suggested } = cards[0];
    const pair = { given, suggested };
    const known = this.groups.find((one) => isSameGroup(one, pair));
    const group = known ?? { given, suggested, count: 0 };
    if (!known) this.groups = [group, ...this.groups];
    group.count = Math.max(group.count, cards.length);
    this.awaited = null;
    this.set(group, cards.filter((card) => isSameGroup(card, pair)));
    this.onShow();
  }

  /** @param {"relabel" | "keep"} verdict */
  decide(verdict) {
    const taken = this.members.filter((card) => !this.leftOut.has(card.row));
    const done = this.group;
    if (taken.length === 0 || !done) return;
    this.onDecide(taken, verdict, verdict === "relabel" ? done.suggested : null);
    const place = this.groups.indexOf(done);
    done.count -= taken.length;
    if (done.count <= 0) this.groups = this.groups.filter((one) => one !== done);
    const rest = this.groups.filter((one) => one !== done);
    const next = this.groups[Math.min(place + (done.count > 0 ? 1 : 0), this.groups.length - 1)];
    if (rest.length === 0) {
      this.awaited = null;
      this.set(null, []);
      this.onShow();
      return;
    }
    // They stay in sight until the next group is there, and no key or click reaches them.
    this.members = [];
    this.memberList.inert = true;
    this.showTaken();
    this.turnTo(next === done ? rest[0] : next);
  }

  /* ----- keys ----- */

  /** @param {number} by */
  move(by) {
    this.focus(this.focused + by);
  }

  toggleFocused() {
    if (this.members.length > 0) this.toggle(this.members[this.focused]);
  }

  /** @param {number} by */
  step(by) {
    const from = this.awaited ?? this.group;
    const group = from ? this.groups[this.groups.indexOf(from) + by] : undefined;
    if (group) this.turnTo(group);
  }

  columns() {
    return getComputedStyle(this.memberList).gridTemplateColumns.split(" ").length;
  }

  /** @param {number} index */
  focus(index) {
    if (this.members.length === 0) return;
    this.focused = Math.max(0, Math.min(index, this.members.length - 1));
    this.showTaken();
    this.nodes()[this.focused].focus();
  }

  nodes() {
    return /** @type {HTMLElement[]} */ ([...this.memberList.children]);
  }

  /** @param {QueueCard} card */
  toggle(card) {
    if (!this.leftOut.delete(card.row)) this.leftOut.add(card.row);
    this.showTaken();
  }

  /* ----- elements ----- */

  /** @param {readonly ClassEntry[]} classes */
  show(classes) {
    this.classes = classes;
    this.showList();
    const { given = null, suggested = null } = this.group ?? {};
    this.given.show(classOf(classes, given));
    this.suggested.show(classOf(classes, suggested));
    this.showTaken();
  }

  showList() {
    this.list.replaceChildren(...this.groups.map((group) => this.item(group)));
  }

  showTaken() {
    const nodes = this.nodes();
    this.members.forEach((card, index) => {
      const [node, out] = [nodes[index], this.leftOut.has(card.row)];
      node.classList.toggle("out", out);
      node.setAttribute("aria-selected", String(!out));
      node.tabIndex = index === this.focused ? 0 : -1;
    });
    const taken = this.members.length - this.leftOut.size;
    const { given = null, suggested = null } = this.group ?? {};
    setText(wordsOf(this.relabel), `Relabel ${counted(taken, "sample")} to “${classOf(this.classes, suggested).name}”`);
    setText(wordsOf(this.keep), `Keep “${classOf(this.classes, given).name}” for ${counted(taken, "sample")}`);
    setText(this.hint, this.leftOut.size > 0 ? `${this.leftOut.size} left out` : "press Space or click to leave a sample out");
    this.relabel.disabled = this.keep.disabled = taken === 0;
  }

  /** @param {SuspectGroup} group */
  item(group) {
    const [given, suggested] = [group.given, group.suggested].map((label) => chipOf(classOf(this.classes, label), "small"));
    return button({ class: "group", "aria-pressed": String(group === this.group), on: { click: () => this.turnTo(group) } },
      el("span", { class: "pair" }, given, el("span", { class: "quiet", text: "→" }), suggested), el("span", { class: "number", text: count(group.count) }));
  }

  /** @param {QueueCard} card */
  miniature(card) {
    const made = new Miniature(card.kind, false, 5);
    made.show(this.study, card);
    return made.node;
  }

  /**
   * @param {QueueCard} card
   * @param {number} index
   * @param {readonly Node[]} content
   */
  member(card, index, content) {
    const node = el("div", {
      class: "member", role: "option", tabindex: index === this.focused ? "0" : "-1", title: card.kind === "picture" ? titleOf(card, besideWords(card)) : "",
      on: { pointerdown: (event) => event.preventDefault(), click: () => { this.focused = index; this.toggle(card); } },
    });
    node.append(...content, el("span", { class: "quiet", title: `#${card.id}`, text: `#${card.id}` }), el("span", { class: "quiet number", text: fraction(card.score) }));
    node.setAttribute("aria-label", `${sampleName(card)}, label error score ${fraction(card.score)}`);
    return node;
  }
}

/**
 * The columns beside a picture, in words.
 * @param {Pick<QueueCard, "others">} card
 */
function besideWords({ others = [] }) {
  return others.map(([name, value]) => `${name} ${value}`).join(" · ");
}

/**
 * @param {{ given: number, suggested: number }} one
 * @param {{ given: number, suggested: number }} other
 */
function isSameGroup(one, other) {
  return one.given === other.given && one.suggested === other.suggested;
}
