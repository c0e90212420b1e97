// @ts-check
/** @import { QueueState } from "../../dashboard/views/label_review/progress_words.js" */

import assert from "node:assert/strict";
import { test } from "node:test";

import { changeWords, moreWords, neighborsWords, pastWords, remarksOn, sumOf, verdictOf } from "../../dashboard/shared/browser/evidence_words.js";
import { percent } from "../../dashboard/shared/browser/words.js";
import { connectionWords, endWords, suspectsWords } from "../../dashboard/views/label_review/progress_words.js";
import { CLASSES, labelEvidence, queueProgress, similarDecision } from "./payloads.js";

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
  assert.match(words, /4 relabeled, 3 kept, 1 excluded, 1 skipped\. At most 12 of 1,000 labels .* 40 more random checks/);
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
  assert.ok(!nextStepsOf(state).includes("leave"));
  assert.equal(endWords({ ...state, progress: { ...state.progress, skipped: 2 } }).title, "Every suspect was looked at");
});

/* ----- why ----- */

const WHY = labelEvidence();

test("the sum that is shown gives the score that is shown", () => {
  assert.equal(sumOf(WHY), "0.40 × 1.50 / (0.40 × 1.50 + 0.40) = 0.60");
  assert.equal(sumOf({ ...WHY, factor: 1, score: 0.5 }), "0.40 / (0.40 + 0.40) = 0.50");
  for (const change of [{ label: -1 }, { suggested: -1 }, { isolated: true }]) assert.equal(sumOf({ ...WHY, ...change }), "");
});

test("a score that hardly changes stays", () => {
  assert.equal(changeWords(0.6, 0.604), "stays 0.60");
  assert.equal(changeWords(0.6, 0.31), "0.60 → 0.31");
});

test("small shares do not look like none", () => {
  assert.deepEqual([0, 0.001, 0.25].map(percent), ["0 %", "< 1 %", "25 %"]);
});

test("the score is shown with what makes it, and a habit only where it matters", () => {
  assert.match(verdictOf(WHY, CLASSES), /0\.60.*“dog” 0\.40 and “cat” 0\.40.*1\.5 times as often/);
  assert.doesNotMatch(verdictOf({ ...WHY, factor: 1.02 }, CLASSES), /times as often/);
  assert.match(verdictOf({ ...WHY, label: -1 }, CLASSES), /no label/);
  assert.match(verdictOf({ ...WHY, isolated: true }, CLASSES), /no usable features/);
});

test("a label that was changed is shown with the one that was given", () => {
  assert.deepEqual(remarksOn(WHY, CLASSES, ""), []);
  assert.match(remarksOn({ ...WHY, label: 1 }, CLASSES, "")[0], /labeled dog now; it was given cat/);
  assert.equal(remarksOn({ ...WHY, ranksTheQueue: false }, CLASSES, "Likely wrong: 5 %").length, 2);
});

test("what correcting a neighbor would change is shown beside it", () => {
  assert.match(neighborsWords(WHY), /^30 .*25 % of the weight.*0\.60 → 0\.31\.$/);
  assert.doesNotMatch(neighborsWords({ ...WHY, suspectNeighbors: 0 }), /→/);
});

test("neighbors that are not listed are counted", () => {
  assert.match(moreWords(WHY, 19), /^Show 19 more \(another 6 with 5 %/);
  assert.equal(moreWords({ ...WHY, voting: 24 }, 19), "Show 19 more");
});

test("past decisions are summarized by what most of them were", () => {
  assert.match(pastWords(WHY, CLASSES), /Nobody has decided/);
  assert.equal(pastWords({ ...WHY, similar: [similarDecision("keep")] }, CLASSES), "One similar sample was kept.");
  assert.equal(pastWords({ ...WHY, similar: [similarDecision("keep"), similarDecision("relabel", 1), similarDecision("relabel", 1)] }, CLASSES), "2 of 3 similar samples were relabeled to dog.");
  assert.match(pastWords({ ...WHY, decidedAlike: { suggested: 1, decided: 7, relabeled: 5, kept: 2 } }, CLASSES), /7 decided samples given cat with the suggestion dog: 5 relabeled so, 2 kept/);
});
