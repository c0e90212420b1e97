/* The map of samples: every point drawn by WebGL, the lasso on a canvas above it, so that dragging redraws no points.
   What goes back to Python is a polygon or a row, never a list of points. Put after shared/shared.js. */

const NONE = 255;
const PICK_RADIUS = 8;
const WITHOUT_WEBGL = 50_000;
const MOST_ZOOM = 4_000;
const CARD_DELAY = 90;

const VERTEX = `
attribute vec2 place;
attribute float channel;
attribute float matches;
uniform vec2 centre;
uniform vec2 scale;
uniform mediump float size;
uniform float ordered;
varying float shade;
varying float lit;
void main() {
  lit = matches;
  shade = channel;
  float none = step(254.5, channel);
  float depth = 0.5 - ordered * 0.4 * channel / 255.0 * (1.0 - none) + none * 0.2 + (1.0 - matches) * 0.3;
  gl_Position = vec4((place - centre) * scale, depth, 1.0);
  gl_PointSize = size * (matches > 0.5 ? 1.0 : 0.8);
}`;

const FRAGMENT = `
precision mediump float;
uniform sampler2D palette;
uniform float opacity;
uniform vec4 grey;
uniform mediump float size;
varying float shade;
varying float lit;
void main() {
  float away = length(gl_PointCoord - 0.5) * size;
  float edge = size < 2.5 ? 1.0 : clamp(size * 0.5 - away + 0.5, 0.0, 1.0);
  if (edge < 0.02) discard;
  vec4 ink = texture2D(palette, vec2((shade + 0.5) / 256.0, 0.5));
  bool plain = lit < 0.5 || shade > 254.5;
  vec4 colour = plain ? grey : vec4(ink.rgb, opacity);
  gl_FragColor = vec4(colour.rgb, 1.0) * colour.a * edge;
}`;

class SampleMap {
  constructor(data) {
    this.data = data;
    this.tool = "lasso";
    this.view = { x: 0, y: 0, zoom: 1 };
    this.points = null;
    this.channel = null;
    this.mask = null;
    this.polygon = [];
    this.drawing = null;
    this.dragging = null;
    this.hovered = -1;
    this.cards = new Map();
    this.loaded = {};
    this.abort = new AbortController();
    this.build();
    this.openCanvas();
    this.watchSize();
    this.loadPoints();
  }

  /* ----- life ----- */

  update(data) {
    const before = this.data;
    this.data = data;
    this.node.style.setProperty("--map-height", `${data.height}px`);
    this.canvas.setAttribute("aria-label", this.description());
    this.showLegend();
    this.setPalette();
    this.loadChannel();
    this.loadMask();
    if (before.selected !== data.selected || !this.updated) this.bringIntoView();
    this.updated = true;
    this.askDraw();
  }

