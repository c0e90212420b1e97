// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { classOf, count, counted, excerptOf, fraction, inLine, NO_CLASS, percent, sampleName, shortNames, titleOf, verdictWords } from "../../../../dashboard/shared/browser/words.js";
import { CLASSES } from "../../payloads.js";

test("a label that is missing has a name of its own", () => {
  assert.equal(classOf(CLASSES, 1).name, "dog");
  assert.equal(classOf(CLASSES, -1), NO_CLASS);
});

test("verdicts are named in one word, a new label with its name", () => {
  assert.deepEqual(["keep", "skip", "exclude"].map((verdict) => verdictWords(CLASSES, { verdict, label: null })), ["kept", "skipped", "excluded"]);
  assert.equal(verdictWords(CLASSES, { verdict: "relabel", label: 2 }), "relabeled to bird");
});

test("a long name is shortened, and told apart from one that begins alike", () => {
  assert.deepEqual(shortNames(["metal", "cardboard", "plastic bag", "plastic box"], 6), ["metal", "cardb…", "pla…ag", "pla…ox"]);
  assert.deepEqual(shortNames(["0", "1"], 6), ["0", "1"]);
});

test("numbers are the same in every browser", () => {
  assert.equal(count(1234567), "1,234,567");
  assert.equal(fraction(0.125), "0.13");
});

test("a noun goes with its number", () => {
  assert.deepEqual([0, 1, 1200].map((number) => counted(number, "sample")), ["0 samples", "1 sample", "1,200 samples"]);
});

test("where the pointer rests on a sample its id, what is said of it and its excerpt are shown, those that there are", () => {
  assert.equal(titleOf({ id: "7", excerpt: "" }), "#7");
  assert.equal(titleOf({ id: "7", excerpt: "a 1\nb 2" }, "25 %"), "#7 · 25 % · a 1 · b 2");
});

test("a sample without a picture is called by its text or its first values, and by its id where it has none", () => {
  assert.equal(excerptOf({ id: "7", excerpt: "a rainy day" }), "a rainy day");
  assert.equal(excerptOf({ id: "7", excerpt: "" }), "#7");
  assert.equal(inLine("a 1\nb 2\nc 3"), "a 1 · b 2 · c 3");
});

test("who does not see a sample hears its id, and what can be read of it", () => {
  assert.equal(sampleName({ id: "7", excerpt: "" }), "7");
  assert.equal(sampleName({ id: "7", excerpt: "a 1\nb 2" }), "7, a 1, b 2");
});

test("small shares do not look like none", () => {
  assert.deepEqual([0, 0.001, 0.25].map(percent), ["0 %", "< 1 %", "25 %"]);
});
