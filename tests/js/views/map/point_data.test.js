// @ts-check
/** @import { FakeResponse } from "../../fake_browser.js" */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { PointData } from "../../../../dashboard/views/map/point_data.js";
import { present } from "../../assertions.js";
import { bytesAnswer, drainTasks, openBrowser, serve } from "../../fake_browser.js";

const WANTED = { channel: "given", version: 1, mask: null };
const POINTS = new Uint8Array(Float32Array.of(0, 0, 0.5, 0.5).buffer);

/** @type {Map<string, (response: FakeResponse | Error) => void>} requests that wait, by the end of their address */
let waiting = new Map();
/** @type {string[]} what the map was called for, in order */
let events = [];
let data = open();

function open() {
  return new PointData({ study: "0fa1", signal: new AbortController().signal, onArrive: (part) => events.push(part), onAway: () => events.push("away") });
}

beforeEach(() => {
  openBrowser();
  waiting = new Map();
  events = [];
  data = open();
  serve((url) => new Promise((take, fail) => waiting.set(present(url.split("0fa1/")[1]), (response) => (response instanceof Error ? fail(response) : take(response)))));
});

/**
 * @param {string} path
 * @param {FakeResponse | Error} response
 */
async function answer(path, response) {
  present(waiting.get(path))(response);
  waiting.delete(path);
  await drainTasks();
}

async function openMap() {
  data.load(WANTED);
  await answer("points", bytesAnswer(POINTS));
  await answer("channel/given?v=1", bytesAnswer(Uint8Array.of(0, 1)));
}

test("a map is ready when places and colors are there, in whichever order they come", async () => {
  data.load(WANTED);
  await answer("channel/given?v=1", bytesAnswer(Uint8Array.of(0, 1)));
  assert.equal(data.isReady(), false);
  await answer("points", bytesAnswer(POINTS));
  assert.equal(data.isReady(), true);
  assert.deepEqual(events, ["channel", "points"]);
  assert.deepEqual(data.placeOf(1), [0.5, 0.5]);
  for (const row of [null, -1, 2]) assert.equal(data.placeOf(row), null);
});

test("only what changed is asked for again", async () => {
  await openMap();
  data.load(WANTED);
  assert.equal(waiting.size, 0);
  data.load({ ...WANTED, version: 2 });
  assert.deepEqual([...waiting.keys()], ["channel/given?v=2"]);
});

test("colors that were overtaken by others are dropped", async () => {
  await openMap();
  data.load({ ...WANTED, channel: "predicted" });
  data.load({ ...WANTED, channel: "margin" });
  await answer("channel/margin?v=1", bytesAnswer(Uint8Array.of(7, 7)));
  await answer("channel/predicted?v=1", bytesAnswer(Uint8Array.of(9, 9)));
  assert.deepEqual([...present(data.channel)], [7, 7]);
  assert.equal(data.name(), "channel/margin?v=1");
});

test("a filter that is taken away grays out nothing, even if it comes later", async () => {
  await openMap();
  data.load({ ...WANTED, mask: "f1" });
  await answer("mask/f1", bytesAnswer(Uint8Array.of(0, 1)));
  assert.equal(data.nearest([0, 0], 1), 1, "the nearest that matches");
  data.load({ ...WANTED, mask: "f2" });
  data.load(WANTED);
  await answer("mask/f2", bytesAnswer(Uint8Array.of(0, 1)));
  assert.equal(data.mask, null);
  assert.equal(data.nearest([0, 0], 1), 0);
  assert.equal(data.name(), "channel/given?v=1");
});

test("what did not arrive is asked for again, and nothing else", async () => {
  data.load(WANTED);
  await answer("points", bytesAnswer(POINTS));
  await answer("channel/given?v=1", new TypeError("Failed to fetch"));
  assert.deepEqual(events, ["points", "away"]);
  data.load(WANTED);
  assert.deepEqual([...waiting.keys()], ["channel/given?v=1"]);
});
