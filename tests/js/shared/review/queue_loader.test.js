// @ts-check
/** @import { FakeResponse } from "../../fake_browser.js" */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Queue } from "../../../../dashboard/shared/review/queue.js";
import { QueueLoader } from "../../../../dashboard/shared/review/queue_loader.js";
import { answerOf, drainTasks, openBrowser, serve } from "../../fake_browser.js";
import { queueCard, queueProgress } from "../../payloads.js";

/** @type {string[]} what the page was called for, in order */
let events = [];
let queue = new Queue("0fa1", { waiting: [] }, 0.5);
let loader = open();

function open() {
  return new QueueLoader({ queue, page: { isOneByOne: () => true, onLoaded: () => events.push("loaded"), onAway: () => events.push("away") } });
}

beforeEach(() => {
  openBrowser();
  mock.timers.enable({ apis: ["setTimeout"] });
  events = [];
  queue = new Queue("0fa1", { waiting: [] }, 0.5);
  loader = open();
});

afterEach(() => mock.timers.reset());

/**
 * @param {number} from
 * @param {number} size
 * @returns {FakeResponse}
 */
function samples(from, size) {
  const cards = Array.from({ length: size }, (_, at) => queueCard(from + at));
  return answerOf({ version: 0, progress: queueProgress(), history: [], cards });
}

test("it goes on loading until the reserve is full", async () => {
  let next = 0;
  serve(async () => samples((next += 60) - 60, 60));
  await loader.load();
  await drainTasks();
  assert.equal(queue.order.length, 120);
  assert.deepEqual(events, ["loaded", "loaded"]);
});

test("it tries again by itself while the server is away, and no more once it is stopped", async () => {
  let requests = 0;
  serve(async () => {
    requests += 1;
    throw new TypeError("Failed to fetch");
  });
  await loader.load();
  assert.equal(loader.isAway, true);
  mock.timers.tick(2_000);
  await drainTasks();
  assert.equal(requests, 2);
  loader.stop();
  mock.timers.tick(10_000);
  await drainTasks();
  assert.equal(requests, 2);
  assert.deepEqual(events, ["away", "away"]);
});

test("an answer that was overtaken changes nothing, and an answer after the page is gone neither", async () => {
  /** @type {((response: FakeResponse) => void)[]} */
  const answers = [];
  serve(() => new Promise((take) => answers.push(take)));
  const first = loader.load();
  const second = loader.load();
  answers[0](samples(0, 3));
  await first;
  assert.equal(queue.order.length, 0);
  loader.stop();
  answers[1](samples(0, 3));
  await second;
  assert.equal(queue.order.length, 0);
  assert.deepEqual(events, []);
});
