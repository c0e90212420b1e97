/* A sample walks across the boundary of two classes. All frames come in one answer; sliding only draws. */

import { button, el, setText } from "../../shared/browser/elements.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { setAddress, thumbnail } from "../../shared/browser/pictures.js";
import { address, pictureAddress } from "../../shared/browser/server.js";
import { classChip, classOf, fraction } from "../../shared/browser/words.js";
import { ColumnTable } from "./columns.js";
import { badges, gapWords, warnings } from "./badges.js";
import { bytesOf, canvas, paintFrame, paintSigned } from "./paint.js";

const CLASSES_SHOWN = 4;
const BOUNDARY = 1;

class BoundaryWalk {
  constructor(data) {
    this.data = data;
    this.abort = new AbortController();
    this.build();
  }

  update(data) {
    const before = this.data;
    this.data = data;
    const same = this.asked && before.of === data.of && before.learnFrom === data.learnFrom;
    if (!same || this.row !== data.row) this.open(data.row, null);
    this.showNear();
  }

  destroy() {
    this.abort.abort();
  }

  /* Without a pair the server takes the two likeliest classes. */
  async open(row, pair) {
    this.asked = true;
    this.row = row;
    const ticket = (this.opening = {});
    const { of, learnFrom, study } = this.data;
    const query = new URLSearchParams({ of, learn_from: learnFrom, ...(pair ? { pair: pair.join(",") } : {}) });
    this.node.setAttribute("aria-busy", "true");
    this.showNear();
    try {
      const response = await fetch(address(study, `walk/${row}?${query}`), { cache: "no-store", signal: this.abort.signal });
      if (ticket !== this.opening) return;
      if (!response.ok) {
        this.fail(await response.text());
      } else {
        this.walk = await response.json();
        this.show();
      }
    } catch (reason) {
      if (ticket !== this.opening || this.abort.signal.aborted) return;
      this.fail("The server does not answer. Choose the sample again when it is back.");
    }
    this.node.setAttribute("aria-busy", "false");
  }

  fail(words) {
    this.node.dataset.state = "failed";
    setText(this.trouble, words);
  }

  show() {
    const { walk, data } = this;
    this.node.dataset.state = "ready";
    this.node.dataset.row = String(walk.row);
    const [start, end] = [classOf(data.classes, walk.start), classOf(data.classes, walk.end)];
    setText(this.title, `#${walk.id}`);
    this.given.show(classOf(data.classes, walk.given));
    this.start.show(start);
    this.fillTargets();
    if (walk.picture) this.showPicture(start, end);
    this.pictures.hidden = !walk.picture;
    this.columns.node.hidden = !walk.columns;
    if (walk.columns) this.columns.show(walk, start, end);
    this.badges.replaceChildren(...badges(walk, data));
    this.warnings.replaceChildren(...warnings(walk, data.classes).map((words) => el("p", { text: words })));
    this.shownClasses = this.chooseClasses();
    this.rows = this.shownClasses.map((number) => probabilityRow(classOf(data.classes, number)));
    this.probabilities.replaceChildren(...this.rows.map((row) => row.node));
    this.slider.max = String(walk.times.length - 1);
    this.slider.value = String(walk.times.indexOf(BOUNDARY));
    this.step();
  }

  showPicture(start, end) {
    const { picture } = this.walk;
    this.frames = bytesOf(picture.frames);
    paintFrame(this.sample.canvas, picture, this.frames, 0);
    for (const name of ["difference", "first_order", "integrated"]) {
      const shown = this.maps[name];
      paintSigned(shown.canvas, picture, new Int8Array(bytesOf(picture.maps[name].values).buffer));
      const largest = picture.maps[name].largest;
      shown.scale.show(...(name === "difference" ? ["to add", "to take away"] : [`for ${end.name}`, `for ${start.name}`]), name === "difference" ? 255 * largest : largest);
    }
    const levels = 255 * picture.maps.difference.largest;
    setText(this.maps.difference.caption, `what to take away (orange) and to add (blue) to get there; at most ${levels < 10 ? levels.toFixed(1) : Math.round(levels)} of 255 grey levels`);
    for (const name of ["first_order", "integrated"]) setText(this.maps[name].caption, gapWords(this.walk.gaps[name]));
  }

  /* The pair, and whoever else comes closest on the way. */
  chooseClasses() {
    const { probabilities, start, end } = this.walk;
    const most = probabilities[0].map((_, number) => Math.max(...probabilities.map((frame) => frame[number])));
    const others = most.map((_, number) => number).filter((number) => number !== start && number !== end).sort((a, b) => most[b] - most[a]);
    return [start, end, ...others.slice(0, CLASSES_SHOWN - 2)];
  }

  /* Runs with every move of the slider: nothing is asked for, nothing is built. */
  step() {
    const number = Number(this.slider.value);
    const { walk } = this;
    const time = walk.times[number];
    if (walk.picture) paintFrame(this.moving.canvas, walk.picture, this.frames, number);
    if (walk.columns) this.columns.step(number);
    this.shownClasses.forEach((one, place) => this.rows[place].step(walk.probabilities[number][one]));
    const [start, end] = [walk.start, walk.end].map((one) => classOf(this.data.classes, one).name);
    const words = time === 0 ? "the sample as it is" : time === BOUNDARY ? `on the boundary of ${start} and ${end}` : time < BOUNDARY ? `${Math.round(100 * time)} % of the way` : `${Math.round(100 * (time - BOUNDARY))} % beyond`;
    setText(this.where, words);
    const outside = Math.round(100 * walk.outside[number]);
    setText(this.moving.caption, outside > 0 ? `${outside} % of the pixels are darker than black or brighter than white` : "every pixel within range");
    this.slider.setAttribute("aria-valuetext", words);
    this.node.dataset.frame = String(number);
  }