  destroy() {
    this.abort.abort();
    this.sizes.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.cardTimer);
    this.renderer?.free();
  }

  description() {
    const coloured = this.data.legend.title;
    return `map of ${count(this.data.n)} samples, coloured by ${coloured}. Arrow keys move, plus and minus zoom, L lasso, B box, H pan, Escape clears.`;
  }

  /* ----- bytes ----- */

  url(path) {
    return address(this.data.study, path);
  }

  async loadPoints() {
    await this.load("points", "points", (bytes) => {
      this.points = new Float32Array(bytes);
      this.grid = null;
      this.renderer?.setPoints(this.points);
      this.bringIntoView();
    });
  }

  loadChannel() {
    return this.load("channel", `channel/${encodeURIComponent(this.data.channel)}?v=${this.data.version}`, (bytes) => {
      this.channel = new Uint8Array(bytes);
      this.renderer?.setChannel(this.channel);
    });
  }

  loadMask() {
    if (!this.data.mask) {
      this.loaded.mask = null;
      this.mask = null;
      this.renderer?.setMask(null, this.data.n);
      return null;
    }
    return this.load("mask", `mask/${encodeURIComponent(this.data.mask)}`, (bytes) => {
      this.mask = new Uint8Array(bytes);
      this.renderer?.setMask(this.mask, this.data.n);
    });
  }

  /* Only what changed is asked for again; an answer that was overtaken is dropped. */
  async load(part, path, take) {
    if (this.loaded[part] === path) return;
    this.loaded[part] = path;
    try {
      const bytes = await getBytes(this.url(path), { signal: this.abort.signal });
      if (this.loaded[part] !== path) return;
      take(bytes);
      this.verified = false;
      this.showState();
      this.askDraw();
    } catch (reason) {
      if (this.abort.signal.aborted) return;
      if (this.loaded[part] === path) this.loaded[part] = undefined;
      this.showProblem("The map's data did not arrive.", "The server does not answer. Try again when it runs.", () => {
        this.problem.hidden = true;
        this.loadPoints();
        this.loadChannel();
        this.loadMask();
      });
    }
  }

  ready() {
    return this.points !== null && this.channel !== null && this.channel.length * 2 === this.points.length;
  }

  showState() {
    this.node.dataset.state = this.ready() ? (this.data.n === 0 ? "empty" : "ready") : "loading";
  }

  showProblem(title, words, again) {
    this.problemTitle.textContent = title;
    this.problemWords.textContent = words;
    this.problemAgain.hidden = !again;
    this.problemAgain.onclick = again;
    this.problem.hidden = false;
  }

  /* ----- drawing ----- */

  openCanvas() {
    const gl = this.canvas.getContext("webgl", { alpha: true, antialias: false, premultipliedAlpha: true, preserveDrawingBuffer: false });
    if (gl) {
      this.renderer = new PointRenderer(gl);
      this.canvas.addEventListener("webglcontextlost", (event) => {
        event.preventDefault();
        delete this.node.dataset.painted;
        this.lost = true;
      });
      this.canvas.addEventListener("webglcontextrestored", () => {
        this.lost = false;
        this.renderer = new PointRenderer(gl);
        this.refillRenderer();
      });
      return;
    }
    if (this.data.n > WITHOUT_WEBGL) {
      this.renderer = null;
      this.showProblem("This browser shows no WebGL.", `A map of ${count(this.data.n)} samples needs it. Turn on hardware acceleration in the browser's settings, or open this page in a current Firefox, Chrome or Safari.`, null);
      return;
    }
    this.renderer = new FlatRenderer(this.canvas);
    this.plainNote.hidden = false;
  }

  refillRenderer() {
    if (this.points) this.renderer.setPoints(this.points);
    if (this.channel) this.renderer.setChannel(this.channel);
    this.renderer.setMask(this.mask, this.data.n);
    this.setPalette();
    this.verified = false;
    this.askDraw();
  }

  setPalette() {
    this.renderer?.setPalette(this.data.palette.map(rgb));
  }

  watchSize() {
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(this.surface);
  }

  resize() {
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    this.width = this.surface.clientWidth;
    this.height = this.surface.clientHeight;
    this.ratio = ratio;
    for (const canvas of [this.canvas, this.overlay]) {
      canvas.width = Math.max(1, Math.round(this.width * ratio));
      canvas.height = Math.max(1, Math.round(this.height * ratio));
    }
    this.bringIntoView();
    this.draw();
  }

  askDraw() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    if (!this.renderer || !this.width || this.lost) return;
    this.drawOverlay();
    if (!this.ready() || this.data.n === 0) return;
    const unit = this.unit();
    const size = this.pointSize();
    this.renderer.draw({
      centre: [this.view.x, this.view.y],
      scale: [(2 * unit) / this.width, (2 * unit) / this.height],
      size: size * this.ratio,
      opacity: this.opacity(),
      grey: this.grey(),
      ordered: this.data.legend.kind === "score" ? 1 : 0,
    });
    if (!this.verified && this.renderer.painted()) {
      this.verified = true;
      this.node.dataset.painted = String(this.data.n);
      this.node.dataset.shown = `${this.loaded.channel} ${this.loaded.mask ?? ""}`.trim();
    }
  }

  /* Screen pixels per unit of the map, whose points lie in [-1, 1] both ways. */
  unit() {
    return (Math.min(this.width, this.height) / 2) * 0.94 * this.view.zoom;
  }

  pointSize() {
    const spread = Math.sqrt((this.width * this.height * 0.09) / Math.max(1, this.data.n));
    return Math.max(1.2, Math.min(7, spread) * Math.min(3, this.view.zoom ** 0.4));
  }

  opacity() {
    return Math.max(0.45, Math.min(0.9, 2.2 / Math.log10(Math.max(10, this.data.n))  + 0.05));
  }

  grey() {
    const dark = luminance(getComputedStyle(this.node).color) > 0.5;
    const level = dark ? 0.5 : 0.62;
    return [level, level, level * 1.03, this.data.mask ? 0.22 : 0.55];
  }

  toScreen(x, y) {
    const unit = this.unit();
    return [this.width / 2 + (x - this.view.x) * unit, this.height / 2 - (y - this.view.y) * unit];
  }

  toData(left, top) {
    const unit = this.unit();
    return [this.view.x + (left - this.width / 2) / unit, this.view.y - (top - this.height / 2) / unit];
  }

  drawOverlay() {
    const paint = this.overlay.getContext("2d");
    const style = getComputedStyle(this.node);
    paint.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    paint.clearRect(0, 0, this.width, this.height);
    const outline = this.drawing ? this.drawing.path : this.polygon.map(([x, y]) => this.toScreen(x, y));
    if (outline.length > 1) {
      paint.beginPath();
      outline.forEach(([left, top], index) => (index ? paint.lineTo(left, top) : paint.moveTo(left, top)));
      paint.closePath();
      paint.fillStyle = style.color;
      paint.globalAlpha = 0.08;
      paint.fill();
      paint.globalAlpha = 1;
      paint.lineWidth = 1.5;
      paint.strokeStyle = style.color;
      if (!this.drawing) paint.setLineDash([5, 3]);
      paint.stroke();
      paint.setLineDash([]);
    }
    if (!this.points) return;
    if (this.hovered >= 0) this.ring(paint, style, this.hovered, 1.5);
    if (this.isRow(this.data.selected)) this.ring(paint, style, this.data.selected, 3);
  }

  ring(paint, style, row, width) {
    const [left, top] = this.toScreen(this.points[2 * row], this.points[2 * row + 1]);
    const radius = this.pointSize() / 2 + 5;
    for (const [stroke, wide] of [[style.getPropertyValue("--paper-now") || "#fff", width + 3], [style.color, width]]) {
      paint.beginPath();
      paint.arc(left, top, radius, 0, 7);
      paint.strokeStyle = stroke;
      paint.lineWidth = wide;
      paint.stroke();
    }
  }

  isRow(row) {
    return Number.isInteger(row) && row >= 0 && this.points !== null && 2 * row < this.points.length;
  }

  /* ----- moving about ----- */

  panBy(left, top) {
    const unit = this.unit();
    this.look(this.view.x - left / unit, this.view.y + top / unit, this.view.zoom);
  }

  zoomBy(factor, left = this.width / 2, top = this.height / 2) {
    const [x, y] = this.toData(left, top);
    const zoom = Math.max(0.5, Math.min(MOST_ZOOM, this.view.zoom * factor));
    const ratio = this.view.zoom / zoom;
    this.look(x + (this.view.x - x) * ratio, y + (this.view.y - y) * ratio, zoom);
  }

  look(x, y, zoom) {
    this.view = { x: Math.max(-1.5, Math.min(1.5, x)), y: Math.max(-1.5, Math.min(1.5, y)), zoom };
    this.hideTip();
    this.askDraw();
  }

  bringIntoView() {
    if (!this.isRow(this.data.selected) || !this.width) return;
    const [x, y] = [this.points[2 * this.data.selected], this.points[2 * this.data.selected + 1]];
    const [left, top] = this.toScreen(x, y);
    const margin = 24;
    if (left < margin || top < margin || left > this.width - margin || top > this.height - margin) this.look(x, y, this.view.zoom);
  }

  /* ----- pointer ----- */

  place(event) {
    const box = this.overlay.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  onDown(event) {
    this.canvas.focus({ preventScroll: true, focusVisible: false });
    event.preventDefault();
    this.hideTip();
    this.overlay.setPointerCapture(event.pointerId);
    const at = this.place(event);
    const pans = event.button === 2 || event.button === 1 || this.space || this.tool === "pan";
    this.dragging = { at, start: at, pans, right: event.button === 2, moved: false };
    if (!pans) this.drawing = { start: at, path: [at] };
    this.overlay.classList.toggle("moving", pans);
  }

  onMove(event) {
    const at = this.place(event);
    if (!this.dragging) {
      this.hover(at);
      return;
    }
    const drag = this.dragging;
    if (Math.hypot(at[0] - drag.start[0], at[1] - drag.start[1]) > 4) drag.moved = true;
    if (drag.pans) {
      this.panBy(at[0] - drag.at[0], at[1] - drag.at[1]);
    } else if (this.tool === "box") {
      const [from, to] = [drag.start, at];
      this.drawing.path = [from, [to[0], from[1]], to, [from[0], to[1]]];
      this.drawOverlay();
    } else {
      const last = this.drawing.path.at(-1);
      if (Math.hypot(at[0] - last[0], at[1] - last[1]) >= 2) this.drawing.path.push(at);
      this.drawOverlay();
    }
    drag.at = at;
  }

  onUp(event) {
    const drag = this.dragging;
    if (!drag) return;
    this.dragging = null;
    this.overlay.classList.remove("moving");
    const path = this.drawing?.path ?? [];
    this.drawing = null;
    if (!drag.moved) {
      if (!drag.right) this.pick(this.place(event));
    } else if (!drag.pans && path.length >= 3) {
      this.polygon = path.map(([left, top]) => this.toData(left, top));
      this.send("lasso", { polygon: this.polygon });
    }
    this.drawOverlay();
  }

  cancel() {
    this.dragging = null;
    this.drawing = null;
    this.drawOverlay();
  }

  clear() {
    this.cancel();
    if (this.polygon.length === 0) return;
    this.polygon = [];
    this.drawOverlay();
    this.send("lasso", { polygon: [] });
  }

  pick(at) {
    const row = this.nearest(at);
    if (row >= 0) this.send("picked", { row });
  }

  /* ----- nearest point: a grid of cells, filled once by counting ----- */

  index() {
    const n = this.points.length / 2;
    const side = Math.max(1, Math.min(1024, Math.ceil(Math.sqrt(n / 4))));
    const starts = new Int32Array(side * side + 1);
    const cells = new Int32Array(n);
    for (let row = 0; row < n; row += 1) {
      cells[row] = cellOf(this.points[2 * row], side) + side * cellOf(this.points[2 * row + 1], side);
      starts[cells[row] + 1] += 1;
    }
    for (let cell = 0; cell < side * side; cell += 1) starts[cell + 1] += starts[cell];
    const fill = starts.slice(0, -1);
    const rows = new Int32Array(n);
    for (let row = 0; row < n; row += 1) rows[fill[cells[row]]++] = row;
    return { side, starts, rows };
  }

  /* A greyed-out point is only taken where no other is near. */
  nearest([left, top]) {
    if (!this.ready()) return -1;
    this.grid ??= this.index();
    const { side, starts, rows } = this.grid;
    const [x, y] = this.toData(left, top);
    const reach = PICK_RADIUS / this.unit();
    let best = -1;
    let bestFar = reach * reach;
    let bestLit = -1;
    for (let line = cellOf(y - reach, side); line <= cellOf(y + reach, side); line += 1) {
      const from = starts[line * side + cellOf(x - reach, side)];
      const to = starts[line * side + cellOf(x + reach, side) + 1];
      for (let place = from; place < to; place += 1) {
        const row = rows[place];
        const far = (this.points[2 * row] - x) ** 2 + (this.points[2 * row + 1] - y) ** 2;
        if (far > reach * reach) continue;
        const lit = this.mask ? this.mask[row] : 1;
        if (lit < bestLit || (lit === bestLit && far >= bestFar)) continue;
        best = row;
        bestFar = far;
        bestLit = lit;
      }
    }
    return best;
  }

  /* ----- hover ----- */

  hover(at) {
    this.hoverAt = at;
    if (this.hoverAsked) return;
    this.hoverAsked = requestAnimationFrame(() => {
      this.hoverAsked = 0;
      if (this.dragging || !this.hoverAt) return;
      const row = this.nearest(this.hoverAt);
      this.overlay.classList.toggle("on-point", row >= 0);
      if (row === this.hovered) return;
      this.hovered = row;
      this.drawOverlay();
      if (row < 0) this.hideTip();
      else this.showTip(row);
    });
  }

  showTip(row) {
    const [left, top] = this.toScreen(this.points[2 * row], this.points[2 * row + 1]);
    this.tip.hidden = false;
    this.tip.style.transform = `translate(${left > this.width - 150 ? left - 140 : left + 14}px, ${top > this.height - 170 ? Math.max(0, top - 164) : top + 14}px)`;
    clearTimeout(this.cardTimer);
    const card = this.cards.get(row);
    this.fillTip(row, card);
    if (!card) this.cardTimer = setTimeout(() => this.askCard(row), CARD_DELAY);
  }

  async askCard(row) {
    try {
      const { cards } = await getJson(this.url(`cards?rows=${row}`), { signal: this.abort.signal });
      this.cards.set(row, cards[0]);
      if (this.cards.size > 500) this.cards.delete(this.cards.keys().next().value);
      if (this.hovered === row) this.fillTip(row, cards[0]);
    } catch (reason) {
      if (!this.abort.signal.aborted) console.warn("margin: no details of the sample under the pointer.", reason);
    }
  }

  fillTip(row, card) {
    const pictured = !card || card.kind === "picture";
    this.tipPicture.classList.toggle("hidden", !pictured);
    if (pictured) setAddress(this.tipPicture, pictureAddress(this.data.study, row, "thumb"));
    this.tipId.textContent = card ? `#${card.id}` : "";
    this.tipChip.node.classList.toggle("absent", !card);
    if (card) this.tipChip.show(classOf(this.data.classes, card.given));
    this.tipText.textContent = card?.kind === "text" ? card.text.slice(0, 120) : card?.kind === "values" ? card.values.slice(0, 4).map((pair) => pair.join(" ")).join("\n") : "";
  }

  hideTip() {
    this.tip.hidden = true;
    this.hovered = -1;
    clearTimeout(this.cardTimer);
  }

  /* ----- keys, only while the map has the focus ----- */

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = 48;
    const runs = {
      ArrowLeft: () => this.panBy(step, 0),
      ArrowRight: () => this.panBy(-step, 0),
      ArrowUp: () => this.panBy(0, step),
      ArrowDown: () => this.panBy(0, -step),
      "+": () => this.zoomBy(1.3),
      "=": () => this.zoomBy(1.3),
      "-": () => this.zoomBy(1 / 1.3),
      0: () => this.reset(),
      l: () => this.take("lasso"),
      b: () => this.take("box"),
      h: () => this.take("pan"),
      " ": () => { this.space = true; this.overlay.classList.add("pan"); },
      Escape: () => this.clear(),
    };
    const run = runs[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!run) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  }

  onKeyUp(event) {
    if (event.key !== " ") return;
    this.space = false;
    this.overlay.classList.toggle("pan", this.tool === "pan");
  }

  take(tool) {
    this.tool = tool;
    this.overlay.classList.toggle("pan", tool === "pan");
    for (const [name, node] of Object.entries(this.tools)) node.setAttribute("aria-pressed", String(name === tool));
  }

  reset() {
    this.look(0, 0, 1);
  }

  /* ----- legend ----- */

  showLegend() {
    const { legend } = this.data;
    const said = JSON.stringify(legend);
    if (said === this.legendSaid) return;
    this.legendSaid = said;
    this.legend.replaceChildren(el("span", { class: "title", text: legend.title }));
    if (legend.kind === "score") {
      const stops = this.data.palette.filter((colour, index) => index % 16 === 0).join(", ");
      this.legend.append(el("div", { class: "scale" },
        el("span", { class: "gradient", "aria-hidden": "true", style: { background: `linear-gradient(to top, ${stops}, ${this.data.palette.at(-1)})` } }),
        el("span", { class: "number high", text: String(legend.high) }), el("span", { class: "number low", text: String(legend.low) })));
      return;
    }
    const list = el("div", { class: "legend-list" });
    for (const entry of legend.entries) {
      const chip = classChip("small");
      chip.show(entry);
      const off = legend.chosen !== undefined && legend.chosen !== null && legend.chosen !== entry.class;
      list.append(button({
        class: `legend-entry${off ? " off" : ""}`, "aria-pressed": String(legend.chosen === entry.class), on: { click: () => this.send("legend", { class: entry.class }) },
      }, chip.node, el("span", { class: "number quiet", text: entry.count === undefined ? "" : count(entry.count) })));
    }
    this.legend.append(list);
  }

  /* ----- elements ----- */

  build() {
    this.canvas = el("canvas", { class: "points", tabindex: "0", role: "application", "aria-roledescription": "map" });
    this.overlay = el("canvas", { class: "overlay", "aria-hidden": "true" });
    this.tipPicture = thumbnail();
    this.tipId = el("strong");
    this.tipChip = classChip("small");
    this.tipText = el("span", { class: "quiet tip-text" });
    this.tip = el("div", { class: "tip", hidden: true, "aria-hidden": "true" }, this.tipPicture, this.tipText, this.tipId, this.tipChip.node);
    this.problemTitle = el("h2");
    this.problemWords = el("p");
    this.problemAgain = button({ class: "key-button", text: "try again" });
    this.problem = el("div", { class: "notice", role: "alert", hidden: true }, this.problemTitle, this.problemWords, this.problemAgain);
    this.plainNote = el("p", { class: "quiet plain-note", hidden: true, text: "drawn without WebGL: slower. Turn on hardware acceleration in the browser's settings." });
    this.surface = el("div", { class: "surface" }, this.canvas, this.overlay,
      el("p", { class: "quiet waiting", text: "loading the map" }), el("p", { class: "quiet none", text: "no samples to show" }), this.tip, this.problem, this.plainNote, this.buildTools());
    this.legend = el("aside", { class: "legend", "aria-label": "legend" });
    this.node = el("section", { class: "margin map", "aria-label": "map", "data-state": "loading" }, this.surface, this.legend);
    this.listen();
  }

  buildTools() {
    const tool = (name, key, words, path) => button({ class: "tool", title: `${words} (${key})`, "aria-label": words, "aria-keyshortcuts": key, "aria-pressed": String(name === this.tool), on: { click: () => this.take(name) } }, icon(path));
    const act = (key, words, path, run) => button({ class: "tool", title: `${words} (${key})`, "aria-label": words, on: { click: run } }, icon(path));
    this.tools = {
      lasso: tool("lasso", "L", "lasso", "M5 12.5c-2-.6-3.2-2.3-3.2-4.3C1.800 5 4.600 2.700 8 2.700s6.200 2.300 6.200 5.200c0 2.700-2.400 4.700-5.400 4.900M5 12.500a1.600 1.600 0 1 0 3.200 0a1.600 1.600 0 1 0-3.200 0M6.400 14.100c0 .5-.3 1-.8 1.300"),
      box: tool("box", "B", "box", "M2.500 5.500v-3h3M10.500 2.500h3v3M13.500 10.500v3h-3M5.500 13.500h-3v-3"),
      pan: tool("pan", "H", "pan", "M8 1.800v12.400M1.800 8h12.400M6.300 3.500L8 1.800l1.700 1.700M6.300 12.500L8 14.200l1.700-1.700M3.500 6.300L1.800 8l1.700 1.700M12.500 6.300L14.200 8l-1.700 1.700"),
    };
    return el("div", { class: "toolbar", role: "toolbar", "aria-label": "map tools" }, ...Object.values(this.tools), el("i"),
      act("+", "zoom in", "M8 3v10M3 8h10", () => this.zoomBy(1.5)), act("-", "zoom out", "M3 8h10", () => this.zoomBy(1 / 1.5)),
      act("0", "whole map", "M3 8a5 5 0 1 0 1.600-3.600M3 2.500v2.700h2.700", () => this.reset()));
  }

  listen() {
    this.overlay.addEventListener("pointerdown", (event) => this.onDown(event));
    this.overlay.addEventListener("pointermove", (event) => this.onMove(event));
    this.overlay.addEventListener("pointerup", (event) => this.onUp(event));
    this.overlay.addEventListener("pointercancel", () => this.cancel());
    this.overlay.addEventListener("pointerleave", () => { if (!this.dragging) { this.hoverAt = null; this.hideTip(); this.drawOverlay(); } });
    this.overlay.addEventListener("contextmenu", (event) => event.preventDefault());
    this.overlay.addEventListener("dblclick", () => this.reset());
    this.overlay.addEventListener("wheel", (event) => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      this.zoomBy(Math.exp(-Math.max(-200, Math.min(200, event.deltaY * lines)) * 0.002), ...this.place(event));
    }, { passive: false });
    this.canvas.addEventListener("keydown", (event) => this.onKey(event));
    this.canvas.addEventListener("keyup", (event) => this.onKeyUp(event));
    this.canvas.addEventListener("blur", () => this.onKeyUp({ key: " " }));
  }
}

