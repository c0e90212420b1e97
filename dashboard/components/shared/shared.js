/* Shared by every component: this text is put before the component's own, so there is one module and no import.
   Data reaches the page through textContent and element properties only, never as markup. */

/* ---------- elements ---------- */

function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === "style") for (const [property, set] of Object.entries(value)) node.style.setProperty(property, set);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/* A button that does not take the focus from the work when it is clicked, and can still be reached by Tab. */
function button(properties, ...children) {
  const node = el("button", { type: "button", ...properties }, ...children);
  node.addEventListener("pointerdown", (event) => event.preventDefault());
  return node;
}

function keyButton(key, words, run, properties = {}) {
  const node = button({ class: "key-button", on: { click: run }, ...properties });
  node.append(el("kbd", { text: key, "aria-hidden": "true" }), el("span", { class: "words", text: words }));
  return node;
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/* Icons are drawn, not typed, so that no font decides how they look. */
function icon(path) {
  const space = "http://www.w3.org/2000/svg";
  const node = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "path");
  for (const [name, value] of Object.entries({ viewBox: "0 0 16 16", "aria-hidden": "true", class: "icon" })) node.setAttribute(name, value);
  line.setAttribute("d", path);
  node.append(line);
  return node;
}

/* ---------- one instance per place on the page ---------- */

/* Streamlit calls the default export again whenever its data or theme changes, and may run the clean-up of an
   overtaken call after the call that overtook it: only the clean-up of the newest call takes the instance away. */
function mountOnce(component, create) {
  const place = component.parentElement;
  const { study } = component.data;
  if (place.marginMounted && place.marginMounted.study !== study) takeAway(place);
  if (!place.marginMounted) {
    const view = create(component.data);
    place.marginMounted = { view, study, turn: 0 };
    place.append(view.node);
  }
  const mounted = place.marginMounted;
  const turn = (mounted.turn += 1);
  mounted.view.send = (name, value) => component.setStateValue(name, { ...value, seq: nextSequence() });
  mounted.view.update(component.data);
  return () => {
    if (place.marginMounted === mounted && mounted.turn === turn) takeAway(place);
  };
}

function takeAway(place) {
  place.marginMounted.view.destroy();
  place.marginMounted.view.node.remove();
  place.marginMounted = undefined;
}

/* Grows over remounts and reloads too, so that Python can tell a new gesture from one it has seen. */
let lastSequence = 0;
function nextSequence() {
  lastSequence = Math.max(lastSequence + 1, Date.now());
  return lastSequence;
}

/* ---------- server ---------- */

function address(study, path) {
  return `${location.origin}/margin/${encodeURIComponent(study)}/${path}`;
}

function pictureAddress(study, row, size) {
  return address(study, `picture/${row}?size=${size}`);
}

class ServerSaysNo extends Error {
  constructor(status) {
    super(`the server answered ${status}`);
    this.status = status;
  }
}

async function ask(url, options = {}) {
  const answer = await fetch(url, { credentials: "same-origin", ...options });
  if (!answer.ok) throw new ServerSaysNo(answer.status);
  return answer;
}

async function getJson(url, options) {
  return (await ask(url, { cache: "no-store", ...options })).json();
}

async function getBytes(url, options) {
  return (await ask(url, options)).arrayBuffer();
}

/* ---------- words and numbers ---------- */

const NO_CLASS = { name: "no label", colour: "transparent", key: "" };

function classOf(classes, label) {
  return classes[label] ?? NO_CLASS;
}

function verdictWords(classes, decision) {
  switch (decision.verdict) {
    case "relabel": return `relabelled to ${classOf(classes, decision.label).name}`;
    case "keep": return "kept";
    case "skip": return "skipped";
    case "exclude": return "excluded";
    default: return decision.verdict;
  }
}

function count(number) {
  return number.toLocaleString("en-GB");
}

function fraction(number) {
  return number.toFixed(2);
}

/* Colour and name together: colour alone never says which class it is. */
function classChip(size = "") {
  const swatch = el("span", { class: "swatch", "aria-hidden": "true" });
  const name = el("span", { class: "chip-name" });
  const node = el("span", { class: `chip ${size}` }, swatch, name);
  return {
    node,
    show(entry) {
      swatch.style.background = entry.colour;
      swatch.classList.toggle("hollow", entry === NO_CLASS);
      setText(name, entry.name);
      node.title = entry.name;
    },
  };
}

/* ---------- pictures ---------- */

