// @ts-check
/* Polling for heatmaps, and again until they are there. */

/** @import { SeriesRequest } from "../../payloads.d.ts" */

import { forgetOldest } from "../../shared/browser/pictures.js";
import { address } from "../../shared/browser/server.js";

const INTERVAL = 200;
const RETRY_INTERVAL = 2_000;

/* What is asked for cannot be done, and asking again does not help; the message is the reason. */
class Refusal extends Error {}

/**
 * The payload that an address answers with; whoever asks names its type.
 * @param {string} study
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<unknown>}
 */
export async function fetchHeatmaps(study, path, signal) {
  const response = await fetch(address(study, `saliency/${path}`), { cache: "no-store", headers: { "X-Margin": "1" }, signal });
  if (response.status >= 400 && response.status < 500) throw new Refusal(await response.text());
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.json();
}

/**
 * Start or stop a series of heatmaps.
 * @param {string} study
 * @param {SeriesRequest} request
 */
export async function postSeries(study, request) {
  const response = await fetch(address(study, "saliency/series"), {
    method: "POST", headers: { "X-Margin": "1", "Content-Type": "application/json" }, body: JSON.stringify(request),
  });
  if (!response.ok) throw new Refusal(await response.text());
}

/**
 * One question at a time: a new one takes the place of the last.
 * @template Answer
 */
export class Polling {
  /**
   * @param {object} asked
   * @param {string} asked.study
   * @param {(answer: Answer) => void} asked.onAnswer
   * @param {(words: string) => void} asked.onRefused
   * @param {() => void} asked.onAway
   * @param {(answer: Answer) => boolean} asked.isDone whether no other answer will follow
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

/* Bytes that never change under their address, the last few kept. */
export class ByteCache {
  /**
   * @param {string} study
   * @param {number} [most]
   */
  constructor(study, most = 96) {
    this.study = study;
    this.most = most;
    /** @type {Map<string, Promise<ArrayBuffer>>} */
    this.kept = new Map();
  }

  /**
   * @param {"heatmap" | "draft" | "parts"} kind
   * @param {string} key
   */
  bytes(kind, key) {
    const name = `${kind}/${key}`;
    const known = this.kept.get(name);
    if (known) return known;
    const found = fetch(address(this.study, `saliency/kept/${name}`)).then((response) => {
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      return response.arrayBuffer();
    });
    // Not what took its place: it may have been forgotten meanwhile and fetched again.
    found.catch(() => { if (this.kept.get(name) === found) this.kept.delete(name); });
    this.kept.set(name, found);
    if (this.kept.size > this.most) forgetOldest(this.kept);
    return found;
  }
}