function cellOf(value, side) {
  return Math.max(0, Math.min(side - 1, Math.floor(((value + 1) / 2) * side)));
}

function rgb(colour) {
  const bits = Number.parseInt(colour.slice(1), 16);
  return [bits >> 16, (bits >> 8) & 255, bits & 255];
}

/* `colour` as getComputedStyle says it: rgb(…), 0 to 255. */
function luminance(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/g).map(Number);
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
}

/* Two static buffers and two of one byte per point; recolouring replaces one of the small ones. */
class PointRenderer {
  constructor(gl) {
    this.gl = gl;
    this.n = 0;
    this.program = gl.createProgram();
    for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(this.program, shader);
    }
    ["place", "channel", "matches"].forEach((name, index) => gl.bindAttribLocation(this.program, index, name));
    gl.linkProgram(this.program);
    if (!gl.getProgramParameter(this.program, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(`the map's shader does not link: ${gl.getProgramInfoLog(this.program)}`);
    this.at = (name) => gl.getUniformLocation(this.program, name);
    this.buffers = { place: gl.createBuffer(), channel: gl.createBuffer(), matches: gl.createBuffer() };
    this.palette = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.palette);
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
    for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.enable(gl.DEPTH_TEST);
    gl.depthFunc(gl.LEQUAL);
    gl.clearColor(0, 0, 0, 0);
  }

