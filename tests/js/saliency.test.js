// @ts-check
/** @import { Counterfactual, SurrogateAgreement } from "../../dashboard/payloads.d.ts" */
/** @import { FakeResponse } from "./fake_browser.js" */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { bytesOf, colorOf, pixelAt } from "../../dashboard/shared/browser/canvas.js";
import { isPixelArt } from "../../dashboard/shared/browser/pictures.js";
import { signedColor } from "../../dashboard/views/counterfactuals/paint.js";
import { badgesOf, classesShown, gapWords, placeWords, warningsOf } from "../../dashboard/views/counterfactuals/words.js";
import { grayFor, luminanceOf, opacityFor } from "../../dashboard/views/map/colors.js";
import { Polling, ByteCache } from "../../dashboard/views/saliency/polling.js";
import { extentOf, placeIn } from "../../dashboard/views/saliency/scale.js";
import { edgesOf, orderOf, partAt, weightsOf } from "../../dashboard/views/saliency/weights.js";
import { dropWords, makingWords, measureWords, partName, progressWords } from "../../dashboard/views/saliency/words.js";
import { answerOf, bytesAnswer, drainTasks, openBrowser, present, serve } from "./fake_browser.js";
import { counterfactual } from "./payloads.js";

beforeEach(() => {
  openBrowser();
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => mock.timers.reset());

/* ----- colors and pixels ----- */

test("a color is read from its six digits", () => {
  assert.deepEqual(colorOf("#0b62b8"), [11, 98, 184]);
});

test("gray values are all three colors, and three are three", () => {
  assert.deepEqual(pixelAt([1, 2, 3, 4, 5, 6], 1, 1), [2, 2, 2]);
  assert.deepEqual(pixelAt([1, 2, 3, 4, 5, 6], 3, 3), [4, 5, 6]);
});

test("bytes come back from base64", () => {
  assert.deepEqual([...bytesOf(btoa(String.fromCharCode(0, 127, 255)))], [0, 127, 255]);
});

test("pixels are shown one by one where there are few", () => {
  assert.equal(isPixelArt({ width: 28, height: 28 }), true);
  assert.equal(isPixelArt({ width: 28, height: 64 }), false);
});

test("signed values are white at zero and full at either end", () => {
  assert.deepEqual(signedColor(0), [242, 242, 242]);
  assert.deepEqual(signedColor(1), [213, 94, 0]);
  assert.deepEqual(signedColor(-1), [11, 95, 165]);
});

test("a dark page is one whose ink is light", () => {
  assert.ok(luminanceOf("rgb(236, 238, 240)") > 0.9);
  assert.ok(luminanceOf("rgb(28, 32, 36)") < 0.2);
  assert.ok(grayFor("rgb(255, 255, 255)", false)[0] < grayFor("rgb(0, 0, 0)", false)[0]);
  assert.ok(grayFor("rgb(0, 0, 0)", true)[3] < grayFor("rgb(0, 0, 0)", false)[3], "with a mask, what stands back stands further back");
});

test("the more points there are the more each lets through", () => {
  const found = [1, 1_000, 100_000, 1_000_000].map(opacityFor);
  assert.deepEqual(found, [...found].sort((a, b) => b - a));
  assert.ok(found.every((one) => one >= 0.45 && one <= 0.9));
});

/* ----- places of a plot ----- */

test("an axis holds zero and one, or as much as there is", () => {
  assert.deepEqual(extentOf([0.2, null, -0.4], false), { low: -0.4, high: 1 });
  assert.deepEqual(extentOf([3.5, null], true), { low: 0, high: 3.5 });
  assert.deepEqual(extentOf([], true), { low: 0, high: 1 });
});

test("numbers lie between the ends of their axis, in either direction", () => {
  assert.equal(placeIn(0.25, { low: 0, high: 1 }, 0, 200), 50);
  assert.equal(placeIn(0.25, { low: 0, high: 1 }, 200, 0), 150);
});

/* ----- what a heatmap is made of ----- */

test("of one heatmap the weights are its own; of two each counts as much as its largest effect", () => {
  assert.deepEqual(weightsOf([{ weights: [1, -0.5], most: 0.3 }]), [1, -0.5]);
  assert.deepEqual(weightsOf([{ weights: [1, 0], most: 0.4 }, { weights: [0, 1], most: 0.1 }]), [1, -0.25]);
  assert.deepEqual(weightsOf([{ weights: [1, 0], most: 0 }, { weights: [0, 1], most: 0 }]), [0, 0]);
});

test("words stay in their order; of columns the most important come first, and few", () => {
  assert.deepEqual(orderOf({ words: ["a", "b", "c"] }, [0.1, -0.9, 0.5]), [0, 1, 2]);
  assert.deepEqual(orderOf({ names: ["a", "b", "c"] }, [0.1, -0.9, 0.5]), [1, 2, 0]);
  assert.deepEqual(orderOf({ names: [] }, [0.5, -0.5, 0.5]), [0, 1, 2], "ties by place");
  assert.equal(orderOf({ names: [] }, Array.from({ length: 100 }, (_, place) => place)).length, 24);
});

const LAYOUT = Uint16Array.of(0, 0, 1, 2, 2, 1);

test("a click finds the part under it wherever the picture lies in its frame", () => {
  const picture = { width: 3, height: 2 };
  assert.equal(partAt({ x: 10, y: 10 }, { width: 300, height: 200 }, picture, LAYOUT), 0);
  assert.equal(partAt({ x: 290, y: 190 }, { width: 300, height: 200 }, picture, LAYOUT), 1);
  assert.equal(partAt({ x: 10, y: 10 }, { width: 300, height: 400 }, picture, LAYOUT), null, "above the picture");
  assert.equal(partAt({ x: 10, y: 110 }, { width: 300, height: 400 }, picture, LAYOUT), 0);
});

test("edges lie between places of different parts", () => {
  const edges = edgesOf({ width: 3, height: 2 }, LAYOUT, (one, other) => one !== other);
  assert.deepEqual(edges, [[0, 1, 1, 1], [2, 0, 2, 1], [1, 1, 2, 1], [2, 1, 2, 2]]);
  assert.deepEqual(edgesOf({ width: 3, height: 2 }, LAYOUT, () => false), []);
});

/* ----- words ----- */

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

/* ----- a counterfactual ----- */

const COUNTERFACTUAL = counterfactual();

test("what is poor is marked so", () => {
  /** @type {(found: Counterfactual, surrogate: SurrogateAgreement) => string[]} */
  const poor = (found, surrogate) => badgesOf(found, surrogate).filter((one) => one.isPoor).map((one) => one.name);
  assert.deepEqual(poor(COUNTERFACTUAL, { agreement: 0.95, accuracy: 0.9 }), ["out of range"]);
  assert.deepEqual(poor({ ...COUNTERFACTUAL, ratio: 3, outside: [0, 0, 0] }, { agreement: 0.5, accuracy: 0.5 }), ["agrees with your model", "agrees with the labels", "detour"]);
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

/* ----- asking ----- */

/** @typedef {{ done: boolean }} Answer */

const AWAY = new TypeError("Failed to fetch");

/**
 * @param {(Answer | FakeResponse | Error)[]} answers what the next requests meet
 */
function asking(answers) {
  /** @type {(Answer | string)[]} */
  const received = [];
  /** @type {string[]} */
  const asked = [];
  serve(async (url) => {
    asked.push(url);
    const next = present(answers.shift());
    if (next instanceof Error) throw next;
    return "done" in next ? answerOf(next) : next;
  });
  /** @type {Polling<Answer>} */
  const one = new Polling({
    study: "0fa1", isDone: ({ done }) => done, onAnswer: (answer) => received.push(answer), onRefused: (words) => received.push(words), onAway: () => received.push("away"),
  });
  return { one, received, asked };
}

test("it is asked again until nothing more will come", async () => {
  const { one, received, asked } = asking([{ done: false }, { done: true }, { done: true }]);
  one.ask("7?methods=margin");
  for (let turn = 0; turn < 4; turn += 1) {
    await drainTasks();
    mock.timers.tick(200);
  }
  assert.deepEqual(received, [{ done: false }, { done: true }]);
  assert.equal(asked[0], "http://127.0.0.1:8501/margin/0fa1/saliency/7?methods=margin");
});

test("a new question takes the place of the last", async () => {
  const { one, received, asked } = asking([{ done: false }, { done: true }]);
  one.ask("7?methods=margin");
  one.ask("8?methods=margin");
  await drainTasks();
  mock.timers.tick(200);
  await drainTasks();
  assert.deepEqual(received, [{ done: true }]);
  assert.equal(asked.length, 2);
});

test("who asks something else while taking an answer is not asked the old question again", async () => {
  const { one, received, asked } = asking([{ done: false }, { done: true }]);
  one.onAnswer = (answer) => {
    received.push(answer);
    if (received.length === 1) one.ask("8");
  };
  one.ask("7");
  for (let turn = 0; turn < 3; turn += 1) {
    await drainTasks();
    mock.timers.tick(200);
  }
  assert.deepEqual(received, [{ done: false }, { done: true }]);
  assert.deepEqual(asked.map((url) => url.split("/").at(-1)), ["7", "8"]);
});

test("who stops while taking an answer is not asked again", async () => {
  const { one, asked } = asking([{ done: false }, { done: true }]);
  one.onAnswer = () => one.stop();
  one.ask("7");
  await drainTasks();
  mock.timers.tick(10_000);
  await drainTasks();
  assert.equal(asked.length, 1);
});

test("while the server is away it is asked less often, and goes on when it is back", async () => {
  const { one, received } = asking([AWAY, { done: true }]);
  one.ask("7");
  await drainTasks();
  mock.timers.tick(1_999);
  await drainTasks();
  assert.deepEqual(received, ["away"]);
  mock.timers.tick(1);
  await drainTasks();
  assert.deepEqual(received, ["away", { done: true }]);
});

test("what is refused is not asked again", async () => {
  const { one, received, asked } = asking([answerOf("There is no such method.", 422), { done: true }]);
  one.ask("7");
  await drainTasks();
  mock.timers.tick(10_000);
  await drainTasks();
  assert.deepEqual(received, ["There is no such method."]);
  assert.equal(asked.length, 1);
});

test("a late failure takes away only what failed, not what was fetched since", async () => {
  /** @type {((response: FakeResponse) => void)[]} */
  const waiting = [];
  serve(() => new Promise((resolve) => waiting.push(resolve)));
  const kept = new ByteCache("0fa1", 1);
  const first = kept.bytes("heatmap", "a");
  kept.bytes("heatmap", "b");
  const again = kept.bytes("heatmap", "a");
  waiting[0](bytesAnswer(Uint8Array.of(), 503));
  await assert.rejects(first);
  assert.equal(kept.bytes("heatmap", "a"), again);
  assert.equal(waiting.length, 3);
});

test("bytes under one address are fetched once, those that did not come again, and few are kept", async () => {
  /** @type {string[]} */
  const asked = [];
  let fails = true;
  serve(async (url) => {
    asked.push(url);
    return bytesAnswer(Uint8Array.of(1, 2), fails ? 503 : 200);
  });
  const kept = new ByteCache("0fa1", 2);
  await assert.rejects(kept.bytes("heatmap", "a"));
  fails = false;
  await Promise.all([kept.bytes("heatmap", "a"), kept.bytes("heatmap", "a")]);
  assert.equal(asked.length, 2);
  await kept.bytes("heatmap", "b");
  await kept.bytes("heatmap", "c");
  await kept.bytes("heatmap", "a");
  assert.equal(asked.length, 5, "the oldest was forgotten");
});
