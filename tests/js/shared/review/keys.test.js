// @ts-check
/** @import { Action, Situation } from "../../../../dashboard/shared/review/keys.js" */

import assert from "node:assert/strict";
import { test } from "node:test";

import { actionFor, mayRepeat } from "../../../../dashboard/shared/review/keys.js";
import { present } from "../../assertions.js";

const CLASSES = [{ name: "one", color: "", key: "1" }, { name: "two", color: "", key: "2" }, { name: "k-nine", color: "", key: "" }];
/** @type {Situation} */
const ONE = { mode: "one", place: "one", isAside: false, offersCheck: false, classes: CLASSES, columns: 1 };
/** @type {Situation} */
const GRID = { ...ONE, mode: "grid", place: "grid", columns: 5 };

/** @type {(key: string, now: Situation) => Action["name"] | undefined} */
const nameOf = (key, now) => actionFor(key, now)?.name;
/** @type {(key: string, now: Situation) => number | undefined} */
const labelOf = (key, now) => {
  const action = actionFor(key, now);
  return action?.name === "relabelTo" ? action.label : undefined;
};
/** @type {(key: string, now: Situation) => number | undefined} */
const distanceOf = (key, now) => {
  const action = actionFor(key, now);
  return action?.name === "move" ? action.by : undefined;
};

test("one by one every key of the help does what it says", () => {
  const wanted = {
    Enter: "main", r: "suggestion", k: "keep", s: "skip", x: "exclude", n: "note", w: "why", v: "saliency", z: "zoom", "/": "type",
    u: "undo", Backspace: "undo", g: "mode", "?": "help", 1: "relabelTo", 2: "relabelTo", ArrowLeft: "step", ArrowRight: "step",
  };
  for (const [key, name] of Object.entries(wanted)) assert.equal(nameOf(key, ONE), name, key);
});

test("the key of a class relabels to that class", () => {
  assert.deepEqual(actionFor("2", ONE), { name: "relabelTo", label: 1 });
  assert.equal(actionFor("9", ONE), null);
});

test("a class without a key has none, and no other key means it", () => {
  for (const key of "abcdefhijlmopqty034567890") assert.notEqual(labelOf(key, ONE), 2, key);
});

test("Escape comes back only from a sample that is looked at aside", () => {
  assert.equal(actionFor("Escape", ONE), null);
  assert.equal(nameOf("Escape", { ...ONE, isAside: true }), "back");
});

test("C checks at random only where that is offered", () => {
  assert.equal(actionFor("c", ONE), null);
  assert.equal(actionFor("c", { ...ONE, place: "empty" }), null);
  assert.equal(nameOf("c", { ...ONE, place: "empty", offersCheck: true }), "check");
});

test("in the grid the same keys are about the group", () => {
  const wanted = { Enter: "relabelGroup", k: "keepGroup", " ": "toggle", n: "group", p: "group", u: "undo", g: "mode", Escape: "mode" };
  for (const [key, name] of Object.entries(wanted)) assert.equal(nameOf(key, GRID), name, key);
  assert.equal(actionFor("1", GRID), null, "a class key would decide about more than is looked at");
});

test("arrows move by a sample, or by a line of the grid", () => {
  assert.deepEqual(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].map((key) => distanceOf(key, GRID)), [-1, 1, -5, 5]);
});

test("while the grid is not there its keys decide nothing", () => {
  for (const key of ["Enter", "k", " ", "ArrowUp"]) assert.equal(actionFor(key, { ...GRID, place: "loading" }), null, key);
});

test("a key held down looks around and decides nothing", () => {
  /** @type {(key: string, now: Situation) => boolean} */
  const held = (key, now) => mayRepeat(present(actionFor(key, now)));
  for (const key of ["ArrowLeft", "ArrowRight"]) assert.equal(held(key, ONE), true);
  for (const key of ["ArrowUp", "ArrowDown"]) assert.equal(held(key, GRID), true);
  for (const key of ["k", "r", "s", "x", "1", "Enter", "u", "Backspace"]) assert.equal(held(key, ONE), false, key);
  for (const key of ["Enter", "k", " ", "n", "u"]) assert.equal(held(key, GRID), false, key);
});

test("where labels are given there is nothing to keep, to explain or to group", () => {
  const now = { ...ONE, isLabeling: true };
  for (const key of ["k", "w", "g"]) assert.equal(actionFor(key, now), null, key);
  for (const [key, name] of [["1", "relabelTo"], ["s", "skip"], ["x", "exclude"], ["u", "undo"], ["/", "type"], ["?", "help"]]) assert.equal(nameOf(key, now), name, key);
});
