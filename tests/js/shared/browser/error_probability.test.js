// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { ErrorProbabilities, probabilitySentence, probabilityWords } from "../../../../dashboard/shared/browser/error_probability.js";
import { present } from "../../assertions.js";
import { answerOf, openBrowser, serve } from "../../fake_browser.js";

function curve() {
  const found = new ErrorProbabilities("0fa1");
  found.curve = { scoreLogit: [-12, 0, 6], mean: [0.01, 0.4, 0.98], low: [0, 0.2, 0.9], high: [0.1, 0.75, 1] };
  return found;
}

test("between the places of the curve the probability is interpolated", () => {
  assert.deepEqual(curve().at(0.5), { likely: 0.4, low: 0.2, high: 0.75 });
  const score = 1 / (1 + Math.exp(-3));
  assert.ok(Math.abs(present(curve().at(score)).likely - 0.69) < 1e-9);
});

test("beyond its ends the curve is level", () => {
  assert.equal(curve().at(1)?.likely, 0.98);
  assert.ok(Math.abs(present(curve().at(0)).likely - 0.01) < 1e-9);
});

test("a greater score is never a smaller probability, and the range holds it", () => {
  const found = Array.from({ length: 101 }, (_, at) => present(curve().at(at / 100)));
  found.forEach((one, at) => {
    assert.ok(one.low <= one.likely && one.likely <= one.high);
    if (at > 0) assert.ok(one.likely >= found[at - 1].likely);
  });
});

test("while nothing is known there is no probability", () => {
  assert.equal(new ErrorProbabilities("0fa1").at(0.9), null);
});

test("a curve that was overtaken by a newer one is dropped", async () => {
  /** @type {((version: number) => void)[]} */
  const answers = [];
  openBrowser();
  serve(() => new Promise((take) => answers.push((version) => take(answerOf({ version, scoreLogit: [0], mean: [version / 10], low: [0], high: [1] })))));
  const found = new ErrorProbabilities("0fa1");
  const asked = [found.load(), found.load()];
  answers[1](2);
  await asked[1];
  answers[0](1);
  await asked[0];
  assert.equal(found.version, 2);
  assert.equal(found.at(0.5)?.likely, 0.2);
});

test("where little is known the range stands alone", () => {
  assert.equal(probabilityWords({ likely: 0.4, low: 0.2, high: 0.75 }), "20 – 75 %");
  assert.equal(probabilityWords({ likely: 0.4, low: 0.3, high: 0.5 }), "40 % (30 – 50 %)");
  assert.match(probabilitySentence({ likely: 0.4, low: 0.2, high: 0.75 }), /between 20 and 75 %.*narrows/);
  assert.match(probabilitySentence({ likely: 0.4, low: 0.3, high: 0.5 }), /40 %.*between 30 and 50 %/);
});

test("rounding makes no label certainly wrong or right, and the interval holds what it stood for", () => {
  assert.equal(probabilityWords({ likely: 0.999, low: 0.9958, high: 1 }), "> 99 % (99 – 100 %)");
  assert.equal(probabilityWords({ likely: 0.003, low: 0, high: 0.0173 }), "< 1 % (0 – 2 %)");
  assert.equal(probabilityWords({ likely: 0.29, low: 0.29, high: 0.57 }), "29 % (29 – 57 %)");
  assert.match(probabilitySentence({ likely: 0.999, low: 0.9958, high: 1 }), /> 99 % .*between 99 and 100 %/);
});
