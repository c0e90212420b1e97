/* The few things of a browser that the modules without a page use: an address, a storage, events of the window, a server. */

class FakeStorage {
  constructor() { this.kept = new Map(); }
  get length() { return this.kept.size; }
  key(index) { return [...this.kept.keys()][index] ?? null; }
  getItem(key) { return this.kept.get(key) ?? null; }
  setItem(key, value) { this.kept.set(key, String(value)); }
  removeItem(key) { this.kept.delete(key); }
}

/* `storage` outlives a page: hand the same one to the next page to see what a reload finds. */
export function openBrowser(storage = new FakeStorage()) {
  globalThis.window = Object.assign(new EventTarget(), { localStorage: storage });
  globalThis.location = new URL("http://127.0.0.1:8501/review");
  return storage;
}

/* A server that records decisions as the real one promises to: each (client, seq) once, in the order of arrival.
   `fails` holds what the next requests meet instead: "lost" (never arrives) or "unanswered" (recorded, but the answer is lost). */
export class FakeServer {
  constructor() {
    this.record = [];
    this.requests = [];
    this.fails = [];
    this.refuses = new Map();
    this.seen = new Set();
    globalThis.fetch = (url, options) => this.fetch(url, options);
  }

  async fetch(url, { body, ...options }) {
    const asked = { url, options, body: JSON.parse(body) };
    const failure = this.fails.shift();
    if (failure === "lost") throw new TypeError("Failed to fetch");
    this.requests.push(asked);
    const answer = this.decide(asked.body);
    if (failure === "unanswered") throw new TypeError("Failed to fetch");
    return answerOf(answer);
  }

  decide({ client, decisions }) {
    const [recorded, refused] = [[], []];
    for (const one of decisions) {
      if (this.refuses.has(one.row)) {
        refused.push({ seq: one.seq, reason: this.refuses.get(one.row) });
        continue;
      }
      recorded.push(one.seq);
      if (!this.seen.has(`${client} ${one.seq}`)) this.record.push({ client, ...one });
      this.seen.add(`${client} ${one.seq}`);
    }
    return { recorded, refused };
  }
}

/* What `fetch` gives for an answer. Not a Response of the platform: the streams in one may go on later than in the turn they are asked. */
export function answerOf(value, status = 200) {
  return { ok: status < 400, status, json: async () => structuredClone(value), text: async () => String(value), arrayBuffer: async () => value.buffer };
}

/* All promises that can go on without the clock have gone on. */
export async function drainTasks() {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((go) => setImmediate(go));
}

/* Numbers that look random and are the same in every run. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