  fillTargets() {
    const { classes, learnt } = this.data;
    const options = classes.map((entry, number) => [entry, number]).filter(([, number]) => learnt[number] && number !== this.walk.start);
    this.target.replaceChildren(...options.map(([entry, number]) => el("option", { value: String(number), text: entry.name })));
    this.target.value = String(this.walk.end);
  }

  showNear() {
    this.near.classList.toggle("wordy", !this.data.hasPictures);
    this.near.parentElement.hidden = this.data.near.length === 0;
    this.near.replaceChildren(...this.data.near.map(([row, id]) => this.nearButton(row, id)));
  }

  nearButton(row, id) {
    const chosen = row === this.row;
    const content = this.data.hasPictures ? thumbnail() : el("span", { class: "quiet", text: id });
    if (this.data.hasPictures) setAddress(content, pictureAddress(this.data.study, row, "thumb"));
    return button({ class: "near-one", "aria-pressed": String(chosen), "aria-label": `sample ${id}`, on: { click: () => this.pick(row) } }, content);
  }

  pick(row) {
    this.open(row, null);
    this.send("picked", { row });
  }

  build() {
    this.title = el("h2", {});
    [this.given, this.start] = [classChip(), classChip()];
    this.target = el("select", { "aria-label": "walk to the boundary with", on: { change: () => this.open(this.row, [this.walk.start, Number(this.target.value)]) } });
    this.slider = el("input", { type: "range", min: "0", step: "1", "aria-label": "how far it has walked", on: { input: () => this.step() } });
    this.where = el("p", { class: "where" });
    this.warnings = el("div", { class: "warnings" });
    [this.sample, this.moving] = [tile("sample", "the sample"), tile("on its way", "the sample on its way")];
    setText(this.sample.caption, "as it is in the data");
    this.maps = { difference: tile("sample − boundary", "what changes"), first_order: tile("importance, first order", "first-order importance"), integrated: tile("importance, integrated", "integrated gradients") };
    for (const one of Object.values(this.maps)) {
      one.scale = scale();
      one.node.append(one.scale.node);
    }
    this.pictures = el("div", { class: "tiles" }, this.sample.node, this.moving.node, ...Object.values(this.maps).map((one) => one.node));
    this.columns = new ColumnTable();
    this.probabilities = el("div", { class: "probabilities", "aria-label": "what the network says" });
    this.badges = el("dl", { class: "badges" });
    this.trouble = el("p", { class: "trouble", role: "alert" });
    this.near = el("div", { class: "near", role: "group", "aria-label": "samples near a boundary" });
    this.node = el("section", { class: "margin walk", "aria-label": "across the boundary", "data-state": "loading" },
      this.trouble,
      el("div", { class: "walked" },
        el("div", { class: "head" }, this.title, el("span", { class: "quiet", text: "given" }), this.given.node,
          button({ class: "key-button", text: "review this", on: { click: () => this.send("action", { name: "review", row: this.row }) } }),
          button({ class: "key-button", text: "show on map", on: { click: () => this.send("action", { name: "map", row: this.row }) } }),
          button({ class: "key-button", text: "others between these two", on: { click: () => this.send("action", { name: "boundary", row: this.row, pair: [this.walk.start, this.walk.end] }) } }),
          el("span", { class: "pair" }, el("span", { class: "quiet", text: "from" }), this.start.node, el("span", { class: "quiet", text: "to" }), this.target)),
        el("div", { class: "control" },
          el("div", { class: "slide" }, this.slider,
            el("div", { class: "marks", "aria-hidden": "true" }, el("span", { text: "sample" }), el("span", { class: "middle", text: "boundary" }), el("span", { class: "last", text: "beyond" })), this.where),
          this.probabilities),
        this.warnings, this.pictures, this.columns.node, this.badges),
      el("div", {}, el("h2", { text: "Nearest to a boundary" }), this.near));
  }
}

function tile(title, words) {
  const node = canvas(words);
  const caption = el("figcaption", { class: "quiet" });
  return { canvas: node, caption, node: el("figure", { class: "tile" }, el("span", { class: "title", text: title }), el("span", { class: "frame" }, el("span", { class: "stage" }, node)), caption) };
}

function scale() {
  const [low, high] = [el("span", { class: "low" }), el("span", { class: "high" })];
  return {
    node: el("div", { class: "scale quiet" }, low, el("i", { class: "gradient", "aria-hidden": "true" }), high),
    show(below, above, largest) {
      setText(low, below);
      setText(high, above);
      this.node.title = `from -${largest.toPrecision(2)} to +${largest.toPrecision(2)}`;
    },
  };
}

function probabilityRow(entry) {
  const chip = classChip("small");
  chip.show(entry);
  const fill = el("i", { class: "fill" });
  const number = el("span", { class: "number" });
  return {
    node: el("div", { class: "bar" }, chip.node, el("span", { class: "track" }, fill), number),
    step(probability) {
      fill.style.transform = `scaleX(${probability})`;
      setText(number, fraction(probability));
    },
  };
}

export default (component) => mountOnce(component, (data) => new BoundaryWalk(data));
