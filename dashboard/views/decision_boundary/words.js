// @ts-check
/* Pairs of classes, and samples between two, in words. */

/** @import { BetweenSample, ClassEntry, TouchingPair } from "../../payloads.d.ts" */
/** @typedef {readonly ClassEntry[]} Classes */
/** @typedef {readonly [number, number]} Pair */

import { classOf, count, fraction } from "../../shared/browser/words.js";

/** @param {number} share */
export function percent(share) {
  if (share > 0 && share < 0.001) return "< 0.1\u00a0%";
  return `${(100 * share).toFixed(1)}\u00a0%`;
}

/**
 * @param {Classes} classes
 * @param {Pair} pair
 */
export function pairName(classes, [a, b]) {
  return `${classOf(classes, a).name} and ${classOf(classes, b).name}`;
}

/**
 * @param {Classes} classes
 * @param {TouchingPair} one
 */
export function pairWords(classes, one) {
  return `${pairName(classes, one.pair)} – touch ${percent(one.touch)}, ${count(one.count)} between`;
}

/**
 * @param {TouchingPair} one
 * @param {number} shown samples that can be shown
 */
export function pairFacts(one, shown) {
  const between = `${count(one.count)} ${one.count === 1 ? "sample lies" : "samples lie"} between them`;
  const wrong = one.wrong === 0 ? "the model contradicts no label there" : `the model contradicts ${count(one.wrong)} ${one.wrong === 1 ? "label" : "labels"} there`;
  const most = one.count > shown ? ` The first ${count(shown)} can be shown.` : "";
  return `${between}; ${wrong}.${most}`;
}

/**
 * Which way a sample leans, in few letters.
 * @param {Classes} classes
 * @param {Pair} pair
 * @param {BetweenSample} sample
 */
export function leadWords(classes, pair, sample) {
  const [a, b] = pair;
  return `${classOf(classes, sample.lead >= 0 ? a : b).name} +${fraction(Math.abs(sample.lead))}`;
}

/**
 * @param {Classes} classes
 * @param {Pair} pair
 * @param {BetweenSample} sample
 */
export function itemWords(classes, pair, sample) {
  const lean = `leans to ${classOf(classes, sample.lead >= 0 ? pair[0] : pair[1]).name} by ${fraction(Math.abs(sample.lead))}`;
  const given = sample.wrong ? `, but is labelled ${classOf(classes, sample.given).name}` : "";
  return `sample ${sample.id}, ${lean}${given}`;
}

/**
 * @param {Classes} classes
 * @param {Pair} pair
 * @param {BetweenSample} sample
 */
export function whyWords(classes, pair, sample) {
  const [a, b] = pair.map((one) => classOf(classes, one).name);
  const out = [`#${sample.id}: the model says ${a} with ${fraction(sample.p[0])} and ${b} with ${fraction(sample.p[1])}.`];
  if (!pair.includes(sample.says)) out.push(`Likelier than both is ${classOf(classes, sample.says).name}.`);
  if (sample.disagreement !== null) out.push(`${percent(sample.disagreement)} of its neighbours, by weight, are of another class.`);
  out.push(sample.given < 0 ? "It has no label." : sample.wrong ? `Its label is ${classOf(classes, sample.given).name}: the model contradicts it.` : `Its label is ${classOf(classes, sample.given).name}, as the model says.`);
  return out.join(" ");
}
