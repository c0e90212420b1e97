// @ts-check
/* Which samples come next, and how decisions and the server's answers change that. Nothing here touches the page. */

/** @import { CardDecision, HistoryEntry, LabelingChoice, LabelingState, PostedDecision, QueueAnswer, QueueCard, RefitState, QueueProgress, SuspectGroups } from "../../payloads.d.ts" */
/** @import { Waiting } from "./current_decisions.js" */

import { forgetOldest } from "../../shared/browser/cache.js";
import { address, getJson } from "../../shared/browser/server.js";
import { currentCounts, currentDecisions, lastRows } from "./current_decisions.js";

export const READY = 12;
const PAGE = 60;
/* Samples held ahead: at 20 keys a second they outlast a server that is away for more than four seconds, and at any speed a
   person reviews with, for minutes. */
const RESERVE = 90;
const MAX_SKIPPED = 1_000;
const MAX_CARDS = 600;
const RECENT_SHOWN = 10;

/** @typedef {Pick<PostedDecision, "row" | "verdict">} DecidedRow */
/** @typedef {Pick<CardDecision, "verdict" | "label">} BatchDecision what holds on a sample of the batch */

export class Queue {
  /**
   * @param {string} study
   * @param {{ readonly waiting: readonly Waiting[] }} outbox
   * @param {number} threshold a score from which on a sample is suspect
   */
  constructor(study, outbox, threshold) {
    this.study = study;
    this.outbox = outbox;
    this.threshold = threshold;
    /** @type {string | null} */
    this.selection = null;
    /** @type {(LabelingChoice & { reviewer: string }) | null} how samples without a label are chosen; null: suspect labels are reviewed */
    this.labeling = null;
    /** @type {LabelingState | null} */
    this.labelingState = null;
    this.beyond = false;
    this.checks = false;
    /** @type {number | null} */
    this.goal = null;
    /** @type {Map<number, QueueCard>} */
    this.cards = new Map();
    /** @type {Set<number>} */
    this.decided = new Set();
    /** @type {HistoryEntry[]} */
    this.history = [];
    /** @type {QueueProgress | null} */
    this.progress = null;
    this.version = -1;
    /** @type {QueueCard[]} */
    this.order = [];
    this.position = 0;
    this.ended = false;
    /** @type {number | null} how many refits the order knows */
    this.orderedAfterRefits = null;
    /** @type {RefitState} */
    this.refit = { refits: 0, corrections: 0, error: "" };
    for (const entry of outbox.waiting) this.markDecided(entry.decision);
  }

  clear() {
    this.order = [];
    this.position = 0;
    this.ended = false;
    this.orderedAfterRefits = null;
  }

  /* ----- server ----- */

  /**
   * @param {number} limit
   * @param {Record<string, string | number | readonly number[]>} [more]
   */
  query(limit, more = {}) {
    const asked = { limit, selection: this.selection, beyond: this.beyond ? 1 : null, checks: this.checks ? 1 : null, goal: this.goal, ...this.labeling, ...more };
    const known = Object.entries(asked).filter(([, value]) => value !== null);
    return `?${new URLSearchParams(known.map(([name, value]) => [name, String(value)]))}`;
  }

  /**
   * @param {string} path
   * @returns {Promise<unknown>}
   */
  ask(path) {
    return getJson(address(this.study, path));
  }

  /** @returns {Promise<SuspectGroups>} */
  groups() {
    return /** @type {Promise<SuspectGroups>} */ (this.ask("groups"));
  }

  /**
   * The suspects of a group come first; what follows them in the queue shares the pair, but is no suspect.
   * @param {{ given: number, suggested: number }} group
   * @param {number} limit
   * @returns {Promise<QueueAnswer>}
   */
  members({ given, suggested }, limit) {
    return /** @type {Promise<QueueAnswer>} */ (this.ask(`queue${this.query(limit, { given, suggested })}`));
  }

