// @ts-check
/** @import { DecisionsAnswer, PostedDecision } from "../../../../dashboard/payloads.d.ts" */
/** @import { RefusedEntry } from "../../../../dashboard/shared/browser/outbox.js" */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Outbox } from "../../../../dashboard/shared/browser/outbox.js";
import { messageOf } from "../../../../dashboard/shared/browser/server.js";
import { present } from "../../assertions.js";
import { drainTasks, FakeServer, FakeStorage, openBrowser, randomFrom } from "../../fake_browser.js";

const SENDER = { reviewer: "ada", explanation: "e1" };
let server = new FakeServer();
let storage = new FakeStorage();
/** @type {{ answer: DecisionsAnswer, refused: RefusedEntry[] }[]} */
let answers = [];

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  mock.method(console, "warn", () => {});
  storage = openBrowser();
  server = new FakeServer();
  answers = [];
});

afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

function openOutbox() {
  return new Outbox("0fa1", { query: () => "?limit=12", onAnswer: (answer, refused) => answers.push({ answer, refused }), onState: () => {} });
}

/**
 * @param {number} row
 * @returns {Omit<PostedDecision, "seq" | "at">}
 */
function decision(row) {
  return { row, id: String(row), verdict: "keep", label: null };
}

/**
 * The page goes away without a word, as when the browser is killed.
 * @param {Outbox} outbox
 */
function kill(outbox) {
  outbox.closed = true;
  clearTimeout(outbox.timer);
}

test("a decision is kept in the browser until the server has recorded it", async () => {
  const outbox = openOutbox();
  outbox.put([decision(7)], SENDER);
  assert.equal(storage.length, 1);
  await drainTasks();
  assert.deepEqual(server.record.map((one) => one.row), [7]);
  assert.equal(storage.length, 0);
  assert.equal(outbox.waiting.length, 0);
});

test("a request says who decides, on what, and that it comes from this page", async () => {
  const outbox = openOutbox();
  outbox.put([decision(7)], SENDER);
  await drainTasks();
  const [{ url, options, body }] = server.requests;
  assert.equal(url, "http://127.0.0.1:8501/margin/0fa1/decisions?limit=12");
  assert.equal(new Headers(options.headers).get("X-Margin"), "1");
  assert.deepEqual(Object.keys(body).sort(), ["client", "decisions", "explanation", "reviewer"]);
  assert.deepEqual([body.reviewer, body.explanation, body.client], ["ada", "e1", outbox.client]);
  assert.equal(body.decisions[0].seq, 1);
});

test("while the server is away decisions wait, and arrive once, in their order", async () => {
  const outbox = openOutbox();
  server.fails = ["lost", "lost", "lost"];
  for (const row of [3, 1, 2]) outbox.put([decision(row)], SENDER);
  for (let turn = 0; turn < 6; turn += 1) {
    await drainTasks();
    mock.timers.tick(5_000);
  }
  await drainTasks();
  assert.deepEqual(server.record.map((one) => one.row), [3, 1, 2]);
  assert.equal(storage.length, 0);
  assert.equal(outbox.failure, null);
});

