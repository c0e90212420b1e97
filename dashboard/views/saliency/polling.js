// @ts-check
/* Polling for heatmaps, and again until they are there. */

/** @import { SeriesRequest } from "../../payloads.d.ts" */

import { forgetOldest } from "../../shared/browser/cache.js";
import { address, ask, getBytes, getJson, OWN_PAGE, post, Refusal } from "../../shared/browser/server.js";

const INTERVAL = 200;
const RETRY_INTERVAL = 2_000;

/**
 * What is known of heatmaps; those that are not there yet are computed from now on. Whoever asks names the type of the answer.
 * @param {string} study
 * @param {string} path
 * @param {AbortSignal} [signal]
 */
export function fetchHeatmaps(study, path, signal) {
  return getJson(address(study, `saliency/${path}`), { headers: OWN_PAGE, signal });
}

/**
 * Start or stop a series of heatmaps.
 * @param {string} study
 * @param {SeriesRequest} request
 */
export async function postSeries(study, request) {
  await ask(address(study, "saliency/series"), post(request));
}

/**
 * One question at a time: a new one takes the place of the last.
 * @template Answer
 */
export class Polling {
  /**
   * @param {object} options
   * @param {string} options.study
   * @param {(answer: Answer) => void} options.onAnswer
   * @param {(words: string) => void} options.onRefused
   * @param {() => void} options.onAway
   * @param {(answer: Answer) => boolean} options.isDone whether no other answer will follow
   */
  constructor({ study, onAnswer, onRefused, onAway, isDone }) {
    this.study = study;
    this.onAnswer = onAnswer;
    this.onRefused = onRefused;
    this.onAway = onAway;
    this.isDone = isDone;
    this.abort = new AbortController();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** @param {string} path */
  ask(path) {
    this.stop();
    this.abort = new AbortController();
    this.turn(path, this.abort.signal);
  }

  /**
   * @param {string} path
   * @param {AbortSignal} signal
   */
  async turn(path, signal) {
    let wait = INTERVAL;
    try {
      const answer = /** @type {Answer} */ (await fetchHeatmaps(this.study, path, signal));
      if (signal.aborted) return;
      this.onAnswer(answer);
      // Whoever took the answer may have stopped, or asked something else, for which there is a timer already.
      if (signal.aborted || this.isDone(answer)) return;
    } catch (reason) {
      if (signal.aborted) return;
      if (reason instanceof Refusal) {
        this.onRefused(reason.message);
        return;
      }
      this.onAway();
      if (signal.aborted) return;
      wait = RETRY_INTERVAL;
    }
    this.timer = setTimeout(() => this.turn(path, signal), wait);
  }

  stop() {
    this.abort.abort();
    clearTimeout(this.timer);
  }
}

/* Bytes that never change under their address, of which the last few stay here. */
export class ByteCache {
  /**
   * @param {string} study
   * @param {number} [most]
   */
  constructor(study, most = 96) {
    this.study = study;
    this.most = most;
    /** @type {Map<string, Promise<ArrayBuffer>>} */
    this.cached = new Map();
  }

  /**
   * @param {"heatmap" | "draft" | "parts"} kind
   * @param {string} key
   */
  bytes(kind, key) {
    const name = `${kind}/${key}`;
    const known = this.cached.get(name);
    if (known) return known;
    const found = getBytes(address(this.study, `saliency/kept/${name}`));
    // Not what took its place: it may have been forgotten meanwhile and fetched again.
    found.catch(() => { if (this.cached.get(name) === found) this.cached.delete(name); });
    this.cached.set(name, found);
    if (this.cached.size > this.most) forgetOldest(this.cached);
    return found;
  }
}
