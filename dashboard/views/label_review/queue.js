/* Which samples come next, what was decided, and what the server says of both. Nothing here touches the page. */

import { address, getJson } from "../../shared/browser/server.js";

export const READY = 12;
const PAGE = 60;
/* Samples held ahead: at 20 keys a second they outlast a server that is away for more than four seconds, and at any speed a
   person reviews with, for minutes. */
const ENOUGH = 90;
const MOST_SKIPPED = 1_000;
const CARDS_KEPT = 600;
const SHOWN = 10;
const FIELDS = { relabel: "relabelled", keep: "kept", exclude: "excluded", skip: "skipped" };

export class Queue {
  constructor(study, outbox) {
    this.study = study;
    this.outbox = outbox;
    this.selection = null;
    this.beyond = false;
    this.checks = false;
    this.goal = null;
    this.cards = new Map();
    this.decided = new Set();
    this.history = [];
    this.progress = null;
    this.version = -1;
    this.learnt = { refits: 0, corrections: 0, trouble: "" };
    this.clear();
    for (const entry of outbox.waiting) this.note(entry.decision);
  }

  clear() {
    this.order = [];
    this.position = 0;
    this.ended = false;
    this.orderedAfter = null;
  }

  /* ----- server ----- */

  query(limit, more = {}) {
    const asked = { selection: this.selection, beyond: this.beyond ? 1 : null, checks: this.checks ? 1 : null, goal: this.goal, ...more };
    return `?${new URLSearchParams({ limit, ...Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== null)) })}`;
  }

  ask(path) {
    return getJson(address(this.study, path));
  }

  /* A few samples first, so that one is soon on screen; then the reserve. Without `skip` the server answers its present
     order; with it, what comes after the samples already here. */
  async fetchMore() {
    const skip = this.order.slice(-MOST_SKIPPED).map((card) => card.row);
    const answer = await this.ask(`queue${this.query(skip.length > 0 ? PAGE : READY, skip.length > 0 ? { skip } : {})}`);
    return () => {
      this.accept(answer);
      const fresh = this.fresh(answer.cards, this.order);
      this.ended = fresh.length === 0;
      this.orderedAfter ??= this.learnt.refits;
      this.order.push(...fresh);
    };
  }

  runsLow() {
    return !this.ended && this.order.length - this.position < ENOUGH;
  }

  accept(answer) {
    if (answer.version < this.version) return;
    this.version = answer.version;
    this.progress = answer.progress;
    this.history = answer.history;
    this.learnt = answer.learnt ?? this.learnt;
    for (const card of answer.cards) this.keep(card);
    for (const one of answer.history) {
      const card = this.cards.get(one.row);
      if (card && card.decision?.id !== one.decision) this.cards.set(one.row, { ...card, decision: { id: one.decision, verdict: one.verdict, label: one.label } });
    }
  }

  /* After an answer to decisions: the sample on screen and the one after it stay; what follows is the server's new order, then
     the reserve it did not mention. A reserve from before a refit is old news: it is fetched anew. */
  reorder(cards) {
    const kept = this.order.slice(0, this.position + 2);
    const next = this.fresh(cards, kept);
    const isOld = this.orderedAfter !== this.learnt.refits;
    const reserve = isOld ? [] : this.fresh(this.order.slice(this.position + 2), [...kept, ...next]);
    if (isOld) this.ended = false;
    this.orderedAfter = this.learnt.refits;
    this.order = [...kept, ...next, ...reserve];
  }

  async card(row) {
    return (await this.cardsOf([row]))[0];
  }

  async cardsOf(rows) {
    const missing = rows.filter((row) => !this.cards.has(row));
    for (let start = 0; start < missing.length; start += PAGE) {
      const { cards } = await this.ask(`cards?rows=${missing.slice(start, start + PAGE)}`);
      for (const card of cards) this.keep(card);
    }
    return rows.map((row) => this.cards.get(row));
  }

  keep(card) {
    this.cards.delete(card.row);
    this.cards.set(card.row, card);
    if (this.cards.size > CARDS_KEPT) this.cards.delete(this.cards.keys().next().value);
  }

  note({ row, verdict }) {
    if (verdict === "undo") this.decided.delete(row);
    else this.decided.add(row);
  }

