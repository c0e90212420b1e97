// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { classOfGroup, groupNote, reasonWords, selectionWords } from "../../../../dashboard/views/prototypes/words.js";
import { CLASSES, criticism, prototype } from "../../payloads.js";

test("a class that has less to show than was asked for says so in one sentence", () => {
  /** @type {(size: number, shown: number) => { size: number, prototypes: { length: number } }} */
  const group = (size, shown) => ({ size, prototypes: { length: shown } });
  assert.match(groupNote(group(0, 0), 8, 3, false), /No sample/);
  assert.match(groupNote(group(1, 1), 8, 3, false), /represents itself/);
  assert.match(groupNote(group(5, 5), 8, 3, false), /5 samples, fewer than 8/);
  assert.match(groupNote(group(50, 8), 8, 1, false), /one class only/);
  assert.equal(groupNote(group(50, 8), 8, 3, false), "");
});

test("the reason of a criticism in words", () => {
  assert.equal(reasonWords(criticism({ reason: "label" })), "label conflict");
  assert.equal(reasonWords(criticism({ reason: "model" })), "model disagrees");
  assert.notEqual(reasonWords({ reason: "density", density: 0.1 }), reasonWords({ reason: "density", density: 0.9 }));
});

test("the words of a prototype name its number and how many it represents", () => {
  const sample = prototype({ agreement: null });
  const [first, second] = selectionWords({ role: "prototype", rule: "coverage", place: 0, represented: 25, sample }, { size: 100 }, "cat", () => "");
  assert.match(first, /cat, number 1.*25 of 100 \(25 %\)/);
  assert.doesNotMatch(second, /neighbors, by weight/);
});

test("the words of a criticism name its class, and the class that the model predicts instead", () => {
  const sample = criticism({ reason: "model", predicted: 2 });
  const [words, ...others] = selectionWords({ role: "criticism", rule: "coverage", place: 1, sample }, { size: 100 }, "cat", (label) => CLASSES[label].name);
  assert.match(words, /^Criticism of cat, number 2\. .* predicts bird\.$/);
  assert.deepEqual(others, []);
});

test("where nothing has a label the one group is all samples", () => {
  assert.equal(classOfGroup(CLASSES, -1).name, "all samples");
  assert.equal(classOfGroup(CLASSES, 1).name, "dog");
});