  /* A few samples first, so that one is soon on screen; then the reserve. Without `skip` the server answers its present
     order; with it, what comes after the samples already here. */
  async fetchMore() {
    const skip = this.order.slice(-MAX_SKIPPED).map((card) => card.row);
    const answer = /** @type {QueueAnswer} */ (await this.ask(`${this.labeling ? "label-next/" : ""}queue${this.query(skip.length > 0 ? PAGE : READY, skip.length > 0 ? { skip } : {})}`));
    return () => {
      this.accept(answer);
      const fresh = this.undecided(answer.cards, this.order);
      this.ended = fresh.length === 0;
      this.orderedAfterRefits ??= this.refit.refits;
      this.order.push(...fresh);
    };
  }

  runsLow() {
    return !this.ended && this.order.length - this.position < RESERVE;
  }

  /** @param {QueueAnswer} answer */
  accept(answer) {
    if (answer.version < this.version) return;
    this.version = answer.version;
    this.progress = answer.progress;
    this.history = answer.history;
    this.refit = answer.refit ?? this.refit;
    this.labelingState = answer.labeling ?? this.labelingState;
    for (const card of answer.cards) this.storeCard(card);
    for (const one of answer.history) {
      const card = this.cards.get(one.row);
      if (card && card.decision?.id !== one.decision) this.cards.set(one.row, { ...card, decision: { id: one.decision, verdict: one.verdict, label: one.label, reviewer: "", at: one.at } });
    }
  }

  /**
   * After an answer to decisions: the sample on screen and the one after it stay; what follows is the server's new order, then the reserve
   * it did not mention. A reserve from before a refit is old news: it is fetched anew. Of samples to label the server's answer holds all.
   * @param {readonly QueueCard[]} cards
   */
  reorder(cards) {
    const staying = this.order.slice(0, this.position + (this.labeling ? 1 : 2));
    const next = this.undecided(cards, staying);
    const isOld = this.orderedAfterRefits !== this.refit.refits;
    const reserve = isOld || this.labeling ? [] : this.undecided(this.order.slice(this.position + 2), [...staying, ...next]);
    if (isOld) this.ended = false;
    this.orderedAfterRefits = this.refit.refits;
    this.order = [...staying, ...next, ...reserve];
  }

  /** @param {number} row */
  async card(row) {
    return (await this.cardsOf([row]))[0];
  }

  /**
   * @param {readonly number[]} rows
   * @returns {Promise<QueueCard[]>} one for each row
   */
  async cardsOf(rows) {
    const missing = rows.filter((row) => !this.cards.has(row));
    for (let start = 0; start < missing.length; start += PAGE) {
      const { cards } = /** @type {{ cards: QueueCard[] }} */ (await this.ask(`cards?rows=${missing.slice(start, start + PAGE)}`));
      for (const card of cards) this.storeCard(card);
    }
    return rows.flatMap((row) => this.cards.get(row) ?? []);
  }

  /** @param {QueueCard} card */
  storeCard(card) {
    this.cards.delete(card.row);
    this.cards.set(card.row, card);
    if (this.cards.size > MAX_CARDS) forgetOldest(this.cards);
  }

  /**
   * What is known of a sample has changed; its place has not.
   * @param {QueueCard} card
   */
  replace(card) {
    this.storeCard(card);
    this.order = this.order.map((one) => (one.row === card.row ? card : one));
  }

  /** @param {DecidedRow} decision */
  markDecided({ row, verdict }) {
    if (verdict === "undo") this.decided.delete(row);
    else this.decided.add(row);
  }

  /**
   * Cards of samples that nobody has decided on, and that are not here already.
   * @param {readonly QueueCard[]} cards
   * @param {readonly QueueCard[]} without
   */
  undecided(cards, without) {
    const here = new Set(without.map((card) => card.row));
    return cards.filter((card) => !here.has(card.row) && !this.decided.has(card.row));
  }

  /* Skipped samples come back: everything decided is in the server's order, or waits to be. */
  resumeSkipped() {
    this.decided.clear();
    for (const entry of this.outbox.waiting) this.markDecided(entry.decision);
    this.clear();
  }

  continueBeyondSuspects() {
    this.beyond = true;
    this.checks = false;
    this.clear();
  }

  /* After the last suspect, random checks only: they lower the bound of what is left soonest. */
  continueWithChecks() {
    this.checks = true;
    this.beyond = false;
    this.clear();
  }

