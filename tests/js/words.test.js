// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { pairFacts, itemWords, marginWords, pairWords, percentInTenths, sampleFacts } from "../../dashboard/views/decision_boundary/words.js";
import { coverage, countRepresented } from "../../dashboard/views/prototypes/counts.js";
import { criticismEntry, prototypeEntry } from "../../dashboard/views/prototypes/entries.js";
import { classOfGroup, groupNote, reasonWords, selectionWords } from "../../dashboard/views/prototypes/words.js";
import { ErrorProbabilities, probabilitySentence, probabilityWords } from "../../dashboard/shared/browser/error_probability.js";
import { classOf, count, excerptOf, fraction, inLine, sampleName, NO_CLASS, verdictWords } from "../../dashboard/shared/browser/words.js";
import { answerOf, openBrowser, present, serve } from "./fake_browser.js";
import { boundarySample, CLASSES, criticism, prototype } from "./payloads.js";

/* ----- what all pages share ----- */

test("a label that is missing has a name of its own", () => {
  assert.equal(classOf(CLASSES, 1).name, "dog");
  assert.equal(classOf(CLASSES, -1), NO_CLASS);
});

test("verdicts are named in one word, a new label with its name", () => {
  assert.deepEqual(["keep", "skip", "exclude"].map((verdict) => verdictWords(CLASSES, { verdict, label: null })), ["kept", "skipped", "excluded"]);
  assert.equal(verdictWords(CLASSES, { verdict: "relabel", label: 2 }), "relabeled to bird");
});

test("numbers are the same in every browser", () => {
  assert.equal(count(1234567), "1,234,567");
  assert.equal(fraction(0.125), "0.13");
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

/* ----- how likely a label is wrong ----- */

function curve() {
  const found = new ErrorProbabilities("0fa1");
  found.curve = { scoreLogit: [-12, 0, 6], mean: [0.01, 0.4, 0.98], low: [0, 0.2, 0.9], high: [0.1, 0.75, 1] };
  return found;
}

test("between the places of the curve the probability is interpolated", () => {
  assert.deepEqual(curve().at(0.5), { likely: 0.4, low: 0.2, high: 0.75 });
  const score = 1 / (1 + Math.exp(-3));
  assert.ok(Math.abs(present(curve().at(score)).likely - 0.69) < 1e-9);
});

test("beyond its ends the curve is level", () => {
  assert.equal(curve().at(1)?.likely, 0.98);
  assert.ok(Math.abs(present(curve().at(0)).likely - 0.01) < 1e-9);
});

test("a greater score is never a smaller probability, and the range holds it", () => {
  const found = Array.from({ length: 101 }, (_, at) => present(curve().at(at / 100)));
  found.forEach((one, at) => {
    assert.ok(one.low <= one.likely && one.likely <= one.high);
    if (at > 0) assert.ok(one.likely >= found[at - 1].likely);
  });
});

test("while nothing is known there is no probability", () => {
  assert.equal(new ErrorProbabilities("0fa1").at(0.9), null);
});

test("a curve that was overtaken by a newer one is dropped", async () => {
  /** @type {((version: number) => void)[]} */
  const answers = [];
  openBrowser();
  serve(() => new Promise((take) => answers.push((version) => take(answerOf({ version, scoreLogit: [0], mean: [version / 10], low: [0], high: [1] })))));
  const found = new ErrorProbabilities("0fa1");
  const asked = [found.load(), found.load()];
  answers[1](2);
  await asked[1];
  answers[0](1);
  await asked[0];
  assert.equal(found.version, 2);
  assert.equal(found.at(0.5)?.likely, 0.2);
});

test("where little is known the range stands alone", () => {
  assert.equal(probabilityWords({ likely: 0.4, low: 0.2, high: 0.75 }), "20 – 75 %");
  assert.equal(probabilityWords({ likely: 0.4, low: 0.3, high: 0.5 }), "40 % (30 – 50 %)");
  assert.match(probabilitySentence({ likely: 0.4, low: 0.2, high: 0.75 }), /between 20 and 75 %.*narrows/);
  assert.match(probabilitySentence({ likely: 0.4, low: 0.3, high: 0.5 }), /40 %.*between 30 and 50 %/);
});

test("rounding makes no label certainly wrong or right, and the interval holds what it stood for", () => {
  assert.equal(probabilityWords({ likely: 0.999, low: 0.9958, high: 1 }), "> 99 % (99 – 100 %)");
  assert.equal(probabilityWords({ likely: 0.003, low: 0, high: 0.0173 }), "< 1 % (0 – 2 %)");
  assert.equal(probabilityWords({ likely: 0.29, low: 0.29, high: 0.57 }), "29 % (29 – 57 %)");
  assert.match(probabilitySentence({ likely: 0.999, low: 0.9958, high: 1 }), /> 99 % .*between 99 and 100 %/);
});

/* ----- prototypes ----- */

const PICKED = [
  { coverage: 0.5, takenFrom: [-1], taken: [10] },
  { coverage: 0.7, takenFrom: [-1, 0], taken: [3, 4] },
  { coverage: 0.9, takenFrom: [0, 1], taken: [2, 1] },
];

test("of any number of prototypes each stands for what no later one took from it", () => {
  assert.deepEqual(countRepresented(PICKED, 1), [10]);
  assert.deepEqual(countRepresented(PICKED, 2), [6, 7]);
  assert.deepEqual(countRepresented(PICKED, 3), [4, 6, 3]);
  assert.deepEqual(countRepresented(PICKED, 9), [4, 6, 3]);
});

test("together prototypes stand for every sample that came from nobody", () => {
  for (const first of [1, 2, 3]) {
    const all = PICKED.slice(0, first).flatMap(({ takenFrom, taken }) => taken.filter((_, place) => takenFrom[place] < 0)).reduce((a, b) => a + b);
    assert.equal(countRepresented(PICKED, first).reduce((a, b) => a + b), all);
  }
});

test("coverage is the mean over all samples", () => {
  const groups = [{ size: 30, prototypes: PICKED }, { size: 10, prototypes: [{ coverage: 1 }] }];
  assert.ok(Math.abs(coverage(groups, 1) - (30 * 0.5 + 10) / 40) < 1e-12);
  assert.ok(Math.abs(coverage(groups, 5) - (30 * 0.9 + 10) / 40) < 1e-12);
  assert.equal(coverage([], 3), 0);
  assert.equal(coverage([{ size: 5, prototypes: [] }], 3), 0);
});

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

test("a prototype that represents few is not shown to represent none", () => {
  assert.deepEqual([0, 1, 500].map((represented) => prototypeEntry(prototype(), represented, 1000).words), ["0 %", "< 1 %", "50 %"]);
  assert.equal(prototypeEntry(prototype(), 0, 0).share, 0, "an empty class");
});

test("who does not see a strip hears what stands under each sample", () => {
  assert.equal(prototypeEntry(prototype(), 25, 100).label, "s3, stands for 25 % of its class");
  assert.equal(criticismEntry(criticism()).label, "s4, label conflict");
});

test("where nothing has a label the one group is all samples", () => {
  assert.equal(classOfGroup(CLASSES, -1).name, "all samples");
  assert.equal(classOfGroup(CLASSES, 1).name, "dog");
});

/* ----- between two classes ----- */

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
