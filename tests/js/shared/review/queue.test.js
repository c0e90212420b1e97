// @ts-check
/** @import { PostedDecision, QueueAnswer, QueueCard } from "../../../../dashboard/payloads.d.ts" */
/** @import { Waiting } from "../../../../dashboard/shared/review/current_decisions.js" */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Queue } from "../../../../dashboard/shared/review/queue.js";
import { present } from "../../assertions.js";
import { answerOf, openBrowser, randomFrom, serve } from "../../fake_browser.js";
import { historyEntry, labelingState, postedDecision, queueCard as card, queueProgress } from "../../payloads.js";

/** @type {{ waiting: Waiting[] }} */
let outbox = { waiting: [] };
let queue = new Queue("0fa1", outbox, 0.5);
let seq = 0;

function start() {
  outbox = { waiting: [] };
  queue = new Queue("0fa1", outbox, 0.5);
  seq = 0;
}

beforeEach(() => {
  openBrowser();
  start();
});

/**
 * @param {readonly number[]} wanted
 * @param {Partial<QueueAnswer>} [more]
 * @returns {QueueAnswer}
 */
function answer(wanted, more = {}) {
  return { version: 0, progress: queueProgress(), history: [], cards: wanted.map((row) => card(row)), refit: { refits: 0, corrections: 0, error: "" }, ...more };
}

/** @param {readonly number[]} wanted */
async function fill(wanted) {
  serve(async () => answerOf(answer(wanted)));
  (await queue.fetchMore())();
}

/**
 * As the review does it: the sample leaves the queue and its decision waits.
 * @param {readonly QueueCard[]} cards
 * @param {PostedDecision["verdict"]} verdict
 * @param {string} [at]
 */
function decide(cards, verdict, at = `2026-01-01T00:00:${String(seq).padStart(2, "0")}Z`) {
  const label = verdict === "relabel" ? 2 : null;
  for (const one of cards) {
    seq += 1;
    outbox.waiting.push({ client: "me", decision: { seq, at, row: one.row, id: one.id, verdict, label } });
  }
  if (verdict !== "undo") queue.remove(cards);
}

function rows() {
  return queue.order.map((one) => one.row);
}

/* ----- what is next ----- */

test("a few samples are fetched first, then the reserve without those that are here", async () => {
  /** @type {URLSearchParams[]} */
  const asked = [];
  serve(async (url) => {
    asked.push(new URL(url).searchParams);
    return answerOf(answer(asked.length === 1 ? [1, 2, 3] : [4, 5]));
  });
  (await queue.fetchMore())();
  (await queue.fetchMore())();
  assert.deepEqual(asked.map((one) => [one.get("limit"), one.get("skip")]), [["12", null], ["60", "1,2,3"]]);
  assert.deepEqual(rows(), [1, 2, 3, 4, 5]);
});

test("the address holds the filters that are set, and no others", () => {
  assert.equal(queue.query(12), "?limit=12");
  Object.assign(queue, { selection: "abc", goal: 10 });
  queue.continueBeyondSuspects();
  assert.deepEqual(Object.fromEntries(new URLSearchParams(queue.query(60, { given: 0 }))), { limit: "60", selection: "abc", beyond: "1", goal: "10", given: "0" });
  queue.continueWithChecks();
  assert.equal(new URLSearchParams(queue.query(1)).get("beyond"), null);
  assert.equal(new URLSearchParams(queue.query(1)).get("checks"), "1");
});

test("an answer with nothing new says that the queue has ended", async () => {
  await fill([1, 2]);
  assert.equal(queue.ended, false);
  await fill([2]);
  assert.equal(queue.ended, true);
  assert.equal(queue.runsLow(), false);
});

test("steps stay within the queue", async () => {
  await fill([1, 2, 3]);
  queue.step(-1);
  assert.equal(queue.current?.row, 1);
  queue.step(10);
  assert.equal(queue.current?.row, 3);
  assert.deepEqual(queue.ahead(2).map((one) => one.row), [3]);
});

/* ----- new orders ----- */

test("a new order leaves the sample on screen and the next where they are", async () => {
  await fill([1, 2, 3, 4, 5]);
  queue.reorder([5, 4].map((row) => card(row)));
  assert.deepEqual(rows(), [1, 2, 5, 4, 3]);
});

test("after a refit the reserve of before is dropped and fetched anew", async () => {
  await fill([1, 2, 3, 4, 5]);
  queue.ended = true;
  queue.accept(answer([], { version: 1, refit: { refits: 1, corrections: 5, error: "" } }));
  queue.reorder([card(9)]);
  assert.deepEqual(rows(), [1, 2, 9]);
  assert.equal(queue.ended, false);
});

test("what was decided does not come back with an answer from before", async () => {
  await fill([1, 2, 3]);
  decide([present(queue.current)], "keep");
  queue.reorder([1, 3, 2].map((row) => card(row)));
  assert.deepEqual(rows(), [2, 3]);
});