test("pauses between tries grow to five seconds and no further", async () => {
  const outbox = openOutbox();
  server.fails = Array.from({ length: 8 }, () => "lost");
  outbox.put([decision(1)], SENDER);
  /** @type {number[]} */
  const pauses = [];
  for (let turn = 0; turn < 8; turn += 1) {
    await drainTasks();
    pauses.push(outbox.pause);
    mock.timers.tick(outbox.pause);
  }
  assert.deepEqual(pauses, [250, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
  kill(outbox);
});

test("when the network is back it is tried at once", async () => {
  const outbox = openOutbox();
  server.fails = ["lost", "lost", "lost"];
  outbox.put([decision(1)], SENDER);
  for (let turn = 0; turn < 2; turn += 1) {
    await drainTasks();
    mock.timers.tick(outbox.pause);
  }
  await drainTasks();
  window.dispatchEvent(new Event("online"));
  await drainTasks();
  assert.deepEqual(server.record.map((one) => one.row), [1]);
});

test("an answer that is lost on its way records nothing twice", async () => {
  const outbox = openOutbox();
  server.fails = ["unanswered"];
  outbox.put([decision(1)], SENDER);
  await drainTasks();
  assert.equal(outbox.waiting.length, 1);
  mock.timers.tick(250);
  await drainTasks();
  assert.equal(server.requests.length, 2);
  assert.equal(server.record.length, 1);
  assert.equal(outbox.waiting.length, 0);
});

test("what an earlier life of the page left behind is sent first, under its own name", async () => {
  const before = openOutbox();
  server.fails = ["lost"];
  before.put([decision(1)], SENDER);
  before.put([decision(2)], SENDER);
  await drainTasks();
  kill(before);

  openBrowser(storage);
  const after = openOutbox();
  assert.deepEqual(after.waiting.map((entry) => entry.decision.row), [1, 2]);
  after.put([decision(3)], SENDER);
  for (let turn = 0; turn < 3; turn += 1) {
    await drainTasks();
    mock.timers.tick(0);
  }
  assert.deepEqual(server.record.map((one) => one.row), [1, 2, 3]);
  assert.deepEqual(server.record.map((one) => one.client), [before.client, before.client, after.client]);
  assert.notEqual(before.client, after.client);
  assert.equal(storage.length, 0);
});

test("the format that lies in browsers already is still read", () => {
  const kept = { client: "an-old-page", reviewer: "ada", explanation: "e0", decision: {
    seq: 4, at: "2026-01-05T10:00:00.000Z", row: 9, id: "img-9", score: 0.9, based_on: null, drawn: false, verdict: "relabel", label: 2, note: "blurred" } };
  storage.setItem("margin.outbox.0fa1.an-old-page.4", JSON.stringify(kept));
  storage.setItem("margin.outbox.other.an-old-page.4", JSON.stringify(kept));
  const [entry, ...others] = openOutbox().waiting;
  assert.deepEqual(entry, { key: "margin.outbox.0fa1.an-old-page.4", ...kept });
  assert.deepEqual(others, []);
});

test("a decision that the server refuses is reported with its reason and not sent again", async () => {
  const outbox = openOutbox();
  server.refuses.set(2, "This sample is gone.");
  outbox.put([decision(1), decision(2), decision(3)], SENDER);
  await drainTasks();
  assert.deepEqual(server.record.map((one) => one.row), [1, 3]);
  assert.deepEqual(answers[0].refused.map((one) => [one.decision.row, one.reason]), [[2, "This sample is gone."]]);
  assert.equal(outbox.waiting.length, 0);
});

test("an answer that names none of the decisions is no answer", async () => {
  const outbox = openOutbox();
  server.decide = () => ({ recorded: [], refused: [] });
  outbox.put([decision(1)], SENDER);
  await drainTasks();
  assert.equal(outbox.waiting.length, 1);
  assert.equal(storage.length, 1);
  assert.match(messageOf(outbox.failure), /names none/);
  kill(outbox);
});

test("decisions of two senders never share a request", async () => {
  const outbox = openOutbox();
  server.fails = ["lost"];
  outbox.put([decision(1)], SENDER);
  outbox.put([decision(2)], { reviewer: "grace", explanation: "e1" });
  outbox.put([decision(3)], { reviewer: "grace", explanation: "e2" });
  for (let turn = 0; turn < 5; turn += 1) {
    await drainTasks();
    mock.timers.tick(5_000);
  }
  await drainTasks();
  assert.deepEqual(server.requests.map(({ body }) => [body.reviewer, body.explanation, body.decisions.length]), [["ada", "e1", 1], ["grace", "e1", 1], ["grace", "e2", 1]]);
});

test("without a storage decisions wait in memory, and the page says so", async () => {
  Object.defineProperty(window, "localStorage", { get() { throw new Error("denied"); } });
  const outbox = openOutbox();
  assert.equal(outbox.isPersistent, false);
  outbox.put([decision(1)], SENDER);
  await drainTasks();
  assert.deepEqual(server.record.map((one) => one.row), [1]);
});

test("when the storage is full a decision waits in memory and still arrives", async () => {
  const outbox = openOutbox();
  storage.setItem = () => { throw new Error("QuotaExceededError"); };
  outbox.put([decision(1)], SENDER);
  assert.equal(outbox.isPersistent, false);
  await drainTasks();
  assert.deepEqual(server.record.map((one) => one.row), [1]);
});

test("a page that is closed tries once more and leaves the rest to the next", async () => {
  const outbox = openOutbox();
  server.fails = ["lost"];
  outbox.put([decision(1)], SENDER);
  await drainTasks();
  outbox.close();
  await drainTasks();
  assert.equal(present(server.requests.at(-1)).options.keepalive, true);
  assert.deepEqual(server.record.map((one) => one.row), [1]);
  assert.equal(storage.length, 1, "the answer did not arrive, so it is kept");
});

test("whatever goes wrong, every decision is recorded once and each page's in their order", async () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = randomFrom(seed);
    storage = openBrowser();
    server = new FakeServer();
    let outbox = openOutbox();
    let row = 0;
    /** @type {[client: string, row: number][]} */
    const made = [];
    for (let turn = 0; turn < 30; turn += 1) {
      const what = random(6);
      if (what <= 2) {
        const group = Array.from({ length: 1 + random(3) }, () => decision((row += 1)));
        for (const one of group) made.push([outbox.client, one.row]);
        outbox.put(group, SENDER);
      } else if (what === 3) {
        server.fails.push(random(2) ? "lost" : "unanswered");
      } else if (what === 4) {
        await drainTasks();
        mock.timers.tick(outbox.pause);
      } else if (random(4) === 0) {
        kill(outbox);
        await drainTasks();
        openBrowser(storage);
        outbox = openOutbox();
      }
    }
    server.fails = [];
    for (let turn = 0; turn < 40 && outbox.waiting.length > 0; turn += 1) {
      outbox.flush();
      await drainTasks();
      mock.timers.tick(5_000);
    }
    await drainTasks();
    assert.equal(storage.length, 0, `seed ${seed}`);
    /** @type {[client: string, row: number][]} */
    const recorded = server.record.map((one) => [one.client, one.row]);
    assert.deepEqual([...recorded].sort((a, b) => a[1] - b[1]), made, `seed ${seed}`);
    for (const client of new Set(made.map(([one]) => one))) {
      const rows = recorded.filter(([one]) => one === client).map(([, one]) => one);
      assert.deepEqual(rows, [...rows].sort((a, b) => a - b), `seed ${seed}`);
    }
  }
});
