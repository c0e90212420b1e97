// @ts-check
/* Pictures of the samples that come next. While keys come fast only the samples next in turn are fetched. In a pause their neighbors
   follow, and the samples of some minutes more: a server that goes away takes no picture with it. */

/** @import { QueueCard } from "../../payloads.d.ts" */
/** @import { Pictures } from "../../shared/browser/pictures.js" */
/** @import { Queue } from "./queue.js" */

import { pictureAddress } from "../../shared/browser/server.js";
import { READY } from "./queue.js";

const REST_DELAY = 120;
const WITH_NEIGHBORS = 3;
const PICTURES_AHEAD = 30;

export class PicturePrefetch {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer = undefined;

  /**
   * @param {object} options
   * @param {string} options.study
   * @param {Pictures} options.pictures
   * @param {Queue} options.queue
   * @param {() => void} options.onRest no key has come for a moment
   */
  constructor({ study, pictures, queue, onRest }) {
    this.study = study;
    this.pictures = pictures;
    this.queue = queue;
    this.onRest = onRest;
  }

  start() {
    this.stop();
    this.fetch(this.queue.ahead(READY), "high");
    this.timer = setTimeout(() => {
      this.fetchNeighbors(this.queue.ahead(WITH_NEIGHBORS));
      this.fetch(this.queue.ahead(PICTURES_AHEAD), "low");
      this.onRest();
    }, REST_DELAY);
  }

  stop() {
    clearTimeout(this.timer);
  }

  /**
   * @param {readonly QueueCard[]} cards
   * @param {"high" | "low"} priority
   */
  fetch(cards, priority) {
    for (const card of cards) if (card.kind === "picture") this.pictures.get(pictureAddress(this.study, card.row, "full"), priority);
  }

  /** @param {readonly QueueCard[]} cards */
  fetchNeighbors(cards) {
    for (const card of cards) {
      if (card.kind !== "picture") continue;
      for (const one of card.neighbors) this.pictures.get(pictureAddress(this.study, one.row, "thumb"), "low");
    }
  }
}
