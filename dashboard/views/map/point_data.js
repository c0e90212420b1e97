// @ts-check
/* Where samples lie, their colors, and which match a filter: bytes, asked for again only when they change. */

/** @import { MapData } from "../../payloads.d.ts" */

import { address, getBytes } from "../../shared/browser/server.js";
import { PointIndex } from "./point_index.js";

/** @typedef {"points" | "channel" | "mask"} Part of what comes as bytes */

export class PointData {
  /** @type {Float32Array<ArrayBuffer> | null} x, y of each sample */
  points = null;
  /** @type {Uint8Array<ArrayBuffer> | null} the place of each sample's color in the palette */
  channel = null;
  /** @type {Uint8Array<ArrayBuffer> | null} 0 for a sample that is grayed out */
  mask = null;
  /** @type {PointIndex | null} */
  index = null;
  /** @type {{ [Name in Part]?: string }} the address that each came from, or is asked for at */
  loaded = {};

  /**
   * @param {object} options
   * @param {string} options.study
   * @param {AbortSignal} options.signal
   * @param {(part: Part) => void} options.onArrive
   * @param {() => void} options.onAway the server does not answer
   */
  constructor({ study, signal, onArrive, onAway }) {
    this.study = study;
    this.signal = signal;
    this.onArrive = onArrive;
    this.onAway = onAway;
  }

  /** @param {Pick<MapData, "channel" | "version" | "mask">} wanted */
  load({ channel, version, mask }) {
    this.fetch("points", "points", (bytes) => {
      this.points = new Float32Array(bytes);
      this.index = null;
    });
    this.fetch("channel", `channel/${encodeURIComponent(channel)}?v=${version}`, (bytes) => { this.channel = new Uint8Array(bytes); });
    if (mask) {
      this.fetch("mask", `mask/${encodeURIComponent(mask)}`, (bytes) => { this.mask = new Uint8Array(bytes); });
    } else if (this.loaded.mask !== undefined || this.mask) {
      this.loaded.mask = undefined;
      this.mask = null;
      this.onArrive("mask");
    }
  }

  /**
   * An answer that was overtaken is dropped.
   * @param {Part} part
   * @param {string} path
   * @param {(bytes: ArrayBuffer) => void} take
   */
  async fetch(part, path, take) {
    if (this.loaded[part] === path) return;
    this.loaded[part] = path;
    try {
      const bytes = await getBytes(address(this.study, path), { signal: this.signal });
      if (this.loaded[part] !== path) return;
      take(bytes);
      this.onArrive(part);
    } catch {
      if (this.signal.aborted || this.loaded[part] !== path) return;
      this.loaded[part] = undefined;
      this.onAway();
    }
  }

  isReady() {
    return this.points !== null && this.channel !== null && this.channel.length * 2 === this.points.length;
  }

  /* What the colors and the filter on screen are called. */
  name() {
    return `${this.loaded.channel} ${this.loaded.mask ?? ""}`.trim();
  }

  /**
   * Where a sample lies on the map, if it is there.
   * @param {number | null} row
   * @returns {[x: number, y: number] | null}
   */
  placeOf(row) {
    if (row === null || row < 0 || !this.points || 2 * row >= this.points.length) return null;
    return [this.points[2 * row], this.points[2 * row + 1]];
  }

  /**
   * The row of the sample nearest to a place; -1 when none is within reach.
   * @param {readonly [x: number, y: number]} place
   * @param {number} reach
   */
  nearest(place, reach) {
    if (!this.points || !this.isReady()) return -1;
    this.index ??= new PointIndex(this.points);
    return this.index.nearest(place, reach, this.mask);
  }
}