test("an older answer changes nothing", () => {
  queue.accept(answer([], { version: 5, progress: queueProgress({ decided: 5 }) }));
  queue.accept(answer([], { version: 4, progress: queueProgress({ decided: 4 }) }));
  assert.equal(queue.progress?.decided, 5);
  assert.equal(queue.version, 5);
});

test("decisions that wait from an earlier page are known to be decided", () => {
  outbox.waiting = [{ client: "before", decision: postedDecision({ row: 4 }) }];
  const after = new Queue("0fa1", outbox, 0.5);
  assert.deepEqual(after.undecided([card(4), card(5)], []).map((one) => one.row), [5]);
});

/* ----- deciding and undoing ----- */

test("a decided sample leaves the queue and the next takes its place", async () => {
  await fill([1, 2, 3, 4]);
  queue.step(1);
  decide([present(queue.current)], "relabel");
  assert.equal(queue.current?.row, 3);
  assert.deepEqual(rows(), [1, 3, 4]);
});

test("an undone sample comes back first, without its decision", async () => {
  await fill([1, 2, 3]);
  const first = present(queue.current);
  decide([first], "keep");
  queue.restore([{ ...first, decision: { id: 1, verdict: "keep", label: null, reviewer: "ada", at: "2026-01-01T00:00:00Z" } }]);
  assert.deepEqual(rows(), [1, 2, 3]);
  assert.equal(queue.current?.decision, null);
  assert.equal(queue.decided.has(1), false);
});

test("the last rows are those of one key: a group was decided at once", async () => {
  await fill([1, 2, 3, 4]);
  decide([present(queue.current)], "keep", "2026-01-01T00:00:01Z");
  decide(queue.order.slice(0, 2), "relabel", "2026-01-01T00:00:02Z");
  assert.deepEqual(queue.lastRows(), [2, 3]);
});

test("an undo on its way cancels the newest decision before it, and only that", async () => {
  await fill([1, 2]);
  const [one] = queue.order;
  decide([one], "keep");
  decide([one], "relabel");
  decide([one], "undo");
  assert.deepEqual(queue.currentDecisions().map((made) => made.verdict), ["keep"]);
  assert.equal(queue.decisionOn(one)?.verdict, "keep");
});

test("what waits and what the server has already is counted once", () => {
  outbox.waiting = [{ client: "me", decision: postedDecision({ row: 1 }) }];
  queue.history = [historyEntry({ row: 1, decision: 11 })];
  assert.equal(queue.currentDecisions().length, 1);
});

/* ----- counts ----- */

test("counts are what the server said and what is on its way; a skip decides nothing", () => {
  queue.accept(answer([1, 2], { progress: queueProgress({ decided: 3, kept: 2, relabeled: 1 }) }));
  decide([card(1)], "relabel");
  decide([card(2)], "skip");
  assert.deepEqual(queue.currentCounts(), queueProgress({ open: 38, decided: 4, kept: 2, relabeled: 2, skipped: 1 }));
  assert.equal(queue.open(), 38);
});

test("only a decision on a suspect leaves fewer suspects: a random check does not", () => {
  const cards = [card(1), card(2, { score: 0.2 }), card(3, { given: -1 })];
  queue.accept(answer([], { cards }));
  for (const one of cards) decide([one], "keep");
  assert.deepEqual([queue.open(), queue.currentCounts()?.decided], [39, 3]);
  for (const one of cards) decide([one], "undo");
  assert.deepEqual([queue.open(), queue.currentCounts()?.decided], [40, 0]);
});

test("deciding again moves a sample from one count to the other", () => {
  queue.accept(answer([], { progress: queueProgress({ decided: 1, kept: 1 }), history: [historyEntry({ row: 1 })] }));
  seq = 1;
  decide([card(1)], "exclude");
  assert.deepEqual(queue.currentCounts(), queueProgress({ decided: 1, excluded: 1 }));
  decide([card(1)], "undo");
  assert.deepEqual(queue.currentCounts(), queueProgress({ open: 41 }));
});

test("nothing is known before the server has answered", () => {
  assert.equal(queue.currentCounts(), null);
  assert.equal(queue.open(), 0);
  assert.equal(queue.isEnough(), false);
});

const LEFT = { found: 1, lower: 0, upper: 4, sampled: 20, informative: true, labeled: 1000, goal: 5, checks: 0 };

test("it is enough when the random samples say so and no suspect is open", () => {
  const progress = queueProgress({ open: 0, decided: 5, kept: 5, remaining: LEFT });
  queue.accept(answer([], { progress }));
  assert.equal(queue.isEnough(), true);
  for (const change of [{ remaining: { ...LEFT, sampled: 0 } }, { remaining: { ...LEFT, upper: 6 } }, { open: 1 }]) {
    queue.accept(answer([], { progress: { ...progress, ...change } }));
    assert.equal(queue.isEnough(), false);
  }
});

test("it stays enough while a further random sample is on its way, so that the review pauses once", () => {
  queue.accept(answer([], { progress: queueProgress({ open: 0, decided: 5, kept: 5, remaining: LEFT }) }));
  decide([card(9)], "keep");
  assert.equal(queue.isEnough(), true);
});

