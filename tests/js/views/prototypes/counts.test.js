// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { countRepresented, coverage } from "../../../../dashboard/views/prototypes/counts.js";

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
