// @ts-check
/* Pictures of samples, and samples that are no picture. */

/** @import { Card, ReadableSample } from "../../payloads.d.ts" */

import { forgetOldest } from "./cache.js";
import { el, setText } from "./elements.js";
import { markedText } from "./marked_text.js";
import { readText } from "./read_text.js";
import { pictureAddress } from "./server.js";
import { besideCard, valueCard, valueLine } from "./value_card.js";
import { excerptOf, inLine } from "./words.js";

const MIN_SMOOTH_SIDE = 64;

/** @typedef {{ row: number, kind: string } & Pick<Card, "text" | "pieces" | "folded" | "values" | "others" | "places" | "otherPlaces">} Shown */
/** @typedef {"here" | "unreadable" | "away"} Arrival */
/** @typedef {HTMLImageElement & { ready: Promise<Arrival> }} LoadedPicture */

/**
 * Whether a picture has so few pixels that each is to be seen.
 * @param {{ width: number, height: number }} size
 */
export function isPixelArt({ width, height }) {
  return Math.max(width, height) < MIN_SMOOTH_SIDE;
}

/** @param {HTMLImageElement} image */
function showPixels(image) {
  image.classList.toggle("pixelated", isPixelArt({ width: image.naturalWidth, height: image.naturalHeight }));
}

/* Loaded and decoded once, the least recently used forgotten first. */
export class Pictures {
  constructor(limit = 400) {
    this.limit = limit;
    /** @type {Map<string, LoadedPicture>} */
    this.cached = new Map();
  }

  /** @param {string} url */
  has(url) {
    return this.cached.has(url);
  }

  /**
   * @param {string} url
   * @param {"auto" | "high" | "low"} [priority]
   */
  get(url, priority = "auto") {
    const known = this.cached.get(url);
    if (known) this.cached.delete(url);
    const image = known ?? this.fetch(url, priority);
    this.cached.set(url, image);
    if (this.cached.size > this.limit) forgetOldest(this.cached);
    return image;
  }

  /**
   * @param {string} url
   * @param {"auto" | "high" | "low"} priority
   * @returns {LoadedPicture}
   */
  fetch(url, priority) {
    const image = Object.assign(new Image(), { alt: "", decoding: "async", draggable: false, fetchPriority: priority, src: url });
    /** @type {Promise<Arrival>} */
    const ready = image.decode().then(
      () => {
        showPixels(image);
        return "here";
      },
      () => {
        this.cached.delete(url);
        return whyMissing(url);
      },
    );
    return Object.assign(image, { ready });
  }
}

/**
 * A picture that the server has but cannot read, or a server that does not answer: advice differs.
 * @param {string} url
 * @returns {Promise<Arrival>}
 */
async function whyMissing(url) {
  try {
    await fetch(url, { cache: "no-store" });
    return "unreadable";
  } catch {
    return "away";
  }
}

/* A small picture in a frame of fixed size. The element stays, only its address changes. */
export function thumbnail() {
  const image = el("img", { class: "thumbnail", alt: "", draggable: "false", decoding: "sync" });
  image.addEventListener("load", () => {
    showPixels(image);
    image.classList.remove("broken");
  });
  // Without an address, it is asked for again when it is shown again.
  image.addEventListener("error", () => {
    image.removeAttribute("src");
    image.classList.add("broken");
  });
  return image;
}

/**
 * @param {HTMLImageElement} image
 * @param {string} url
 */
export function setAddress(image, url) {
  if (image.getAttribute("src") !== url) image.src = url;
}

/* A sample in little room: its picture, or the beginning of what it is made of. The element stays, what it shows changes. */
export class Miniature {
  /**
   * @param {string} kind what the samples of the study are made of
   * @param {boolean} [isLine] whether values have one line for all, and not one each
   * @param {number} [lines] of values that have room, if each has one: a number that is cut is another number
   */
  constructor(kind, isLine = false, lines = 4) {
    this.isLine = isLine;
    this.lines = lines;
    this.image = kind === "picture" ? thumbnail() : null;
    this.node = this.image ?? el("span", { class: "excerpt", dir: "auto" });
  }

  /**
   * @param {string} study
   * @param {ReadableSample} sample
   * @param {{ given: string, suggested: string }} [names] of the classes that marked words are evidence for
   */
  show(study, sample, names) {
    this.node.classList.toggle("of-lines", Boolean(sample.lines));
    if (this.image) setAddress(this.image, pictureAddress(study, sample.row, "thumb"));
    else if (sample.lines) this.node.replaceChildren(...sample.lines.map((line) => valueLine(line)));
    else if (sample.pieces && names) this.node.replaceChildren(...markedText(sample.pieces, names));
    else setText(this.node, this.isLine ? inLine(excerptOf(sample)) : excerptOf(sample).split("\n").slice(0, this.lines).join("\n"));
  }
}

/* The sample itself, whatever it is made of, in a frame whose size never depends on it. */
export class SampleFrame {
  /**
   * @param {string} study
   * @param {Pictures} pictures
   */
  constructor(study, pictures) {
    this.study = study;
    this.pictures = pictures;
    this.waits = false;
    this.stage = el("div", { class: "stage" });
    this.node = el("div", { class: "frame" }, this.stage);
    /* What came beside a picture stands below it; a text and a row have it in the frame. */
    this.beside = el("div", { class: "beside-picture" });
    /** @type {Shown | null} */
    this.shown = null;
  }

  /**
   * @param {Shown} card
   * @param {string} words
   * @param {{ given: string, suggested: string }} [names] of the classes that what is marked is evidence for
   */
  show(card, words, names) {
    this.shown = card;
    // A screen reader reads values and texts; of an image it gets no more than the name.
    this.node.setAttribute("role", card.kind === "picture" ? "img" : "group");
    this.node.setAttribute("aria-label", words);
    if (card.kind === "picture") this.showPicture(card);
    else this.stage.replaceChildren(...(card.kind === "values" ? valueCard(card, names) : readText(card, names)).filter((node) => node !== null));
    this.beside.replaceChildren(...(card.kind === "picture" ? besideCard(card, names) : []).filter((node) => node !== null));
  }

  /** @param {Shown} card */
  showPicture(card) {
    this.waits = false;
    const image = this.pictures.get(pictureAddress(this.study, card.row, "full"));
    this.stage.replaceChildren(image);
    image.ready.then((found) => {
      if (found === "here" || this.shown !== card) return;
      this.waits = found === "away";
      this.stage.replaceChildren(el("p", { class: "quiet", text: this.waits
        ? "The server does not answer; the picture appears when it is back."
        : "This picture cannot be read. Exclude the sample, or skip it." }));
    });
  }

  /* For a picture that waits, when the server answers again. */
  again() {
    if (this.shown) this.showPicture(this.shown);
  }

  clear() {
    this.shown = null;
    this.stage.replaceChildren();
    this.beside.replaceChildren();
  }
}
