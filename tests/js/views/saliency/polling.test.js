// @ts-check
/** @import { FakeResponse } from "../../fake_browser.js" */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { ByteCache, Polling } from "../../../../dashboard/views/saliency/polling.js";
import { present } from "../../assertions.js";
import { answerOf, bytesAnswer, drainTasks, openBrowser, serve } from "../../fake_browser.js";

beforeEach(() => {
  openBrowser();
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => mock.timers.reset());

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
