/* Asking for maps, and again until they are there. */

import { address } from "../../shared/browser/server.js";

const AGAIN = 200;
const AWAY = 2_000;

export class ServerRefuses extends Error {}

export async function askMaps(study, path, signal) {
  const response = await fetch(address(study, `saliency/${path}`), { cache: "no-store", headers: { "X-Margin": "1" }, signal });
  if (response.status >= 400 && response.status < 500) throw new ServerRefuses(await response.text());
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.json();
}

export async function tell(study, told) {
  const response = await fetch(address(study, "saliency/series"), {
    method: "POST", headers: { "X-Margin": "1", "Content-Type": "application/json" }, body: JSON.stringify(told),
  });
  if (!response.ok) throw new ServerRefuses(await response.text());
}

/* One question at a time: a new one takes the place of the last. `isDone` says of an answer that no other will follow. */
export class Asking {
  constructor({ study, onAnswer, onRefused, onAway, isDone }) {
    Object.assign(this, { study, onAnswer, onRefused, onAway, isDone });
  }

  ask(path) {
    this.stop();
    this.abort = new AbortController();
    this.turn(path, this.abort.signal);
  }

  async turn(path, signal) {
    let wait = AGAIN;
    try {
      const told = await askMaps(this.study, path, signal);
      if (signal.aborted) return;
      this.onAnswer(told);
      if (this.isDone(told)) return;
    } catch (reason) {
      if (signal.aborted) return;
      if (reason instanceof ServerRefuses) return void this.onRefused(reason.message);
      this.onAway();
      wait = AWAY;
    }
    this.timer = setTimeout(() => this.turn(path, signal), wait);
  }

  stop() {
    this.abort?.abort();
    clearTimeout(this.timer);
  }
}

/* Bytes that never change under their address, the last few kept. */
export class Kept {
  constructor(study, most = 96) {
    this.study = study;
    this.most = most;
    this.kept = new Map();
  }

  bytes(kind, key) {
    const name = `${kind}/${key}`;
    if (!this.kept.has(name)) {
      const found = fetch(address(this.study, `saliency/kept/${name}`)).then((response) => {
        if (!response.ok) throw new Error(`the server answered ${response.status}`);
        return response.arrayBuffer();
      });
      found.catch(() => this.kept.delete(name));
      this.kept.set(name, found);
      if (this.kept.size > this.most) this.kept.delete(this.kept.keys().next().value);
    }
    return this.kept.get(name);
  }
}
