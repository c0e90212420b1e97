// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { changeWords, moreWords, neighborsWords, pastWords, remarksOn, sumOf, verdictOf } from "../../../../dashboard/shared/browser/evidence_words.js";
import { CLASSES, labelEvidence, similarDecision } from "../../payloads.js";

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

test("neighbors are more than the nearest where others have the sample among theirs", () => {
  assert.match(neighborsWords(WHY), /^30 neighbors vote: its 20 nearest, and 10 that have it among theirs; near ones weigh more\./);
  assert.match(neighborsWords({ ...WHY, voting: 21 }), /its 20 nearest, and 1 that has it among theirs/);
  assert.match(neighborsWords({ ...WHY, voting: 20 }), /^20 neighbors vote; near ones weigh more\./);
});

test("neighbors of a graph are those that edges join", () => {
  const joined = { ...WHY, byEdge: true, voting: 3, nearest: 3, suspectNeighbors: 0 };
  assert.equal(neighborsWords(joined), "3 neighbors vote, joined to it by edges. 25 % of the weight carries its own label.");
  assert.match(neighborsWords({ ...joined, voting: 1 }), /^1 neighbor votes, joined to it by an edge\. /);
  assert.match(verdictOf({ ...WHY, byEdge: true, isolated: true }, CLASSES), /^No edge joins this node to another/);
});

test("neighbors that are not listed are counted", () => {
  assert.match(moreWords(WHY, 19), /^Show 19 more \(6 with 5 % of the weight are not listed\)$/);
  assert.equal(moreWords({ ...WHY, voting: 25 }, 19), "Show 19 more (one with 5 % of the weight is not listed)");
  assert.equal(moreWords({ ...WHY, voting: 24 }, 19), "Show 19 more");
});

test("past decisions are summarized by what most of them were", () => {
  assert.match(pastWords(WHY, CLASSES), /Nobody has decided/);
  assert.equal(pastWords({ ...WHY, similar: [similarDecision("keep")] }, CLASSES), "One similar sample was kept.");
  assert.equal(pastWords({ ...WHY, similar: [similarDecision("keep"), similarDecision("relabel", 1), similarDecision("relabel", 1)] }, CLASSES), "2 of 3 similar samples were relabeled to dog.");
  assert.match(pastWords({ ...WHY, decidedAlike: { suggested: 1, decided: 7, relabeled: 5, kept: 2 } }, CLASSES), /7 decided samples given cat with the suggestion dog: 5 relabeled so, 2 kept/);
});
