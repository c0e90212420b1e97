// @ts-check
/** @import { Counterfactual, SurrogateAgreement } from "../../../../dashboard/payloads.d.ts" */

import assert from "node:assert/strict";
import { test } from "node:test";

import { badgesOf, classesShown, gapWords, placeWords, warningsOf } from "../../../../dashboard/views/counterfactuals/words.js";
import { counterfactual } from "../../payloads.js";

const COUNTERFACTUAL = counterfactual();

test("what is poor is marked so", () => {
  /** @type {(found: Counterfactual, surrogate: SurrogateAgreement) => string[]} */
  const poor = (found, surrogate) => badgesOf(found, surrogate).filter((one) => one.isPoor).map((one) => one.name);
  assert.deepEqual(poor(COUNTERFACTUAL, { agreement: 0.95, accuracy: 0.9 }), ["out of range"]);
  assert.deepEqual(poor({ ...COUNTERFACTUAL, ratio: 3, outside: [0, 0, 0] }, { agreement: 0.5, accuracy: 0.5 }), ["agrees with the model", "agrees with the labels", "detour"]);
  assert.deepEqual(poor({ ...COUNTERFACTUAL, ratio: null, outside: [0, 0, 0] }, { agreement: null, accuracy: null }), ["agreement", "detour"]);
});

test("shares that do not add up say by how much", () => {
  assert.equal(gapWords(0.0005), "adds up to the margin");
  assert.equal(gapWords(0.05), "misses the margin by 5.0 %");
  assert.equal(gapWords(0.25), "misses the margin by 25 %");
});

test("a third class and a sample that was learned from are warned of", () => {
  const classes = ["a", "b", "c"].map((name) => ({ name, color: "", key: "" }));
  assert.deepEqual(warningsOf(COUNTERFACTUAL, classes), []);
  assert.match(warningsOf({ ...COUNTERFACTUAL, likelier: 2 }, classes)[0], /c is likelier than both/);
  assert.equal(warningsOf({ ...COUNTERFACTUAL, likelier: 2, trainedOn: true }, classes).length, 2);
});

test("each frame has its place in words", () => {
  const words = [0, 0.25, 1, 1.2].map((time) => placeWords(time, ["a", "b"]));
  assert.deepEqual(words, ["the sample as it is", "25 % of the way", "on the boundary of a and b", "20 % beyond"]);
});

test("beside the pair stands whoever comes closest on the way", () => {
  assert.deepEqual(classesShown(COUNTERFACTUAL, 3), [0, 1, 3]);
  assert.deepEqual(classesShown(COUNTERFACTUAL, 4), [0, 1, 3, 2]);
});
