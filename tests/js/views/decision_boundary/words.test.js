// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { itemWords, marginWords, pairFacts, pairWords, percentInTenths, sampleFacts } from "../../../../dashboard/views/decision_boundary/words.js";
import { boundarySample, CLASSES } from "../../payloads.js";

const SAMPLE = boundarySample();

test("small shares do not look like none", () => {
  assert.equal(percentInTenths(0), "0.0\u00a0%");
  assert.equal(percentInTenths(0.0004), "< 0.1\u00a0%");
  assert.equal(percentInTenths(0.125), "12.5\u00a0%");
});

test("a pair is described by names, how far it touches and how many lie between", () => {
  assert.equal(pairWords(CLASSES, { pair: [0, 1], contact: 0.125, count: 1200 }), "cat and dog – touch 12.5\u00a0%, 1,200 between");
});

test("one sample is one sample", () => {
  assert.match(pairFacts({ count: 1, wrong: 1 }, 1), /1 sample lies .* 1 label there/);
  assert.match(pairFacts({ count: 80, wrong: 0 }, 1), /80 samples lie .* no label .* first 1 can/);
});

test("a sample leans to the class that leads", () => {
  assert.equal(marginWords(CLASSES, [0, 1], SAMPLE), "dog +0.25");
  assert.equal(marginWords(CLASSES, [0, 1], { ...SAMPLE, margin: 0.1 }), "cat +0.10");
  assert.equal(itemWords(CLASSES, [0, 1], SAMPLE), "sample 17, leans to dog by 0.25, but is labeled cat");
});

test("a third class that is likelier than both is named", () => {
  assert.doesNotMatch(sampleFacts(CLASSES, [0, 1], SAMPLE), /Likelier/);
  assert.match(sampleFacts(CLASSES, [0, 1], { ...SAMPLE, predicted: 2 }), /Likelier than both is bird/);
});
