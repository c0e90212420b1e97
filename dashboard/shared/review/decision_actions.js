// @ts-check
/* Decisions and their undoing: on the sample on screen, or on a group of them. The outbox sends each until it is recorded or refused. */

/** @import { CardDecision, ClassEntry, PostedDecision, QueueCard } from "../../payloads.d.ts" */
/** @import { Outbox, Sender } from "../../shared/browser/outbox.js" */
/** @import { Navigation } from "./navigation.js" */
/** @import { Queue } from "./queue.js" */
/** @import { SampleView } from "./sample_view.js" */

import { verdictWords } from "../../shared/browser/words.js";

/**
 * The page around it.
 * @typedef {object} DecisionActionsHost
 * @property {() => boolean} isOne whether one sample is on screen
 * @property {() => readonly ClassEntry[]} classes
 * @property {() => Sender} sender
 * @property {(words: string) => void} announce to who does not see the page
 * @property {() => void} onDecided the sample on screen is decided
 * @property {(restored: QueueCard[]) => void} onUndone samples are back in the queue
 * @property {(reason: unknown) => void} onAway the server does not answer
 */

export class DecisionActions {
  /** @type {Map<number, string>} notes by row, until the decision that they go with */
  notes = new Map();
  /** @type {Promise<void>} */
  undoing = Promise.resolve();

  /**
   * @param {object} options
   * @param {Queue} options.queue
   * @param {Outbox} options.outbox
   * @param {Navigation} options.navigation
   * @param {SampleView} options.sampleView
   * @param {DecisionActionsHost} options.page
   */
  constructor({ queue, outbox, navigation, sampleView, page }) {
    this.queue = queue;
    this.outbox = outbox;
    this.navigation = navigation;
    this.sampleView = sampleView;
    this.page = page;
  }

  /** @param {QueueCard} card */
  noteFor(card) {
    return this.notes.get(card.row) ?? card.note;
  }

  /* ----- the sample on screen ----- */

  /**
   * @param {CardDecision["verdict"]} verdict
   * @param {number | null} [label]
   */
  decide(verdict, label = null) {
    const card = this.navigation.current();
    if (!card || !this.page.isOne()) return;
    this.dispatch([card], verdict, label);
    const words = verdictWords(this.page.classes(), { verdict, label }, this.queue.labeling !== null);
    this.sampleView.mark(words, verdict);
    this.page.announce(`${card.id} ${words}`);
    this.navigation.viewed = null;
    this.page.onDecided();
  }

  /** @param {number} label */
  relabelTo(label) {
    const card = this.navigation.current();
    if (!card) return;
    if (label === card.given && !this.queue.labeling) this.decide("keep");
    else this.decide("relabel", label);
  }

  relabelToSuggestion() {
    const card = this.navigation.current();
    if (card && !this.sampleView.relabel.disabled) this.decide("relabel", card.suggested);
  }

  decideMain() {
    if (this.sampleView.takesEnter) this.relabelToSuggestion();
    else if (this.page.isOne()) this.announceKeys();
  }

  announceKeys() {
    const reviews = this.sampleView.relabel.disabled ? "K keeps" : "R relabels, K keeps";
    const words = this.queue.labeling ? "press the key of a class" : reviews;
    this.sampleView.mark(words, "none");
    this.page.announce(words);
  }

  /* ----- a group ----- */

  /**
   * @param {readonly QueueCard[]} cards
   * @param {CardDecision["verdict"]} verdict
   * @param {number | null} label
   */
  decideGroup(cards, verdict, label) {
    this.dispatch(cards, verdict, label);
    this.page.announce(`${cards.length} ${verdictWords(this.page.classes(), { verdict, label })}`);
  }

  /* ----- sending ----- */

  /**
   * @param {readonly QueueCard[]} cards
   * @param {CardDecision["verdict"]} verdict
   * @param {number | null} label
   */
  dispatch(cards, verdict, label) {
    /** @type {Pick<PostedDecision, "task">} */
    const task = this.queue.labeling ? { task: "active_sampling" } : {};
    const decisions = cards.map((card) => ({ ...about(card), ...task, verdict, label, note: this.noteFor(card) }));
    this.queue.remove(cards);
    this.outbox.put(decisions, this.page.sender());
  }

  /* ----- undoing ----- */

  /**
   * The last decision, or the last group; with a row, that on it; while a decided sample is looked at, that on it. One after another: a
   * sample that has to be fetched first is undone before the decision that was made before it.
   * @param {number} [row]
   */
  undo(row) {
    const { viewed } = this.navigation;
    const chosen = row ?? (viewed && this.queue.decisionOn(viewed) ? viewed.row : undefined);
    const run = () => this.undoNow(chosen);
    this.undoing = this.undoing.then(run, run);
  }

  /** @param {number} [chosen] the sample, if not the last */
  async undoNow(chosen) {
    const rows = chosen !== undefined ? [chosen] : this.queue.lastRows();
    if (rows.length === 0) return;
    let cards;
    try {
      cards = await this.queue.cardsOf(rows);
    } catch (reason) {
      this.page.onAway(reason);
      this.page.announce("cannot undo: the server does not answer");
      return;
    }
    /** @type {Omit<PostedDecision, "seq" | "at">[]} */
    const undone = [...cards].reverse().map((card) => ({ ...about(card), verdict: "undo", label: null, note: "" }));
    this.outbox.put(undone, this.page.sender());
    const restored = this.queue.restore(cards);
    this.navigation.viewed = null;
    this.sampleView.forget();
    const words = cards.length === 1 ? `${cards[0].id} undone` : `${cards.length} undone`;
    this.sampleView.mark(words, "undo");
    this.page.announce(words);
    this.page.onUndone(restored);
  }
}

/**
 * `basedOn`: the decision that was on screen, so that one that was not is counted as a conflict. `sampled`: whether the sample was there
 * at random, which nobody who decides is shown.
 * @param {QueueCard} card
 * @returns {Pick<PostedDecision, "row" | "id" | "score" | "basedOn" | "sampled">}
 */
function about(card) {
  return { row: card.row, id: card.id, score: card.score, basedOn: card.decision?.id ?? null, sampled: card.sampled === true };
}