  fill(name, values) {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, this.buffers[name]);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, values, this.gl.STATIC_DRAW);
  }

  setPoints(points) {
    this.n = points.length / 2;
    this.fill("place", points);
  }

  setChannel(channel) {
    this.fill("channel", channel);
  }

  setMask(mask) {
    this.masked = mask !== null;
    if (mask) this.fill("matches", mask);
  }

  setPalette(colours) {
    const texels = new Uint8Array(256 * 4);
    colours.slice(0, NONE).forEach((colour, index) => texels.set([...colour, 255], 4 * index));
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, this.palette);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels);
  }

  draw({ centre, scale, size, opacity, grey, ordered }) {
    const { gl } = this;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.useProgram(this.program);
    gl.uniform2fv(this.at("centre"), centre);
    gl.uniform2fv(this.at("scale"), scale);
    gl.uniform1f(this.at("size"), size);
    gl.uniform1f(this.at("opacity"), opacity);
    gl.uniform4fv(this.at("grey"), grey);
    gl.uniform1f(this.at("ordered"), ordered);
    this.attribute(0, "place", 2, gl.FLOAT);
    this.attribute(1, "channel", 1, gl.UNSIGNED_BYTE);
    if (this.masked) {
      this.attribute(2, "matches", 1, gl.UNSIGNED_BYTE);
    } else {
      gl.disableVertexAttribArray(2);
      gl.vertexAttrib1f(2, 1);
    }
    gl.drawArrays(gl.POINTS, 0, this.n);
  }

  attribute(place, name, width, kind) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, width, kind, false, 0, 0);
  }

  /* Read back in the frame of the drawing; later the buffer is gone. */
  painted() {
    const { gl } = this;
    const [width, height] = [gl.drawingBufferWidth, gl.drawingBufferHeight];
    const pixels = new Uint8Array(4 * width * height);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    return new Uint32Array(pixels.buffer).some((pixel) => pixel !== 0);
  }

  free() {
    for (const buffer of Object.values(this.buffers)) this.gl.deleteBuffer(buffer);
    this.gl.deleteTexture(this.palette);
    this.gl.deleteProgram(this.program);
  }
}