  fresh(cards, without) {
    const here = new Set(without.map((card) => card.row));
    return cards.filter((card) => !here.has(card.row) && !this.decided.has(card.row));
  }

  /* Skipped samples come back: everything decided is in the server's order, or waits to be. */
  takeUpSkipped() {
    this.decided.clear();
    for (const entry of this.outbox.waiting) this.note(entry.decision);
    this.clear();
  }

  goBeyond() {
    this.beyond = true;
    this.checks = false;
    this.clear();
  }

  /* After the last suspect, samples drawn at random only: they lower the bound of what is left soonest. */
  goOnChecking() {
    this.checks = true;
    this.beyond = false;
    this.clear();
  }

  /* ----- what is next ----- */

  get current() {
    return this.order[this.position] ?? null;
  }

  ahead(n) {
    return this.order.slice(this.position, this.position + n);
  }

  step(by) {
    this.position = Math.max(0, Math.min(this.position + by, this.order.length - 1));
  }

  /* ----- deciding ----- */

  take(cards) {
    const gone = new Set(cards.map((card) => card.row));
    for (const card of cards) {
      this.keep(card);
      this.decided.add(card.row);
    }
    const before = this.order.slice(0, this.position).filter((card) => gone.has(card.row)).length;
    this.order = this.order.filter((card) => !gone.has(card.row));
    this.position = Math.max(0, Math.min(this.position - before, this.order.length - 1));
  }

  giveBack(cards) {
    const restored = cards.map((card) => ({ ...card, decision: null }));
    const back = new Set(cards.map((card) => card.row));
    for (const card of restored) {
      this.keep(card);
      this.decided.delete(card.row);
    }
    this.order = [...restored, ...this.order.filter((card) => !back.has(card.row))];
    this.position = 0;
    return restored;
  }

  /* ----- what was decided ----- */

  /* Decisions that hold as far as this page knows, newest first: what waits, then what the server has. An undo on its way
     cancels the newest decision before it. */
  standing() {
    const cancelled = new Map();
    const seen = new Set();
    const found = [];
    const waiting = this.outbox.waiting.map((entry) => ({ client: entry.client, ...entry.decision })).reverse();
    for (const one of [...waiting, ...this.history]) {
      const name = `${one.client} ${one.seq}`;
      if (seen.has(name)) continue;
      seen.add(name);
      const undone = cancelled.get(one.row) ?? 0;
      if (one.verdict === "undo") cancelled.set(one.row, undone + 1);
      else if (undone > 0) cancelled.set(one.row, undone - 1);
      else found.push(one);
    }
    return found;
  }

  recent() {
    return this.standing().slice(0, SHOWN);
  }

  /* Rows decided by the last key: one, or a group. The log marks a group by one client and one time. */
  lastRows() {
    const standing = this.standing();
    return standing.filter((one) => gesture(one) === gesture(standing[0])).map((one) => one.row).reverse();
  }

  decisionOn(card) {
    return this.standing().find((one) => one.row === card.row) ?? (this.decided.has(card.row) ? card.decision : null);
  }

  /* What the server last said, and what is on its way there. */
  counted() {
    if (!this.progress) return null;
    const counted = { ...this.progress };
    const made = new Map(this.history.map((one) => [one.row, one.verdict]));
    for (const { decision } of this.outbox.waiting) {
      const before = made.get(decision.row);
      if (before) { counted[FIELDS[before]] -= 1; counted.decided -= 1; }
      if (decision.verdict === "undo") { made.delete(decision.row); continue; }
      counted[FIELDS[decision.verdict]] += 1;
      counted.decided += 1;
      made.set(decision.row, decision.verdict);
    }
    return counted;
  }

  /* Whether no more labels are left wrong than were to be borne: the random samples say so, and no suspect is open. */
  isEnough() {
    const left = this.progress?.left;
    return Boolean(left?.drawn > 0 && left.most <= left.goal && this.open() === 0);
  }

  open() {
    const counted = this.counted();
    return counted ? counted.suspects - counted.decided : 0;
  }
}

function gesture(one) {
  return `${one.client} ${Date.parse(one.at)}`;
}
