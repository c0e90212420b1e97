// @ts-check
/* What is decided as far as the page knows: what the server has, and what is on its way there. */

/** @import { CardDecision, HistoryEntry, QueueProgress } from "../../payloads.d.ts" */
/** @import { Stored } from "../../shared/browser/outbox.js" */

/** @typedef {Pick<Stored, "client" | "decision">} Waiting a decision on its way to the server */
/** @typedef {Pick<HistoryEntry, "row" | "id" | "verdict" | "label" | "seq" | "client" | "at"> & { excerpt?: string }} CurrentDecision a decision that holds */

/** @type {Record<CardDecision["verdict"], "relabeled" | "kept" | "excluded" | "skipped">} */
const FIELDS = { relabel: "relabeled", keep: "kept", exclude: "excluded", skip: "skipped" };

/**
 * Decisions that hold, newest first: what waits, then what the server has. An undo on its way cancels the newest decision before it.
 * @param {readonly Waiting[]} waiting oldest first
 * @param {readonly HistoryEntry[]} history newest first
 * @returns {CurrentDecision[]}
 */
export function currentDecisions(waiting, history) {
  /** @type {Map<number, number>} */
  const cancelled = new Map();
  const seen = new Set();
  /** @type {CurrentDecision[]} */
  const found = [];
  for (const one of [...waiting.map((entry) => ({ client: entry.client, ...entry.decision })).reverse(), ...history]) {
    const name = `${one.client} ${one.seq}`;
    if (seen.has(name)) continue;
    seen.add(name);
    const undone = cancelled.get(one.row) ?? 0;
    const { verdict } = one;
    if (verdict === "undo") cancelled.set(one.row, undone + 1);
    else if (undone > 0) cancelled.set(one.row, undone - 1);
    else found.push({ ...one, verdict });
  }
  return found;
}

/**
 * Rows decided by the last key: one, or a group. The log marks a group by one client and one time.
 * @param {readonly CurrentDecision[]} decisions newest first
 */
export function lastRows(decisions) {
  /** @param {CurrentDecision} one */
  const gesture = (one) => `${one.client} ${Date.parse(one.at)}`;
  return decisions.filter((one) => gesture(one) === gesture(decisions[0])).map((one) => one.row).reverse();
}

/** @param {HistoryEntry} entry */
function isLabelGiven({ verdict, given }) {
  return verdict === "relabel" && given < 0;
}

/**
 * Counts that the server answered, with what is on its way.
 * @param {QueueProgress} progress
 * @param {readonly Waiting[]} waiting oldest first
 * @param {readonly HistoryEntry[]} history
 * @param {(row: number) => boolean} isSuspect
 * @returns {QueueProgress}
 */
export function currentCounts(progress, waiting, history, isSuspect) {
  const counts = { ...progress };
  /** @type {Map<number, CardDecision["verdict"]>} */
  const made = new Map(history.filter((one) => !isLabelGiven(one)).map((one) => [one.row, one.verdict]));
  for (const { decision } of waiting) {
    const { row, verdict } = decision;
    if (decision.task && verdict === "relabel") continue; // A label for a sample without one reviews nothing.
    const before = made.get(row);
    if (before) counts[FIELDS[before]] -= 1;
    if (verdict === "undo") {
      made.delete(row);
    } else {
      counts[FIELDS[verdict]] += 1;
      made.set(row, verdict);
    }
    if (isSuspect(row)) counts.open += Number(Boolean(before)) - Number(verdict !== "undo");
  }
  return { ...counts, open: Math.max(0, counts.open), decided: counts.relabeled + counts.kept + counts.excluded };
}
