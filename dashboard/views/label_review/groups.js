/* Grid: samples that share a suggestion, decided at once but for those left out. */

import { button, el, keyButton, setText } from "../../shared/browser/elements.js";
import { setAddress, thumbnail } from "../../shared/browser/pictures.js";
import { pictureAddress } from "../../shared/browser/server.js";
import { classChip } from "../../shared/browser/class_chip.js";
import { classOf, count, fraction } from "../../shared/browser/words.js";

const GROUP_PAGE = 60;

export class Groups {
  /* `isOpen` says whether the grid is still wanted when an answer arrives. */
  constructor({ study, queue, isOpen, onShow, onDecide, onAway }) {
    this.study = study;
    this.queue = queue;
    this.isOpen = isOpen;
    this.onShow = onShow;
    this.onDecide = onDecide;
    this.onAway = onAway;
    this.groups = [];
    this.group = null;
    this.members = [];
    this.leftOut = new Set();
    this.focused = 0;
    this.build();
  }

  async open(wanted) {
    try {
      const { groups } = await this.queue.ask("groups");
      if (!this.isOpen()) return;
      this.groups = groups;
      await this.openGroup(groups.find((one) => wanted && isSame(one, wanted)) ?? groups[0] ?? null);
    } catch (reason) {
      this.members = [];
      this.onAway(reason, () => this.open(wanted));
    }
  }

  async openGroup(group) {
    this.group = group;
    this.leftOut = new Set();
    this.members = [];
    if (group) {
      // Suspects come first; what follows them in the queue shares the pair, but nobody suspects it.
      const limit = Math.min(GROUP_PAGE, group.count);
      const answer = await this.queue.ask(`queue${this.queue.query(limit, { given: group.given, suggested: group.suggested })}`);
      if (this.group !== group || !this.isOpen()) return;
      this.queue.accept(answer);
      this.members = this.queue.fresh(answer.cards, []).filter((card) => isSame(card, group));
      if (this.members.length === 0) this.groups = this.groups.filter((one) => one !== group);
    }
    this.focused = 0;
    if (group && this.members.length === 0 && this.groups.length > 0) await this.openGroup(this.groups[0]);
    else this.onShow();
  }

  turnTo(group) {
    this.openGroup(group).catch((reason) => this.onAway(reason, () => this.open()));
  }

  /* Corrected labels change what others look like: the list follows once everything decided here is saved. */
  async refresh() {
    const saved = () => this.queue.outbox.waiting.length === 0;
    if (!saved()) return;
    const { groups } = await this.queue.ask("groups");
    if (!saved() || !this.isOpen()) return;
    const again = this.group && groups.find((one) => isSame(one, this.group));
    this.groups = again || !this.group ? groups : [this.group, ...groups];
    this.group = again ?? this.group;
    if (this.members.length > 0) this.showList();
    else if (groups.length > 0) await this.openGroup(groups[0]);
  }

  restore(cards) {
    const { given, suggested } = cards[0];
    const pair = { given, suggested };
    this.group = this.groups.find((one) => isSame(one, pair)) ?? null;
    if (!this.group) {
      this.group = { given, suggested, count: 0 };
      this.groups = [this.group, ...this.groups];
    }
    this.group.count = Math.max(this.group.count, cards.length);
    this.members = cards.filter((card) => isSame(card, pair));
    this.leftOut = new Set();
    this.focused = 0;
    this.onShow();
  }

  decide(verdict) {
    const taken = this.members.filter((card) => !this.leftOut.has(card.row));
    if (taken.length === 0) return;
    this.onDecide(taken, verdict, verdict === "relabel" ? this.group.suggested : null);
    const done = this.group;
    const place = this.groups.indexOf(done);
    done.count -= taken.length;
    if (done.count <= 0) this.groups = this.groups.filter((one) => one !== done);
    const rest = this.groups.filter((one) => one !== done);
    const next = this.groups[Math.min(place + (done.count > 0 ? 1 : 0), this.groups.length - 1)];
    if (rest.length === 0) {
      this.members = [];
      this.group = null;
      this.onShow();
      return;
    }
    this.turnTo(next === done ? rest[0] : next);
  }

  /* ----- keys ----- */