const SMALL_PICTURE = 64;

/* Loaded and decoded once, the least recently used forgotten first. */
class Pictures {
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
          return true;
        },
        () => {
          this.kept.delete(url);
          return false;
        },
      );
    }
    this.kept.set(url, image);
    if (this.kept.size > this.limit) this.kept.delete(this.kept.keys().next().value);
    return image;
  }
}

/* A small picture in a frame of fixed size. The element stays, only its address changes. */
function thumbnail() {
  const image = el("img", { class: "thumbnail", alt: "", draggable: "false", decoding: "sync" });
  image.addEventListener("load", () => {
    image.classList.toggle("pixelated", Math.max(image.naturalWidth, image.naturalHeight) < SMALL_PICTURE);
    image.classList.remove("broken");
  });
  image.addEventListener("error", () => image.classList.add("broken"));
  return image;
}

function setAddress(image, url) {
  if (image.getAttribute("src") !== url) image.src = url;
}

/* The sample itself, whatever it is made of, in a frame whose size never depends on it. */
class Subject {
  constructor(study, pictures) {
    this.study = study;
    this.pictures = pictures;
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
    const image = this.pictures.get(pictureAddress(this.study, card.row, "full"));
    this.stage.replaceChildren(image);
    image.ready.then((readable) => {
      if (!readable && this.shown === card) {
        this.stage.replaceChildren(el("p", { class: "quiet", text: "This picture cannot be read. Exclude the sample, or skip it." }));
      }
    });
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

/* ---------- evidence: why a sample is suspect ---------- */

const NEIGHBOURS_AFTER = 80;

class Evidence {
  constructor({ study, pictures, onNeighbour, neighbours = 12 }) {
    this.study = study;
    this.pictures = pictures;
    this.onNeighbour = onNeighbour;
    this.given = classChip("large");
    this.suggested = classChip("large");
    this.score = el("span", { class: "number" });
    this.scoreBar = el("span", { class: "fill" });
    this.agreeWords = el("span", { class: "number" });
    this.squares = el("span", { class: "squares", "aria-hidden": "true" });
    this.neighbours = Array.from({ length: neighbours }, () => this.neighbour());
    this.modelSays = el("span", { class: "quiet source" });
    this.bars = [0, 1, 2].map(() => this.bar());
    this.labels = el("dl", { class: "facts" },
      el("dt", { text: "given" }), el("dd", {}, this.given.node),
      el("dt", { text: "looks like" }), el("dd", {}, this.suggested.node),
      el("dt", { text: "suspicion" }),
      el("dd", { class: "measure" }, this.score, el("span", { class: "track warm", "aria-hidden": "true" }, this.scoreBar)),
      el("dt", { text: "neighbours that agree" }), el("dd", { class: "measure" }, this.agreeWords, this.squares));
    this.nearest = el("div", { class: "neighbours", role: "group", "aria-label": "nearest neighbours, nearest first" },
      ...this.neighbours.map((one) => one.node));
    this.model = el("div", { class: "model" },
      el("div", { class: "model-title" }, el("span", { class: "title", text: "model" }), this.modelSays),
      ...this.bars.map((one) => one.node));
    this.node = el("div", { class: "evidence" }, this.labels, this.nearest, this.model);
  }

  neighbour() {
    const image = thumbnail();
    const chip = classChip("small");
    const one = { image, chip, value: null };
    one.node = button({ class: "neighbour", on: { click: () => this.onNeighbour(one.value) } }, image, chip.node);
    return one;
  }

  bar() {
    const chip = classChip("small");
    const fill = el("span", { class: "fill" });
    const number = el("span", { class: "number" });
    return { chip, fill, number, node: el("div", { class: "bar" }, chip.node, el("span", { class: "track" }, fill), number) };
  }

  show(card, classes) {
    this.given.show(classOf(classes, card.given));
    this.suggested.show(classOf(classes, card.suggested));
    this.suggested.node.classList.toggle("suspect", card.suggested !== card.given);
    setText(this.score, fraction(card.score));
    this.scoreBar.style.transform = `scaleX(${card.score})`;
    setText(this.agreeWords, `${card.agree} of ${card.of}`);
    this.showSquares(card.agree, card.of);
    this.neighbours.forEach((one, index) => this.showNeighbour(one, card.neighbours[index], card, classes));
    this.showPictures(card);
    setText(this.modelSays, card.modelSays ?? "");
    this.model.classList.toggle("without", card.model.length === 0);
    this.bars.forEach((one, index) => {
      const opinion = card.model[index];
      one.node.classList.toggle("absent", !opinion);
      if (!opinion) return;
      one.chip.show(classOf(classes, opinion.class));
      one.fill.style.transform = `scaleX(${opinion.p})`;
      one.fill.style.background = classOf(classes, opinion.class).colour;
      setText(one.number, fraction(opinion.p));
    });
  }

  showSquares(agree, of) {
    while (this.squares.childElementCount > of) this.squares.lastChild.remove();
    while (this.squares.childElementCount < of) this.squares.append(el("i"));
    [...this.squares.children].forEach((square, index) => square.classList.toggle("full", index < agree));
  }

  showNeighbour(one, neighbour, card, classes) {
    one.value = neighbour ?? null;
    one.node.classList.toggle("absent", !neighbour);
    if (!neighbour) return;
    const entry = classOf(classes, neighbour.label);
    one.chip.show(entry);
    one.node.setAttribute("aria-label", `look at neighbour ${neighbour.id}, labelled ${entry.name}`);
    one.node.classList.toggle("wordy", card.kind !== "picture");
  }

  /* Neighbours that are here are shown at once; others are asked for once the sample stays on screen, so that going
     fast through the queue does not crowd out the samples and the decisions. */
  showPictures(card) {
    this.rest();
    if (card.kind !== "picture") return;
    const missing = [];
    this.neighbours.forEach((one) => {
      if (!one.value) return;
      const url = pictureAddress(this.study, one.value.row, "thumb");
      if (this.pictures.has(url)) setAddress(one.image, url);
      else if (one.image.getAttribute("src") !== url) missing.push([one, url]);
    });
    for (const [one] of missing) one.image.removeAttribute("src");
    if (missing.length > 0) this.timer = setTimeout(() => missing.forEach(([one, url]) => setAddress(one.image, url)), NEIGHBOURS_AFTER);
  }

  rest() {
    clearTimeout(this.timer);
  }
}

/* ---------- keyboard ---------- */

function isTyping(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable=''], [contenteditable=true]") !== null;
}

function hasOwnKeys(target) {
  return target instanceof Element && target.closest("[role=slider], [role=listbox], [role=combobox], [role=tablist], [role=menu], [role=radiogroup], [role=grid], [role=application]") !== null;
}

/* Keys for the whole page while `root` is to be seen. They are caught before Streamlit's own shortcuts (R, C) see them, and
   left alone when they belong to something else: an input, a pressed button, another widget, a dialog, a modifier. */
function routeKeys(root, handle) {
  const listener = (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!root.isConnected || !root.checkVisibility()) return;
    const path = event.composedPath();
    const target = path[0];
    if (isTyping(target)) return;
    if (!path.includes(root) && (hasOwnKeys(target) || document.querySelector("[data-testid=stDialog], [aria-modal=true]"))) return;
    if ((event.key === "Enter" || event.key === " ") && target instanceof Element && target.closest("button, a[href], summary, [role=button]")) return;
    if (handle(event.key.length === 1 ? event.key.toLowerCase() : event.key, event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  window.addEventListener("keydown", listener, true);
  return () => window.removeEventListener("keydown", listener, true);
}

/* ---------- outbox: decisions on their way to the server ---------- */

const OUTBOX_BATCH = 60;
const OUTBOX_PATIENCE = 10_000;
const OUTBOX_LONGEST_PAUSE = 5_000;

class MemoryStorage {
  constructor() { this.kept = new Map(); }
  get length() { return this.kept.size; }
  key(index) { return [...this.kept.keys()][index] ?? null; }
  getItem(key) { return this.kept.get(key) ?? null; }
  setItem(key, value) { this.kept.set(key, value); }
  removeItem(key) { this.kept.delete(key); }
}

/* One entry per decision, so that two tabs never overwrite each other's list. A client is one life of one page: its numbers
   start at 1 and are never used twice, and what an earlier life left behind is sent first, under that life's name. */
class Outbox {
  constructor(study, { query, onAnswer, onState }) {
    this.study = study;
    this.prefix = `margin.outbox.${study}.`;
    this.query = query;
    this.onAnswer = onAnswer;
    this.onState = onState;
    this.client = uuid();
    this.seq = 0;
    this.pause = 0;
    this.timer = 0;
    this.sending = false;
    this.closed = false;
    this.failure = null;
    this.lasting = true;
    this.storage = this.openStorage();
    this.waiting = this.readLeftBehind();
    this.wake = () => { this.pause = 0; this.flush(); };
    this.farewell = () => this.sendLast();
    window.addEventListener("online", this.wake);
    window.addEventListener("pagehide", this.farewell);
  }

  openStorage() {
    try {
      const probe = `${this.prefix}probe`;
      window.localStorage.setItem(probe, "1");
      window.localStorage.removeItem(probe);
      return window.localStorage;
    } catch (reason) {
      console.warn("margin: this browser keeps nothing for this page; decisions wait in memory only.", reason);
      this.lasting = false;
      return new MemoryStorage();
    }
  }

  readLeftBehind() {
    const found = [];
    for (let index = 0; index < this.storage.length; index += 1) {
      const key = this.storage.key(index);
      if (!key.startsWith(this.prefix)) continue;
      found.push({ key, ...JSON.parse(this.storage.getItem(key)) });
    }
    return found.sort((a, b) => (a.decision.at < b.decision.at ? -1 : a.decision.at > b.decision.at ? 1 : a.decision.seq - b.decision.seq));
  }

  /* Several decisions made by one key travel in one request. */
  put(decisions, sender) {
    const at = new Date().toISOString();
    const entries = decisions.map((one) => {
      this.seq += 1;
      const entry = { client: this.client, ...sender, decision: { seq: this.seq, at, ...one } };
      return { key: `${this.prefix}${this.client}.${this.seq}`, ...entry };
    });
    for (const { key, ...entry } of entries) this.keep(key, entry);
    this.waiting.push(...entries);
    this.onState(this);
    this.flush();
    return entries.map((entry) => entry.decision);
  }

  keep(key, entry) {
    try {
      this.storage.setItem(key, JSON.stringify(entry));
    } catch (reason) {
      console.warn("margin: the browser's storage is full; this decision waits in memory only.", reason);
      this.lasting = false;
    }
  }

  /* The oldest decisions that share a sender; the order in which they were made is never changed. */
  nextBatch() {
    const first = this.waiting[0];
    const batch = [];
    for (const entry of this.waiting) {
      if (batch.length === OUTBOX_BATCH || entry.client !== first.client || entry.reviewer !== first.reviewer || entry.explanation !== first.explanation) break;
      batch.push(entry);
    }
    return batch;
  }

  request(batch) {
    const { client, reviewer, explanation } = batch[0];
    return {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Margin": "1" },
      body: JSON.stringify({ client, reviewer, explanation, decisions: batch.map((entry) => entry.decision) }),
    };
  }

  async flush() {
    if (this.sending || this.closed || this.waiting.length === 0) return;
    clearTimeout(this.timer);
    this.sending = true;
    const batch = this.nextBatch();
    try {
      const answer = await (await ask(address(this.study, `decisions${this.query()}`), { ...this.request(batch), signal: AbortSignal.timeout(OUTBOX_PATIENCE) })).json();
      this.settle(batch, answer);
      this.pause = 0;
      this.failure = null;
    } catch (reason) {
      this.failure = reason;
      this.pause = Math.min(Math.max(250, this.pause * 2), OUTBOX_LONGEST_PAUSE);
    }
    this.sending = false;
    if (this.closed) return;
    this.onState(this);
    if (this.waiting.length > 0) this.timer = setTimeout(() => this.flush(), this.pause);
  }

  settle(batch, answer) {
    const refused = new Map(answer.refused.map((one) => [one.seq, one.reason]));
    const settled = new Set([...answer.recorded, ...refused.keys()]);
    const done = batch.filter((entry) => settled.has(entry.decision.seq));
    if (done.length === 0) throw new Error("the server's answer names none of the decisions sent");
    for (const entry of done) this.storage.removeItem(entry.key);
    this.waiting = this.waiting.filter((entry) => !done.includes(entry));
    if (!this.closed) this.onAnswer(answer, done.filter((entry) => refused.has(entry.decision.seq)).map((entry) => ({ ...entry, reason: refused.get(entry.decision.seq) })));
  }

  /* Sending twice records once, so a page that is left tries once more without waiting for the answer. */
  sendLast() {
    if (this.waiting.length > 0) fetch(address(this.study, "decisions"), { ...this.request(this.nextBatch()), keepalive: true }).catch((reason) => console.warn("margin: the decisions stay in this browser.", reason));
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.wake);
    window.removeEventListener("pagehide", this.farewell);
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
