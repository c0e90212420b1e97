// @ts-check
/* Pairs of classes, and samples between two, in words. */

/** @import { BoundarySample, ClassEntry, ClassContact } from "../../payloads.d.ts" */
/** @typedef {readonly ClassEntry[]} Classes */
/** @typedef {readonly [number, number]} Pair */

import { classOf, count, counted, fraction, sampleName } from "../../shared/browser/words.js";

/** @param {number} share */
export function percentInTenths(share) {
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
 * @param {Pick<ClassContact, "pair" | "contact" | "count">} one
 */
export function pairWords(classes, one) {
  return `${pairName(classes, one.pair)} – touch ${percentInTenths(one.contact)}, ${count(one.count)} between`;
}

/**
 * @param {Pick<ClassContact, "count" | "wrong">} one
 * @param {number} shown samples that can be shown
 */
export function pairFacts(one, shown) {
  const between = `${count(one.count)} ${one.count === 1 ? "sample lies" : "samples lie"} between them`;
  const wrong = one.wrong === 0 ? "the model contradicts no label there" : `the model contradicts ${counted(one.wrong, "label")} there`;
  const most = one.count > shown ? ` The first ${count(shown)} can be shown.` : "";
  return `${between}; ${wrong}.${most}`;
}

/**
 * Which way a sample leans, in few letters.
 * @param {Classes} classes
 * @param {Pair} pair
 * @param {BoundarySample} sample
 */
export function marginWords(classes, pair, sample) {
  const [a, b] = pair;
  return `${classOf(classes, sample.margin >= 0 ? a : b).name} +${fraction(Math.abs(sample.margin))}`;
}

/**
 * @param {Classes} classes
 * @param {Pair} pair
 * @param {BoundarySample} sample
 */
export function itemWords(classes, pair, sample) {
  const lean = `leans to ${classOf(classes, sample.margin >= 0 ? pair[0] : pair[1]).name} by ${fraction(Math.abs(sample.margin))}`;
  const given = sample.wrong ? `, but is labeled ${classOf(classes, sample.given).name}` : "";
  return `sample ${sampleName(sample)}, ${lean}${given}`;
}

/**
 * What the model says of a sample, what its neighbors are, and its label.
 * @param {Classes} classes
 * @param {Pair} pair
 * @param {BoundarySample} sample
 */
export function sampleFacts(classes, pair, sample) {
  const [a, b] = pair.map((one) => classOf(classes, one).name);
  const out = [`#${sample.id}: probability of ${a} ${fraction(sample.probabilities[0])}, of ${b} ${fraction(sample.probabilities[1])}.`];
  if (!pair.includes(sample.predicted)) out.push(`Likelier than both is ${classOf(classes, sample.predicted).name}.`);
  if (sample.disagreement !== null) out.push(`${percentInTenths(sample.disagreement)} of its neighbors, by weight, are of another class.`);
  out.push(sample.given < 0 ? "It has no label." : sample.wrong ? `Its label is ${classOf(classes, sample.given).name}: the model predicts another class.` : `Its label is ${classOf(classes, sample.given).name}, as predicted.`);
  return out.join(" ");
}
