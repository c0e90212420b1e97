// @ts-check
/* How likely a label of a given score is wrong. One curve for the whole study, so that a card needs no more than its score, and
   what is shown never contradicts the order of the queue. */

/** @import { ErrorCurve } from "../../payloads.d.ts" */

import { address, getJson } from "./server.js";

const MAX_LOG_ODDS = 12;
const MAX_WIDTH = 0.5;

/** @typedef {{ likely: number, low: number, high: number }} ErrorProbability in [0, 1], with its 90 % interval */

export class ErrorProbabilities {
  /** @param {string} study */
  constructor(study) {
    this.study = study;
    /** @type {Omit<ErrorCurve, "version"> | null} */
    this.curve = null;
    this.version = -1;
  }

  /** @param {RequestInit} [options] */
  async load(options) {
    this.accept(/** @type {ErrorCurve} */ (await getJson(address(this.study, "error_probability"), options)));
  }

  /** @param {ErrorCurve} curve */
  accept(curve) {
    if (curve.version < this.version) return;  // Overtaken by one that was asked for later.
    this.version = curve.version;
    this.curve = curve.scoreLogit.length > 0 ? curve : null;
  }

  /**
   * Null while nothing is known.
   * @param {number} score
   * @returns {ErrorProbability | null}
   */
  at(score) {
    if (!this.curve) return null;
    const logit = Math.max(-MAX_LOG_ODDS, Math.min(MAX_LOG_ODDS, Math.log(score / (1 - score))));
    const { scoreLogit: places, mean, low, high } = this.curve;
    let after = places.findIndex((place) => place >= logit);
    if (after < 0) after = places.length - 1;
    const before = Math.max(after - 1, 0);
    const span = places[after] - places[before];
    const part = span > 0 ? Math.max(0, Math.min(1, (logit - places[before]) / span)) : 0;
    /** @param {readonly number[]} values */
    const between = (values) => values[before] + part * (values[after] - values[before]);
    return { likely: between(mean), low: between(low), high: between(high) };
  }
}

/**
 * A probability that is not known is never stated without its interval; where little is known the interval stands alone.
 * @param {ErrorProbability} probability
 */
export function probabilityWords(probability) {
  const interval = `${below(probability.low)} – ${above(probability.high)} %`;
  return isVague(probability) ? interval : `${roundedPercent(probability.likely)} % (${interval})`;
}

/** @param {ErrorProbability} probability */
export function probabilitySentence(probability) {
  const { likely, low, high } = probability;
  const range = `between ${below(low)} and ${above(high)} %`;
  if (isVague(probability)) return `P(label error): ${range}. Few labels with such scores have been reviewed yet; the interval narrows as you review.`;
  return `P(label error): ${roundedPercent(likely)} % (90 % interval: ${range}).`;
}

/** @param {Pick<ErrorProbability, "low" | "high">} range */
function isVague({ low, high }) {
  return high - low > MAX_WIDTH;
}

/**
 * Rounding makes nothing certain.
 * @param {number} part
 */
function roundedPercent(part) {
  if (part > 0.995) return "> 99";
  return part < 0.005 ? "< 1" : String(Math.round(100 * part));
}

/**
 * An interval is rounded outwards; a hundredth of a point is noise of the curve and of reading between its points.
 * @param {number} part
 */
function below(part) {
  return Math.floor(100 * part + 0.01);
}

/** @param {number} part */
function above(part) {
  return Math.ceil(100 * part - 0.01);
}
