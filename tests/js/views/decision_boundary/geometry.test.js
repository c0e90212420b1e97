// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { chordsOf, placeOnAxis, placeOnCircle } from "../../../../dashboard/views/decision_boundary/geometry.js";
import { assertNear } from "../../assertions.js";
import { classContact } from "../../payloads.js";

test("the axis runs from sure of the first class to sure of the second", () => {
  assert.deepEqual([1, 0, -1].map(placeOnAxis), [0, 50, 100]);
});

test("classes lie on a circle, the first at the top, the others clockwise", () => {
  assertNear(placeOnCircle(0, 4, 10), [0, -10]);
  assertNear(placeOnCircle(1, 4, 10), [10, 0]);
  assertNear(placeOnCircle(2, 4, 10), [0, 10]);
});

test("two classes that touch are joined, the broadest last", () => {
  const pairs = [classContact({ pair: [0, 1], contact: 0.4 }), classContact({ pair: [0, 2], contact: 0.1 })];
  const chords = chordsOf({ pairs, classes: [0, 1, 2] });
  assert.deepEqual(chords.map(({ one }) => one.pair), [[0, 2], [0, 1]]);
  assert.deepEqual(chords.map(({ breadth }) => breadth), [3.5, 7]);
});

test("a pair with a class that has no place among so many is left out, and the others are there", () => {
  const pairs = [classContact({ pair: [0, 17], contact: 0.4 }), classContact({ pair: [0, 1], contact: 0.1 })];
  assert.deepEqual(chordsOf({ pairs, classes: [0, 1] }).map(({ one }) => one.pair), [[0, 1]]);
});
