// @ts-check
/* What opens over the sample on screen: a note, a class that is typed, and the evidence on its label. */

/** @import { ClassEntry, LabelEvidence, QueueCard } from "../../payloads.d.ts" */
/** @import { DecisionActions } from "./decision_actions.js" */
/** @import { Navigation } from "./navigation.js" */
/** @import { ProbabilityUpdates } from "./probability_updates.js" */
/** @import { Queue } from "./queue.js" */

import { EvidenceDialog } from "../../shared/browser/evidence_dialog.js";
import { ClassTyping, NoteForm } from "./popups.js";

/**
 * The page around it.
 * @typedef {object} SamplePopupsHost
 * @property {() => boolean} isOne whether one sample is on screen
 * @property {() => readonly ClassEntry[]} classes
 * @property {() => void} show what is on screen now
 * @property {() => void} onClose the keys are for the page again
 */

export class SamplePopups {
  /**
   * @param {object} options
   * @param {string} options.study
   * @param {Queue} options.queue
   * @param {Navigation} options.navigation
   * @param {DecisionActions} options.decisions
   * @param {ProbabilityUpdates} options.probabilities
   * @param {SamplePopupsHost} options.page
   */
  constructor({ study, queue, navigation, decisions, probabilities, page }) {
    this.queue = queue;
    this.navigation = navigation;
    this.decisions = decisions;
    this.probabilities = probabilities;
    this.page = page;
    this.note = new NoteForm({ onClose: page.onClose, onKeep: (card, note) => { decisions.notes.set(card.row, note); page.show(); } });
    this.typing = new ClassTyping({ onClose: page.onClose, onTake: (label) => decisions.relabelTo(label) });
    this.evidence = new EvidenceDialog({ study, onOpen: (one) => navigation.visit(one.row) });
  }

  /* The sample on screen, if there is one. */
  card() {
    return this.page.isOne() ? this.navigation.current() : null;
  }

  openNote() {
    const card = this.card();
    if (card) this.note.open(card, this.decisions.noteFor(card));
  }

  openTyping() {
    if (this.page.isOne()) this.typing.open(this.page.classes());
  }

  openEvidence() {
    const card = this.card();
    if (card) this.evidence.open(card, this.page.classes(), (why) => this.takeEvidence(card, why));
  }

  /**
   * The score may have moved since the sample came: both places show the same.
   * @param {QueueCard} card
   * @param {LabelEvidence} why
   */
  takeEvidence(card, why) {
    this.probabilities.accept(why.curve);
    const now = why.ranksTheQueue ? { ...card, score: why.score } : card;
    this.queue.replace(now);
    if (this.navigation.viewed?.row === now.row) this.navigation.viewed = now;
    if (this.card()?.row === now.row) this.page.show();
    return this.probabilities.of(now);
  }
}
