// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { edgesOf, orderOf, partAt, weightsOf } from "../../../../dashboard/views/saliency/weights.js";

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