const VERDICTS = /** @type {const} */ (["keep", "relabel", "skip", "exclude"]);

test("whatever is decided and undone, a sample is in the queue once or decided, and counts add up", async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    start();
    const random = randomFrom(seed);
    const all = Array.from({ length: 20 }, (_, row) => row);
    await fill(all);
    for (let turn = 0; turn < 40; turn += 1) {
      const what = random(5);
      if (what <= 1 && queue.current) {
        decide([queue.current], VERDICTS[random(4)]);
      } else if (what === 2 && queue.order.length > 3) {
        decide(queue.order.slice(0, 3), "relabel");
      } else if (what === 3) {
        queue.step(random(7) - 3);
      } else {
        const last = queue.lastRows().map((row) => present(queue.cards.get(row)));
        if (last.length > 0) {
          decide([...last].reverse(), "undo");
          queue.restore(last);
        }
      }
      if (random(3) === 0) queue.reorder(all.filter(() => random(2)).map((row) => card(row)));
      const here = rows();
      assert.equal(new Set(here).size, here.length, `seed ${seed}: a sample is there twice`);
      for (const row of all) assert.notEqual(here.includes(row), queue.decided.has(row), `seed ${seed}: sample ${row}`);
      const counted = present(queue.currentCounts());
      assert.equal(counted.decided + counted.skipped, queue.currentDecisions().length, `seed ${seed}`);
      assert.equal(counted.kept + counted.relabeled + counted.excluded, counted.decided, `seed ${seed}`);
      assert.equal(counted.open, queueProgress().open - queue.currentDecisions().length, `seed ${seed}`);
      if (here.length > 0) assert.ok(queue.current, `seed ${seed}: the place is within the queue`);
    }
  }
});

test("samples to label are asked for at their own place, with strategy, size and who labels", async () => {
  queue.labeling = { strategy: "random", size: 10, reviewer: "ada" };
  let asked = "";
  serve(async (url) => { asked = String(url); return answerOf(answer([1, 2, 3], { labeling: labelingState() })); });
  (await queue.fetchMore())();
  const url = new URL(asked, "http://localhost");
  assert.match(url.pathname, /\/label-next\/queue$/);
  assert.deepEqual(["strategy", "size", "reviewer"].map((name) => url.searchParams.get(name)), ["random", "10", "ada"]);
  assert.equal(queue.labeled(), 7);
});

test("of samples to label, those that others have labeled leave the queue at the next answer", async () => {
  await fill([1, 2, 3, 4]);
  queue.labeling = { strategy: "random", size: 10, reviewer: "ada" };
  queue.reorder([card(4)]);
  assert.deepEqual(queue.order.map((one) => one.row), [1, 4]);
});

/** @param {readonly number[]} wanted */
function giveLabels(wanted) {
  for (const row of wanted) {
    seq += 1;
    outbox.waiting.push({ client: "me", decision: postedDecision({ row, seq, verdict: "relabel", label: 0, task: "active_sampling" }) });
    queue.remove([card(row, { given: -1 })]);
  }
}

/** @param {readonly number[]} wanted */
async function fillBatch(wanted, more = /** @type {number[]} */ ([])) {
  queue.labeling = { strategy: "random", size: wanted.length, reviewer: "ada" };
  const cards = [...wanted, ...more].map((row) => card(row, { given: -1 }));
  const labeling = labelingState({ size: wanted.length, batch: wanted.map((row) => card(row, { given: -1 })) });
  serve(async () => answerOf(answer([], { cards, labeling })));
  (await queue.fetchMore())();
}

test("the batch stays in the order of choice, with what is labeled and what is on its way", async () => {
  await fillBatch([5, 1, 3]);
  giveLabels([1]);
  assert.deepEqual(queue.batch().map(({ card: { row }, made }) => [row, made && made.label]), [[5, null], [1, 0], [3, null]]);
  outbox.waiting.push({ client: "me", decision: postedDecision({ row: 1, seq: 9, verdict: "undo" }) });
  assert.deepEqual(queue.batch().map(({ made }) => made), [null, null, null]);
});

test("a label for a sample without one is counted as a label, and as no review", async () => {
  await fillBatch([5, 1, 3]);
  giveLabels([5, 1]);
  assert.deepEqual([queue.labeled(), queue.unlabeled(), queue.labelsOnTheirWay()], [9, 91, 2]);
  assert.deepEqual(queue.currentCounts(), queueProgress());
  queue.history = [historyEntry({ row: 8, verdict: "relabel", given: -1, label: 0 })];
  outbox.waiting = [{ client: "me", decision: postedDecision({ row: 8, verdict: "undo" }) }];
  assert.deepEqual(queue.currentCounts(), queueProgress());
});

test("who jumped ahead in a batch labels the rest of it before the next one", async () => {
  await fillBatch([1, 2, 3], [7, 8]);
  queue.position = 2;
  giveLabels([3]);
  assert.equal(queue.current?.row, 1);
  giveLabels([1, 2]);
  assert.equal(queue.current?.row, 7);
});
