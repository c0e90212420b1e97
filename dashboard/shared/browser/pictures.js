/* Pictures of samples. */

import { el } from "./elements.js";
import { pictureAddress } from "./server.js";

const SMALL_PICTURE = 64;

/* Loaded and decoded once, the least recently used forgotten first. */
export class Pictures {
  constructor(limit = 400) {
    this.limit = limit;
    this.kept = new Map();
  }

  has(url) {
    return this.kept.has(url);
  }

  get(url, priority = "auto") {
    let image = this.kept.get(url);
    if (image) {
      this.kept.delete(url);
    } else {
      image = new Image();
      image.alt = "";
      image.decoding = "async";
      image.draggable = false;
      image.fetchPriority = priority;
      image.src = url;
      image.ready = image.decode().then(
        () => {
          image.classList.toggle("pixelated", Math.max(image.naturalWidth, image.naturalHeight) < SMALL_PICTURE);
          return "here";
        },
        () => {
          this.kept.delete(url);
          return whyMissing(url);
        },
      );
    }
    this.kept.set(url, image);
    if (this.kept.size > this.limit) this.kept.delete(this.kept.keys().next().value);
    return image;
  }
}

/* A picture that the server has but cannot read, or a server that does not answer: advice differs. */
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
    image.classList.toggle("pixelated", Math.max(image.naturalWidth, image.naturalHeight) < SMALL_PICTURE);
    image.classList.remove("broken");
  });
  // Without an address, it is asked for again when it is shown again.
  image.addEventListener("error", () => {
    image.removeAttribute("src");
    image.classList.add("broken");
  });
  return image;
}

export function setAddress(image, url) {
  if (image.getAttribute("src") !== url) image.src = url;
}

/* The sample itself, whatever it is made of, in a frame whose size never depends on it. */
export class Subject {
  constructor(study, pictures) {
    this.study = study;
    this.pictures = pictures;
    this.waits = false;
    this.stage = el("div", { class: "stage" });
    this.node = el("div", { class: "frame" }, this.stage);
    this.shown = null;
  }

  show(card, words) {
    this.shown = card;
    this.node.setAttribute("role", "img");
    this.node.setAttribute("aria-label", words);
    if (card.kind === "picture") this.showPicture(card);
    else if (card.kind === "values") this.stage.replaceChildren(valuesTable(card.values));
    else this.stage.replaceChildren(el("p", { class: "prose", text: card.text }));
  }

  showPicture(card) {
    this.waits = false;
    const image = this.pictures.get(pictureAddress(this.study, card.row, "full"));
    this.stage.replaceChildren(image);
    image.ready.then((found) => {
      if (found === "here" || this.shown !== card) return;
      this.waits = found === "away";
      this.stage.replaceChildren(el("p", { class: "quiet", text: this.waits
        ? "The server is away; the picture comes when it is back."
        : "This picture cannot be read. Exclude the sample, or skip it." }));
    });
  }

  /* For a picture that waits, when the server is heard of again. */
  again() {
    this.showPicture(this.shown);
  }

  clear() {
    this.shown = null;
    this.stage.replaceChildren();
  }
}

function valuesTable(values) {
  const table = el("table", { class: "values" });
  for (const [name, value] of values) {
    table.append(el("tr", {}, el("th", { scope: "row", text: name }), el("td", { text: value })));
  }
  return table;
}