/* The same picture by the two-dimensional canvas, for browsers without WebGL. */
class FlatRenderer {
  constructor(canvas) {
    this.canvas = canvas;
    this.paint = canvas.getContext("2d");
    this.mask = null;
    this.colours = [];
  }

  setPoints(points) { this.points = points; }
  setChannel(channel) { this.channel = channel; }
  setMask(mask) { this.mask = mask; }
  setPalette(colours) { this.colours = colours.map((colour) => `rgb(${colour.join(" ")})`); }

  draw({ centre, scale, size, opacity, grey, ordered }) {
    const { paint, canvas, points, channel, mask } = this;
    paint.clearRect(0, 0, canvas.width, canvas.height);
    const rows = Array.from({ length: channel.length }, (_, row) => row);
    const plain = (row) => channel[row] === NONE || (mask !== null && mask[row] === 0);
    if (ordered) rows.sort((a, b) => channel[a] - channel[b]);
    const greyInk = `rgb(${grey.slice(0, 3).map((level) => Math.round(255 * level)).join(" ")})`;
    for (const wanted of [true, false]) {
      paint.globalAlpha = wanted ? grey[3] : opacity;
      for (const row of rows) {
        if (plain(row) !== wanted) continue;
        paint.fillStyle = wanted ? greyInk : this.colours[channel[row]];
        const left = ((points[2 * row] - centre[0]) * scale[0] * 0.5 + 0.5) * canvas.width;
        const top = (0.5 - (points[2 * row + 1] - centre[1]) * scale[1] * 0.5) * canvas.height;
        paint.fillRect(left - size / 2, top - size / 2, size, size);
      }
    }
  }

  painted() {
    const { data } = this.paint.getImageData(0, 0, this.canvas.width, this.canvas.height);
    return new Uint32Array(data.buffer).some((pixel) => pixel !== 0);
  }

  free() {}
}

export default function (component) {
  return mountOnce(component, (data) => new SampleMap(data));
}
