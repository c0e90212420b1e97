/* How likely a label of a given score is wrong. One curve for the whole study, so that a card needs no more than its score, and
   what is shown never contradicts the order of the queue. */

import { address, getJson } from "./server.js";

const EDGE = 12;
const TOO_WIDE = 0.5;

export class Chances {
  constructor(study) {
    this.study = study;
    this.curve = null;
    this.version = -1;
  }

  async load(options) {
    const curve = await getJson(address(this.study, "chances"), options);
    this.version = curve.version;
    this.curve = curve.doubt.length > 0 ? curve : null;
  }

  /* Null while nothing is known. */
  at(score) {
    if (!this.curve) return null;
    const doubt = Math.max(-EDGE, Math.min(EDGE, Math.log(score / (1 - score))));
    const { doubt: places } = this.curve;
    let after = places.findIndex((place) => place >= doubt);
    if (after < 0) after = places.length - 1;
    const before = Math.max(after - 1, 0);
    const span = places[after] - places[before];
    const part = span > 0 ? Math.max(0, Math.min(1, (doubt - places[before]) / span)) : 0;
    const between = (values) => values[before] + part * (values[after] - values[before]);
    return { likely: between(this.curve.likely), low: between(this.curve.low), high: between(this.curve.high) };
  }
}

/* Where little is known a single number would say too much: then the range stands alone. */
export function chanceWords({ likely, low, high }) {
  return isVague({ low, high }) ? `${percent(low)} – ${percent(high)} %` : `${percent(likely)} %`;
}

export function chanceSentence(chance) {
  const { likely, low, high } = chance;
  const range = `between ${percent(low)} and ${percent(high)} %`;
  if (isVague(chance)) return `Likely wrong: ${range}. Few labels of this suspicion were reviewed yet; it narrows as you review.`;
  return `Likely wrong: ${percent(likely)} % (90 % sure: ${range}).`;
}

function isVague({ low, high }) {
  return high - low > TOO_WIDE;
}

function percent(part) {
  return Math.round(100 * part);
}
