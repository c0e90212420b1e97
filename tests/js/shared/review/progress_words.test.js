// @ts-check
/** @import { QueueState } from "../../../../dashboard/shared/review/progress_words.js" */

import assert from "node:assert/strict";
import { test } from "node:test";

import { connectionWords, endWords, nextBatchWords, suspectsWords } from "../../../../dashboard/shared/review/progress_words.js";
import { labelingState, queueProgress } from "../../payloads.js";

/* ----- the header ----- */

test("the suspects that are counted are those that nobody has decided on", () => {
  assert.equal(suspectsWords(1200), "1,200 suspects left");
  assert.equal(suspectsWords(1), "1 suspect left");
  assert.equal(suspectsWords(0), "no suspects left");
});

test("what waits is never shown as saved, and what cannot last says so", () => {
  assert.equal(connectionWords(0, false, true), "saved");
  assert.equal(connectionWords(3, false, true), "saving 3");
  assert.match(connectionWords(1, true, true), /away: 1 decision kept here/);
  assert.match(connectionWords(2, true, false), /2 decisions kept in this tab: leave it open/);
  assert.match(connectionWords(0, true, true), /go on/);
});

/* ----- the end of the queue ----- */

const LEFT = { found: 3, lower: 0, upper: 12, sampled: 5, informative: true, labeled: 1000, goal: 10, checks: 40 };
const PROGRESS = queueProgress({ open: 0, decided: 8, relabeled: 4, kept: 3, excluded: 1, skipped: 1, remaining: LEFT });
/** @type {QueueState} */
const STATE = { progress: PROGRESS, isGrid: false, isSelection: false, isBeyond: false, isChecking: false, isEnough: false, isPaused: false, open: 0, unlabeled: 0 };
/** @param {QueueState} state */
const nextStepsOf = (state) => endWords(state).nextSteps.map(([name]) => name);

test("at the end it is said what was made and what can be done next", () => {
  const { title, words } = endWords(STATE);
  assert.equal(title, "Every suspect was looked at");
  assert.match(words, /4 relabeled, 3 kept, 1 excluded, 1 skipped\. At most 12 of 1,000 labels .* 40 more random checks, .* at most 10 labels are wrong/);
  assert.deepEqual(nextStepsOf(STATE), ["check", "leave", "beyond", "skipped"]);
});

test("when it is enough the first step leads out", () => {
  const enough = { ...STATE, isEnough: true, isChecking: true, isPaused: true, progress: { ...PROGRESS, remaining: { ...LEFT, checks: 0, upper: 9 } } };
  assert.equal(endWords(enough).title, "You can stop");
  assert.deepEqual(nextStepsOf(enough), ["leave", "check", "beyond", "skipped"]);
});

test("no more checks are offered where they cannot reach the goal, or are all there is already", () => {
  /** @type {QueueState} */
  const cannot = { ...STATE, progress: { ...PROGRESS, remaining: { ...LEFT, checks: null } } };
  assert.ok(!nextStepsOf(cannot).includes("check"));
  assert.match(endWords(cannot).words, /A skipped label counts as wrong/);
  assert.ok(!nextStepsOf({ ...STATE, isChecking: true }).includes("check"));
  assert.ok(nextStepsOf({ ...STATE, isChecking: true, isPaused: true }).includes("check"));
});

test("before there is a bound nothing is said of one", () => {
  const { words } = endWords({ ...STATE, progress: { ...PROGRESS, remaining: undefined } });
  assert.doesNotMatch(words, /wrong|goal/);
});

test("a selection leads back to the whole queue, the grid to single samples", () => {
  assert.deepEqual(nextStepsOf({ ...STATE, isSelection: true }), ["all", "leave"]);
  assert.deepEqual(nextStepsOf({ ...STATE, isGrid: true, open: 3 }), ["single"]);
});

test("samples without a label are offered, one as one", () => {
  /** @param {number} unlabeled */
  const wordsOf = (unlabeled) => endWords({ ...STATE, unlabeled }).nextSteps.find(([name]) => name === "unlabeled")?.[1];
  assert.equal(wordsOf(0), undefined);
  assert.equal(wordsOf(1), "1 sample has no label: label it");
  assert.equal(wordsOf(1500), "1,500 samples have no label: label them");
});

test("with nothing suspect and nothing decided there is nothing to export", () => {
  const state = { ...STATE, progress: { ...PROGRESS, decided: 0, skipped: 0 } };
  assert.equal(endWords(state).title, "No suspect labels here");
  assert.match(endWords({ ...state, progress: { ...state.progress, remaining: { ...LEFT, goal: 1 } } }).words, /at most 1 label is wrong/);
  assert.ok(!nextStepsOf(state).includes("leave"));
  assert.equal(endWords({ ...state, progress: { ...state.progress, skipped: 2 } }).title, "Every suspect was looked at");
});

test("at the end of labeling there are the skipped samples, the review and the export", () => {
  const labeling = labelingState({ state: "none", left: 0, size: 0, labeled: 30 });
  const done = { ...STATE, progress: { ...PROGRESS, skipped: 0 }, labeling, labeled: 30 };
  assert.deepEqual([endWords(done).title, nextStepsOf(done)], ["Every sample has a label", ["review", "leave"]]);
  assert.match(endWords(done).words, /^30 labeled/);
  const skipped = { ...done, progress: { ...PROGRESS, skipped: 2 } };
  assert.deepEqual([endWords(skipped).title, nextStepsOf(skipped)], ["Every sample was looked at", ["skipped", "review", "leave"]]);
});

test("a strategy that cannot choose says why, and leads to the default", () => {
  const labeling = labelingState({ state: "failed", left: 0, size: 0, labeled: 0, message: "It needs labels." });
  const state = { ...STATE, labeling };
  assert.deepEqual([endWords(state).words, nextStepsOf(state)], ["It needs labels.", ["default"]]);
});

test("whether the next batch is there is said while a batch is labeled, and where that one is at its end", () => {
  assert.equal(nextBatchWords(null), "");
  assert.equal(nextBatchWords(labelingState({ next: "later" })), "");
  assert.equal(nextBatchWords(labelingState({ next: "working" })), "choosing the next batch");
  assert.equal(nextBatchWords(labelingState({ next: "ready" })), "next batch ready");
  assert.equal(nextBatchWords(labelingState({ state: "working", next: "working" })), "choosing the next batch");
  assert.equal(nextBatchWords(labelingState({ state: "working", next: "working", size: 0 })), "choosing the first batch");
  assert.equal(nextBatchWords(labelingState({ state: "failed", next: "working" })), "");
});
