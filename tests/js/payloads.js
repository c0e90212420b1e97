// @ts-check
/* Payloads with nothing special in them, but for what a test says of each. */

/** @import { BoundarySample, ClassContact, ClassEntry, Counterfactual, Criticism, HistoryEntry, LabelEvidence, LabelingState, PostedDecision, Prototype, QueueCard, QueueProgress, SimilarDecision, VotingNeighbor } from "../../dashboard/payloads.d.ts" */

/** @type {readonly ClassEntry[]} */
export const CLASSES = ["cat", "dog", "bird"].map((name, label) => ({ name, color: `#${String(label + 1).repeat(6)}`, key: String(label + 1) }));

/**
 * @param {number} row
 * @param {Partial<QueueCard>} [more]
 * @returns {QueueCard}
 */
export function queueCard(row, more = {}) {
  return {
    row, id: `s${row}`, excerpt: "", rank: row, given: 1, suggested: 2, score: 0.9, decision: null, kind: "picture", agree: 1, voting: 10, agreement: 0.1,
    probabilities: [], probabilitiesSource: "model", neighbors: [], compared: [], byEdge: false, x: null, y: null, note: "", split: "", ...more,
  };
}

/**
 * @param {Partial<QueueProgress>} [more]
 * @returns {QueueProgress}
 */
export function queueProgress(more = {}) {
  return { open: 40, decided: 0, total: 1000, relabeled: 0, kept: 0, excluded: 0, skipped: 0, ...more };
}

/**
 * @param {Partial<LabelingState>} [more]
 * @returns {LabelingState}
 */
export function labelingState(more = {}) {
  return { state: "ready", left: 3, size: 10, batch: [], next: "later", labeled: 7, unlabeled: 93, message: "", ...more };
}

/**
 * @param {Pick<PostedDecision, "row"> & Partial<PostedDecision>} more
 * @returns {PostedDecision}
 */
export function postedDecision(more) {
  return { seq: 1, at: "2026-01-01T00:00:00Z", id: `s${more.row}`, verdict: "keep", label: null, ...more };
}

/**
 * @param {Pick<HistoryEntry, "row"> & Partial<HistoryEntry>} more
 * @returns {HistoryEntry}
 */
export function historyEntry(more) {
  return { id: `s${more.row}`, excerpt: "", decision: 1, verdict: "keep", given: 1, label: null, seq: 1, client: "me", at: "2026-01-01T00:00:00Z", ...more };
}

/**
 * @param {Partial<LabelEvidence>} [more]
 * @returns {LabelEvidence}
 */
export function labelEvidence(more = {}) {
  return {
    row: 7, id: "s7", version: 3, given: 0, label: 0, suggested: 1, score: 0.6, factor: 1.5, ranksTheQueue: true, isolated: false, byEdge: false,
    classes: [0, 1], pooled: [0.4, 0.4], sources: [], voting: 30, nearest: 20, neighbors: Array.from({ length: 24 }, (_, row) => votingNeighbor(row)), agreement: 0.25,
    unlisted: 0.05, suspectNeighbors: 1, scoreIfAllCorrected: 0.31, similar: [], decidedAlike: null,
    curve: { version: 3, scoreLogit: [], mean: [], low: [], high: [] }, ...more,
  };
}

/**
 * @param {number} row
 * @returns {VotingNeighbor}
 */
function votingNeighbor(row) {
  return { row, id: `s${row}`, excerpt: "", label: 0, share: 1 / 30, agrees: true, reviewed: false, suggested: null, scoreIfCorrected: null };
}

/**
 * @param {SimilarDecision["verdict"]} verdict
 * @param {number | null} [label]
 * @returns {SimilarDecision}
 */
export function similarDecision(verdict, label = null) {
  return { row: 8, id: "s8", excerpt: "", given: 0, verdict, label, reviewer: "ada", at: "2026-01-01T00:00:00Z" };
}

/**
 * @param {Partial<Prototype>} [more]
 * @returns {Prototype}
 */
export function prototype(more = {}) {
  return { row: 3, id: "s3", excerpt: "", influence: 0.1, density: 0.8, agreement: 1, coverage: 0.5, takenFrom: [-1], taken: [10], ...more };
}

/**
 * @param {Partial<Criticism>} [more]
 * @returns {Criticism}
 */
export function criticism(more = {}) {
  return { row: 4, id: "s4", excerpt: "", influence: 0.9, density: 0.5, agreement: 0.2, reason: "label", predicted: 1, nearest: null, ...more };
}

/**
 * @param {Partial<BoundarySample>} [more]
 * @returns {BoundarySample}
 */
export function boundarySample(more = {}) {
  return { row: 17, id: "17", excerpt: "", margin: -0.25, probabilities: [0.3, 0.55], predicted: 1, given: 0, wrong: true, score: 0.9, disagreement: 0.5, ...more };
}

/**
 * @param {Partial<ClassContact>} [more]
 * @returns {ClassContact}
 */
export function classContact(more = {}) {
  return { pair: [0, 1], contact: 0.125, count: 1200, wrong: 0, ...more };
}

/**
 * Of a picture, through three frames.
 * @param {Partial<Counterfactual>} [more]
 * @returns {Counterfactual}
 */
export function counterfactual(more = {}) {
  const signed = { largest: 1, values: "" };
  return {
    row: 5, id: "s5", excerpt: "", given: 0, start: 0, end: 1, likelier: null, margin: 0.85, times: [0, 1, 1.2],
    probabilities: [[0.9, 0.05, 0.03, 0.02], [0.4, 0.4, 0.05, 0.15]], outside: [0, 0.4, 0.5], gaps: { firstOrder: 0, integrated: 0 },
    ratio: 1.25, reconstruction: 0, residual: 2e-5, trainedOn: false,
    picture: { height: 1, width: 1, channels: 1, frames: "", heatmaps: { difference: signed, firstOrder: signed, integrated: signed } }, ...more,
  };
}
