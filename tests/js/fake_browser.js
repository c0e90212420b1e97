// @ts-check
/* The few things of a browser that the modules without a page use: an address, a storage, events of the window, a server. */

/** @import { DecisionsAnswer, DecisionsRequest, PostedDecision } from "../../dashboard/payloads.d.ts" */
/** @import { Store } from "../../dashboard/shared/browser/outbox.js" */

const ORIGIN = "http://127.0.0.1:8501";

/** @typedef {Pick<Response, "ok" | "status" | "json" | "text" | "arrayBuffer">} FakeResponse what the modules read of a response */
/** @typedef {(url: string, options?: RequestInit) => Promise<FakeResponse>} FakeFetch as the modules call it */
/** @typedef {EventTarget & { localStorage: Store }} FakeWindow */

/**
 * Node has no browser's globals, or others. The modules under test find these in their place, and no more of each than is said here.
 * @param {{ window?: FakeWindow, location?: Pick<Location, "origin">, fetch?: FakeFetch }} globals
 */
function install(globals) {
  Object.assign(globalThis, globals);
}

/** @implements {Store} */
export class FakeStorage {
  /** @type {Map<string, string>} */
  items = new Map();
  get length() { return this.items.size; }
  /** @param {number} index */
  key(index) { return [...this.items.keys()][index] ?? null; }
  /** @param {string} key */
  getItem(key) { return this.items.get(key) ?? null; }
  /**
   * @param {string} key
   * @param {string} value
   */
  setItem(key, value) { this.items.set(key, String(value)); }
  /** @param {string} key */
  removeItem(key) { this.items.delete(key); }
}

/**
 * A page that has just been opened. `storage` outlives it: hand the same one to the next page to see what a reload finds.
 */
export function openBrowser(storage = new FakeStorage()) {
  install({ window: Object.assign(new EventTarget(), { localStorage: storage }), location: { origin: ORIGIN } });
  return storage;
}

/** @param {FakeFetch} fetch answers every request from now on */
export function serve(fetch) {
  install({ fetch });
}

/**
 * A server that records decisions as the real one promises to: each (client, seq) once, in the order of arrival.
 * `fails` holds what the next requests meet instead: "lost" (never arrives) or "unanswered" (recorded, but the answer is lost).
 */
export class FakeServer {
  /** @type {(PostedDecision & { client: string })[]} */
  record = [];
  /** @type {{ url: string, options: RequestInit, body: DecisionsRequest }[]} */
  requests = [];
  /** @type {("lost" | "unanswered")[]} */
  fails = [];
  /** @type {Map<number, string>} the reason by row */
  refuses = new Map();
  /** @type {Set<string>} */
  seen = new Set();

  constructor() {
    serve((url, options) => this.fetch(url, options));
  }

  /** @type {FakeFetch} */
  async fetch(url, { body, ...options } = {}) {
    const asked = { url, options, body: /** @type {DecisionsRequest} */ (JSON.parse(String(body))) };
    const failure = this.fails.shift();
    if (failure === "lost") throw new TypeError("Failed to fetch");
    this.requests.push(asked);
    const answer = this.decide(asked.body);
    if (failure === "unanswered") throw new TypeError("Failed to fetch");
    return answerOf(answer);
  }

  /**
   * @param {DecisionsRequest} request
   * @returns {Pick<DecisionsAnswer, "recorded" | "refused">}
   */
  decide({ client, decisions }) {
    /** @type {Pick<DecisionsAnswer, "recorded" | "refused">} */
    const { recorded, refused } = { recorded: [], refused: [] };
    for (const one of decisions) {
      const reason = this.refuses.get(one.row);
      if (reason !== undefined) {
        refused.push({ seq: one.seq, reason });
        continue;
      }
      recorded.push(one.seq);
      if (!this.seen.has(`${client} ${one.seq}`)) this.record.push({ client, ...one });
      this.seen.add(`${client} ${one.seq}`);
    }
    return { recorded, refused };
  }
}

/**
 * What `fetch` gives for a payload. Not a Response of the platform: the streams in one may go on later than in the turn they are asked.
 * @param {unknown} payload
 * @param {number} [status]
 * @returns {FakeResponse}
 */
export function answerOf(payload, status = 200) {
  return { ok: status < 400, status, json: async () => structuredClone(payload), text: async () => String(payload), arrayBuffer: async () => new ArrayBuffer() };
}

/**
 * What `fetch` gives for bytes.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} [status]
 * @returns {FakeResponse}
 */
export function bytesAnswer(bytes, status = 200) {
  return { ...answerOf(null, status), arrayBuffer: async () => bytes.buffer };
}

/* All promises that can go on without the clock have gone on. */
export async function drainTasks() {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((go) => setImmediate(go));
}

/**
 * Numbers that look random and are the same in every run.
 * @param {number} seed
 * @returns {(below: number) => number} whole numbers from 0 on
 */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
