// @ts-check
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { address, ask, getJson, messageOf, post, Refusal, ServerError } from "../../../../dashboard/shared/browser/server.js";
import { answerOf, openBrowser, serve } from "../../fake_browser.js";

beforeEach(() => { openBrowser(); });

test("an address is the study's own, whatever its key", () => {
  assert.equal(address("0fa1", "queue?limit=12"), "http://127.0.0.1:8501/margin/0fa1/queue?limit=12");
  assert.equal(address("a/b", "queue"), "http://127.0.0.1:8501/margin/a%2Fb/queue");
});

test("what cannot be done is refused with its reason, what went wrong at the server is not", async () => {
  serve(async () => answerOf("There is no such row.", 404));
  await assert.rejects(ask("x"), (reason) => reason instanceof Refusal && reason.status === 404 && reason.message === "There is no such row.");
  serve(async () => answerOf("Traceback", 500));
  await assert.rejects(ask("x"), (reason) => reason instanceof ServerError && !(reason instanceof Refusal) && reason.message === "the server answered 500");
});

test("a payload is asked for anew, unless who asks says otherwise", async () => {
  /** @type {(RequestInit | undefined)[]} */
  const asked = [];
  serve(async (_, options) => {
    asked.push(options);
    return answerOf({ total: 3 });
  });
  assert.deepEqual(await getJson("x"), { total: 3 });
  await getJson("x", { cache: "default" });
  assert.deepEqual(asked.map((options) => options?.cache), ["no-store", "default"]);
});

test("what is posted says that it comes from this page", () => {
  const { method, headers, body } = post({ rows: [1] });
  assert.equal(method, "POST");
  assert.equal(new Headers(headers).get("x-margin"), "1");
  assert.equal(body, '{"rows":[1]}');
});

test("whatever is thrown has a message", () => {
  assert.deepEqual([new Error("gone"), "gone", 7].map(messageOf), ["gone", "gone", "7"]);
});
