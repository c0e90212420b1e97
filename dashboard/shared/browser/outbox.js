// @ts-check
/* Decisions on their way to the server. */

/** @import { DecisionsAnswer, DecisionsRequest, PostedDecision } from "../../payloads.d.ts" */

import { address, ask, post } from "./server.js";

const MAX_BATCH = 60;
const TIMEOUT = 10_000;
const MAX_PAUSE = 5_000;

/** @typedef {Omit<DecisionsRequest, "client" | "decisions">} Sender who decides, and on what */
/**
 * A decision as it lies in the browser's storage. Entries of earlier versions lie there too, so names here stay as they are.
 * @typedef {Sender & { client: string, decision: PostedDecision }} Stored
 */
/** @typedef {Stored & { key: string }} Entry with the name of its place in the storage */
/** @typedef {Entry & { reason: string }} RefusedEntry */
/** @typedef {Pick<Storage, "length" | "key" | "getItem" | "setItem" | "removeItem">} Store */

/** @implements {Store} */
class MemoryStorage {
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
  setItem(key, value) { this.items.set(key, value); }
  /** @param {string} key */
  removeItem(key) { this.items.delete(key); }
}

/* One entry per decision, so that two tabs never overwrite each other's list. A client is one life of one page: its numbers start at 1
   and are never used twice, and what an earlier life left behind is sent first, under that life's name. */
export class Outbox {
  /**
   * @param {string} study
   * @param {object} options
   * @param {string} [options.path] where decisions are posted, below the study
   * @param {() => string} options.query what is wanted back with the answer
   * @param {(answer: DecisionsAnswer, refused: RefusedEntry[], query: string) => void} options.onAnswer with what was wanted when it was asked
   * @param {() => void} options.onState something waits, or waits no more
   */
  constructor(study, { path = "decisions", query, onAnswer, onState }) {
    this.study = study;
    this.path = path;
    this.prefix = `margin.outbox.${study}.`;
    this.query = query;
    this.onAnswer = onAnswer;
    this.onState = onState;
    this.client = uuid();
    this.seq = 0;
    this.pause = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.sending = false;
    this.closed = false;
    /** @type {unknown} */
    this.failure = null;
    this.isPersistent = true;
    this.storage = this.openStorage();
    this.waiting = this.readStored();
    this.retryNow = () => { this.pause = 0; this.flush(); };
    this.onLeave = () => this.sendLast();
    window.addEventListener("online", this.retryNow);
    window.addEventListener("pagehide", this.onLeave);
  }

  /** @returns {Store} */
  openStorage() {
    try {
      const probe = `${this.prefix}probe`;
      window.localStorage.setItem(probe, "1");
      window.localStorage.removeItem(probe);
      return window.localStorage;
    } catch (reason) {
      console.warn("margin: this browser keeps nothing for this page; decisions wait in memory only.", reason);
      this.isPersistent = false;
      return new MemoryStorage();
    }
  }

  readStored() {
    /** @type {Entry[]} */
    const found = [];
    for (let index = 0; index < this.storage.length; index += 1) {
      const key = this.storage.key(index);
      const stored = key?.startsWith(this.prefix) ? this.storage.getItem(key) : null;
      if (key && stored) found.push({ key, ...JSON.parse(stored) });
    }
    return found.sort((a, b) => (a.decision.at < b.decision.at ? -1 : a.decision.at > b.decision.at ? 1 : a.decision.seq - b.decision.seq));
  }

  /**
   * Several decisions made by one key travel in one request.
   * @param {readonly Omit<PostedDecision, "seq" | "at">[]} decisions
   * @param {Sender} sender
   */
  put(decisions, sender) {
    const at = new Date().toISOString();
    const entries = decisions.map((one) => {
      this.seq += 1;
      const entry = { client: this.client, ...sender, decision: { seq: this.seq, at, ...one } };
      return { key: `${this.prefix}${this.client}.${this.seq}`, ...entry };
    });
    for (const { key, ...entry } of entries) this.store(key, entry);
    this.waiting.push(...entries);
    this.onState();
    this.flush();
    return entries.map((entry) => entry.decision);
  }

  /**
   * @param {string} key
   * @param {Stored} entry
   */
  store(key, entry) {
    try {
      this.storage.setItem(key, JSON.stringify(entry));
    } catch (reason) {
      console.warn("margin: the browser's storage is full; this decision waits in memory only.", reason);
      this.isPersistent = false;
    }
  }

  /* The oldest decisions that share a sender; the order in which they were made is never changed. */
  nextBatch() {
    const first = this.waiting[0];
    /** @type {Entry[]} */
    const batch = [];
    for (const entry of this.waiting) {
      if (batch.length === MAX_BATCH || entry.client !== first.client || entry.reviewer !== first.reviewer || entry.explanation !== first.explanation) break;
      batch.push(entry);
    }
    return batch;
  }

  /**
   * @param {readonly Entry[]} batch
   * @returns {RequestInit}
   */
  request(batch) {
    const { client, reviewer, explanation } = batch[0];
    /** @type {DecisionsRequest} */
    const body = { client, reviewer, explanation, decisions: batch.map((entry) => entry.decision) };
    return post(body);
  }

  async flush() {
    if (this.sending || this.closed || this.waiting.length === 0) return;
    clearTimeout(this.timer);
    this.sending = true;
    const batch = this.nextBatch();
    const query = this.query();
    try {
      /** @type {DecisionsAnswer} */
      const answer = await (await ask(address(this.study, `${this.path}${query}`), { ...this.request(batch), signal: AbortSignal.timeout(TIMEOUT) })).json();
      this.acknowledge(batch, answer, query);
      this.pause = 0;
      this.failure = null;
    } catch (reason) {
      this.failure = reason;
      this.pause = Math.min(Math.max(250, this.pause * 2), MAX_PAUSE);
    }
    this.sending = false;
    if (this.closed) return;
    this.onState();
    if (this.waiting.length > 0) this.timer = setTimeout(() => this.flush(), this.pause);
  }

  /**
   * @param {readonly Entry[]} batch
   * @param {DecisionsAnswer} answer
   * @param {string} query
   */
  acknowledge(batch, answer, query) {
    const refused = new Map(answer.refused.map((one) => [one.seq, one.reason]));
    const answered = new Set([...answer.recorded, ...refused.keys()]);
    const done = batch.filter((entry) => answered.has(entry.decision.seq));
    if (done.length === 0) throw new Error("the server's answer names none of the decisions sent");
    for (const entry of done) this.storage.removeItem(entry.key);
    this.waiting = this.waiting.filter((entry) => !done.includes(entry));
    if (this.closed) return;
    this.onAnswer(answer, done.flatMap((entry) => {
      const reason = refused.get(entry.decision.seq);
      return reason === undefined ? [] : { ...entry, reason };
    }), query);
  }

  /* Sending twice records once, so a page that is left tries once more without waiting for the answer. */
  sendLast() {
    if (this.waiting.length > 0) fetch(address(this.study, "decisions"), { ...this.request(this.nextBatch()), keepalive: true }).catch((reason) => console.warn("margin: the decisions stay in this browser.", reason));
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.retryNow);
    window.removeEventListener("pagehide", this.onLeave);
    this.sendLast();
  }
}

/* crypto.randomUUID is missing on plain http in a local network; getRandomValues is not. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