  /* ----- what is next ----- */

  get current() {
    return this.order[this.position] ?? null;
  }

  /** @param {number} n */
  ahead(n) {
    return this.order.slice(this.position, this.position + n);
  }

  /** @param {number} by */
  step(by) {
    this.position = Math.max(0, Math.min(this.position + by, this.order.length - 1));
  }

  /* ----- deciding ----- */

  /** @param {readonly QueueCard[]} cards that were decided on */
  remove(cards) {
    const gone = new Set(cards.map((card) => card.row));
    for (const card of cards) {
      this.storeCard(card);
      this.decided.add(card.row);
    }
    const before = this.order.slice(0, this.position).filter((card) => gone.has(card.row)).length;
    this.order = this.order.filter((card) => !gone.has(card.row));
    this.position = this.placeInBatch(Math.max(0, Math.min(this.position - before, this.order.length - 1)));
  }

  /**
   * Who jumped ahead in a batch comes back to what is left of it before the next one begins.
   * @param {number} place
   */
  placeInBatch(place) {
    const batch = new Set(this.labelingState?.batch.map((card) => card.row));
    const here = this.order[place];
    if (!here || batch.has(here.row)) return place;
    const left = this.order.findIndex((card) => batch.has(card.row));
    return left < 0 ? place : left;
  }

  /** @param {readonly QueueCard[]} cards whose decisions were undone */
  restore(cards) {
    const restored = cards.map((card) => ({ ...card, decision: null }));
    const back = new Set(cards.map((card) => card.row));
    for (const card of restored) {
      this.storeCard(card);
      this.decided.delete(card.row);
    }
    this.order = [...restored, ...this.order.filter((card) => !back.has(card.row))];
    this.position = 0;
    return restored;
  }

  /* ----- what was decided ----- */

  currentDecisions() {
    return currentDecisions(this.outbox.waiting, this.history);
  }

  recent() {
    return this.currentDecisions().slice(0, RECENT_SHOWN);
  }

  /* Rows decided by the last key: one, or a group. */
  lastRows() {
    return lastRows(this.currentDecisions());
  }

  /** @param {QueueCard} card */
  decisionOn(card) {
    return this.currentDecisions().find((one) => one.row === card.row) ?? (this.decided.has(card.row) ? card.decision : null);
  }

  currentCounts() {
    return this.progress && currentCounts(this.progress, this.outbox.waiting, this.history, (row) => this.isSuspect(row));
  }

  /* Whether no more labels are left wrong than the goal allows: the random checks say so, and no suspect is open. */
  isEnough() {
    const left = this.progress?.remaining;
    return left !== undefined && left.sampled > 0 && left.upper <= left.goal && this.open() === 0;
  }

  /* Samples that have a label, those on their way counted. */
  labeled() {
    return (this.labelingState?.labeled ?? 0) + this.labelsOnTheirWay();
  }

  /* Samples without a label that nobody has decided on, likewise. */
  unlabeled() {
    return Math.max(0, (this.labelingState?.unlabeled ?? 0) - this.labelsOnTheirWay());
  }

  labelsOnTheirWay() {
    return this.outbox.waiting.filter(({ decision: { row, verdict } }) => verdict === "relabel" && (this.cards.get(row)?.given ?? -1) < 0).length;
  }

  /* The batch in the order of choice, with what holds on each sample: what the server said, and what is on its way there. */
  batch() {
    /** @type {Map<number, BatchDecision | null>} */
    const waiting = new Map();
    for (const { decision: { row, verdict, label } } of this.outbox.waiting) waiting.set(row, verdict === "undo" ? null : { verdict, label });
    return (this.labelingState?.batch ?? []).map((card) => ({ card, made: waiting.has(card.row) ? waiting.get(card.row) ?? null : card.decision }));
  }

  open() {
    return this.currentCounts()?.open ?? 0;
  }

  /**
   * As the server counts suspects; random checks and what is shown beyond the suspects are none.
   * @param {number} row
   */
  isSuspect(row) {
    const card = this.cards.get(row);
    return card !== undefined && card.given >= 0 && card.score >= this.threshold;
  }
}