  runFor(key) {
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns(), ArrowDown: this.columns() };
    if (key in moves) return { repeats: true, run: () => this.focus(this.focused + moves[key]) };
    const runs = {
      Enter: () => this.decide("relabel"),
      k: () => this.decide("keep"),
      " ": () => this.toggle(this.members[this.focused]),
      n: () => this.step(1),
      p: () => this.step(-1),
    };
    return runs[key] ? { repeats: false, run: runs[key] } : null;
  }

  step(by) {
    const group = this.groups[this.groups.indexOf(this.group) + by];
    if (group) this.turnTo(group);
  }

  columns() {
    return getComputedStyle(this.memberList).gridTemplateColumns.split(" ").length;
  }

  focus(index) {
    this.focused = Math.max(0, Math.min(index, this.members.length - 1));
    this.showTaken();
    this.memberList.children[this.focused].focus();
  }

  toggle(card) {
    if (!this.leftOut.delete(card.row)) this.leftOut.add(card.row);
    this.showTaken();
  }

  /* ----- elements ----- */

  show(classes) {
    this.classes = classes;
    this.showList();
    this.memberList.replaceChildren(...this.members.map((card, index) => this.member(card, index)));
    this.given.show(classOf(classes, this.group.given));
    this.suggested.show(classOf(classes, this.group.suggested));
    this.showTaken();
  }

  showList() {
    this.list.replaceChildren(...this.groups.map((group) => this.item(group)));
  }

  showTaken() {
    [...this.memberList.children].forEach((node, index) => {
      const out = this.leftOut.has(this.members[index].row);
      node.classList.toggle("out", out);
      node.setAttribute("aria-selected", String(!out));
      node.tabIndex = index === this.focused ? 0 : -1;
    });
    const taken = this.members.length - this.leftOut.size;
    setText(this.relabel.querySelector(".words"), `relabel ${taken} to ${classOf(this.classes, this.group.suggested).name}`);
    setText(this.keep.querySelector(".words"), `keep ${taken} as ${classOf(this.classes, this.group.given).name}`);
    setText(this.hint, this.leftOut.size > 0 ? `${this.leftOut.size} left out` : "Space or a click leaves one out");
    this.relabel.disabled = this.keep.disabled = taken === 0;
  }

  item(group) {
    const [given, suggested] = [classChip("small"), classChip("small")];
    given.show(classOf(this.classes, group.given));
    suggested.show(classOf(this.classes, group.suggested));
    return button({ class: "group", "aria-pressed": String(group === this.group), on: { click: () => this.turnTo(group) } },
      el("span", { class: "pair" }, given.node, el("span", { class: "quiet", text: "→" }), suggested.node), el("span", { class: "number", text: count(group.count) }));
  }

  member(card, index) {
    const image = thumbnail();
    const node = el("div", {
      class: "member", role: "option", tabindex: index === this.focused ? "0" : "-1",
      on: { pointerdown: (event) => event.preventDefault(), click: () => { this.focused = index; this.toggle(card); } },
    });
    if (card.kind === "picture") setAddress(image, pictureAddress(this.study, card.row, "thumb"));
    node.append(card.kind === "picture" ? image : el("span", { class: "prose", text: card.text ?? card.values.map((pair) => pair.join(" ")).join("\n") }),
      el("span", { class: "quiet", text: `#${card.id}` }), el("span", { class: "quiet number", text: fraction(card.score) }));
    node.setAttribute("aria-label", `${card.id}, suspicion ${fraction(card.score)}`);
    return node;
  }

  build() {
    this.list = el("nav", { class: "groups", "aria-label": "groups that share a suggestion" });
    this.memberList = el("div", { class: "members", role: "listbox", "aria-multiselectable": "true", "aria-label": "samples of the group" });
    this.given = classChip("large");
    this.suggested = classChip("large");
    this.hint = el("span", { class: "quiet" });
    this.relabel = keyButton("Enter", "relabel", () => this.decide("relabel"), { class: "key-button next" });
    this.keep = keyButton("K", "keep", () => this.decide("keep"));
    this.node = el("div", { class: "grid" }, this.list,
      el("div", { class: "group-work" },
        el("div", { class: "group-head" },
          el("span", { class: "title", text: "given" }), this.given.node,
          el("span", { class: "title", text: "looks like" }), this.suggested.node,
          el("span", { class: "gap" }),
          keyButton("P", "previous", () => this.step(-1), { class: "key-button step", "aria-label": "previous group", title: "previous group" }),
          keyButton("N", "next", () => this.step(1), { class: "key-button step", "aria-label": "next group", title: "next group" })),
        el("div", { class: "row" }, this.relabel, this.keep, this.hint),
        this.memberList));
  }
}

function isSame(one, other) {
  return one.given === other.given && one.suggested === other.suggested;
}
