// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";

import { columnsFolded, columnsInCommon, columnsShown, linesOf, placeOf, placeWords, SHOWN_FIRST } from "../../../../dashboard/shared/browser/value_places.js";

/** @param {number[]} order */
const placed = (order) => ({
  places: {
    isNumber: order.map(() => true), given: order.map(() => 0.5), suggested: order.map(() => null), unusualGiven: order.map(() => false), unusualSuggested: order.map(() => true), order,
  },
});

test("few columns stay in the order of the file", () => {
  assert.deepEqual(columnsShown(3, [2, 0, 1]), [0, 1, 2]);
  assert.deepEqual(columnsFolded(3, [2, 0, 1]), []);
});

test("of many the most unusual come first, and the rest is folded", () => {
  const order = Array.from({ length: 200 }, (_, column) => 199 - column);
  assert.deepEqual(columnsShown(200, order), order.slice(0, SHOWN_FIRST));
  assert.deepEqual(columnsFolded(200, order), order.slice(SHOWN_FIRST));
});

test("a place that is not known is none", () => {
  const { places } = placed([0]);
  assert.equal(placeOf(places, "suggested", 0), null);
  assert.deepEqual(placeOf(places, "given", 0), { share: 0.5, isNumber: true, isUnusual: false });
});

test("a place is said in words", () => {
  assert.equal(placeWords({ share: 0.98, isNumber: true, isUnusual: true }, "cat"), "above 98 % of cat: unusual");
  assert.equal(placeWords({ share: 0.25, isNumber: false, isUnusual: false }, "dog"), "25 % of dog have the same");
});

test("a list shows the columns that are most unusual in its samples, those first", () => {
  assert.deepEqual(columnsInCommon([placed([3, 2, 0, 1]), placed([2, 3, 1, 0])], 2), [2, 3]);
  assert.deepEqual(columnsInCommon([placed([1, 0])], 6), [1, 0]);
  assert.deepEqual(columnsInCommon([{}], 6), []);
});

test("at a glance the most unusual values of a row are read, with their place in its given class", () => {
  const { places } = placed([1, 0]);
  const values = [["hour", "9"], ["links", "4"]];
  assert.deepEqual(linesOf({ values, places }, 1), [{ name: "links", value: "4", share: 0.5, isNumber: true, isUnusual: false }]);
  assert.equal(linesOf({ values }, 1), undefined);
});
