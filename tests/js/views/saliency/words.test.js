// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { dropWords, makingWords, measureWords, partName, progressWords } from "../../../../dashboard/views/saliency/words.js";

test("a heatmap that is not there says how far it is, or why it will not come", () => {
  assert.equal(makingWords({ state: "waiting", fraction: 0, text: "" }), "queued");
  assert.equal(makingWords({ state: "making", fraction: 0.4, text: "hiding parts" }), "hiding parts 40 %");
  assert.equal(makingWords({ state: "failed", fraction: 0, text: "no memory" }), "no memory");
  assert.equal(progressWords({ state: "waiting", fraction: 0, text: "" }), "Queued");
});

test("a part is called by what it is", () => {
  assert.equal(partName(1, null, 30), "part 2 of 30");
  assert.equal(partName(1, { words: ["very", "late"] }, 2), "word 2, “late”");
  assert.match(partName(0, { names: ["width"], values: ["1.2"] }, 2), /^width, the mean/);
});

test("a drop is stated for each class, with its place among all parts", () => {
  const parts = { drops: [[0.1, 0.3, -0.05], [0, -0.2, 0]], whole: [0.9, 0.05] };
  assert.equal(dropWords(1, parts, "part 2 of 3", ["cat", "dog"]),
    "Without part 2 of 3: cat falls by 0.300, from 0.90 to 0.60; dog rises by 0.200, from 0.05 to 0.25. Number 1 of 3 by its drop.");
});

test("numbers of a heatmap that are not known are no zeros", () => {
  const numbers = { deletion: 0.2, insertion: 0.7, road: null, gini: 0.5, top_k: null, correlation: null, shift: null };
  const { faithful, fragile, sparse } = measureWords(numbers);
  assert.equal(faithful.value?.toFixed(6), "0.500000");
  assert.equal(faithful.words, "deletion 0.20, insertion 0.70");
  assert.equal(fragile.value, null);
  assert.equal(sparse.value, 0.5);
  assert.equal(measureWords({ ...numbers, top_k: 0.8, correlation: 0.9 }).fragile.words, "80 % of top pixels stay, ranks 0.90");
});
