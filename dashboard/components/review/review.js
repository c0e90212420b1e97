/* Suspect labels: one sample after another by key, or a group of them at once.
   The next samples are here before they are asked for, so a key never waits for the server; the outbox sees to it that the server
   hears of every decision. Put after shared/shared.js. */

const READY = 12;
const RESERVE = 48;
const RUNNING_LOW = 24;
const GROUP_PAGE = 60;
const MOST_SKIPPED = 60;
const MINIMAP_POINTS = 20_000;
const MARK_TIME = 900;
const RETRY_AFTER = 2_000;
const AT_REST = 120;
const ZOOMS = [1, 2, 4];

const KEYS = [
  ["K", "keep the given label"],
  ["Enter", "relabel to what it looks like"],
  ["1 – 9, 0", "relabel to the class beside the key"],
  ["/", "type the class"],
  ["S", "skip for now"],
  ["X", "exclude the sample from the data set"],
  ["N", "write a note that goes with the decision"],
  ["U or Backspace", "undo the last decision"],
  ["→", "look at the next sample without deciding"],
  ["←", "look at the previous sample; before the first, at the last decisions"],
  ["Z", "zoom: whole picture, 2 times, 4 times (or the wheel)"],
  ["G", "grid: decide about a group that shares a suggestion"],
  ["Esc", "come back to the sample"],
  ["?", "this list"],
];

const GRID_KEYS = [
  ["Enter", "relabel all that are not left out"],
  ["K", "keep all that are not left out"],
  ["Space", "leave one out, or take it back in (or click)"],
  ["arrows", "move among the samples"],
  ["N, P", "next group, previous group"],
  ["U or Backspace", "undo the whole group"],
  ["G or Esc", "back to one sample at a time"],
];

class ReviewDesk {
  constructor(data) {
    this.data = data;
    this.classes = data.classes;
    this.pictures = new Pictures();
    this.cards = new Map();
    this.queue = [];
    this.position = 0;
    this.looking = null;
    this.history = [];
    this.actions = [];
    this.decided = new Set();
    this.progress = null;
    this.version = -1;
    this.told = -1;
    this.notes = new Map();
    this.mode = data.mode;
    this.loading = null;
    this.groups = [];
    this.group = null;
    this.members = [];
    this.leftOut = new Set();
    this.points = null;
    this.outbox = new Outbox(data.study, {
      query: () => this.queueQuery(READY),
      onAnswer: (answer, refused) => this.onAnswer(answer, refused),
      onState: () => this.showConnection(),
    });
    for (const entry of this.outbox.waiting) this.remember(entry.decision);
    this.build();
    this.stopKeys = routeKeys(this.node, (key, event) => this.onKey(key, event));
    this.start();
  }

  /* ----- life ----- */

  async start() {
    this.setPlace("loading");
    await this.outbox.flush();
    await this.load();
  }

  update(data) {
    const before = this.data;
    this.data = data;
    this.classes = data.classes;
    if (before.mode !== data.mode && data.mode !== this.mode) this.setMode(data.mode);
    if (before.selection !== data.selection || before.explanation !== data.explanation) {
      this.queue = [];
      this.position = 0;
      this.looking = null;
      this.setPlace("loading");
      this.load();
      return;
    }
    if (JSON.stringify(before.classes) !== JSON.stringify(data.classes)) {
      this.buildClassButtons();
      this.show();
    }
    if (this.current()) this.ring(this.current());
  }

  destroy() {
    this.gone = true;
    this.stopKeys();
    clearTimeout(this.retry);
    clearTimeout(this.markTimer);
    clearTimeout(this.tellTimer);
    clearTimeout(this.restTimer);
    this.evidence.rest();
    this.outbox.close();
  }

  /* ----- server ----- */

  queueQuery(limit, more = {}) {
    const query = new URLSearchParams({ limit, ...(this.data.selection ? { selection: this.data.selection } : {}), ...more });
    return `?${query}`;
  }

  url(path) {
    return address(this.data.study, path);
  }

  /* Without `skip` the server answers its present order; with it, what comes after the samples already here. */
  async load() {
    clearTimeout(this.retry);
    const ticket = (this.loading = {});
    try {
      const skip = this.queue.slice(-MOST_SKIPPED).map((card) => card.row);
      const answer = await getJson(this.url(`queue${this.queueQuery(RESERVE, skip.length ? { skip } : {})}`));
      if (ticket !== this.loading || this.gone) return;
      this.loading = null;
      this.unreachable = null;
      this.accept(answer);
      this.queue.push(...this.fresh(answer.cards, this.queue));
      if (this.mode === "one") this.show();
      else if (this.place !== "grid") await this.openGroups();
      this.loadPoints();
    } catch (reason) {
      if (ticket !== this.loading || this.gone) return;
      this.loading = null;
      this.onUnreachable(reason, () => this.load());
    }
  }

  accept(answer) {
    if (answer.version < this.version) return;
    this.version = answer.version;
    this.progress = answer.progress;
    this.history = answer.history;
    for (const card of answer.cards) this.remember(card);
  }

  remember(one) {
    if (one.neighbours) {
      this.cards.delete(one.row);
      this.cards.set(one.row, one);
      if (this.cards.size > 400) this.cards.delete(this.cards.keys().next().value);
    } else if (one.verdict === "undo") {
      this.decided.delete(one.row);
    } else {
      this.decided.add(one.row);
    }
  }

  fresh(cards, without) {
    const here = new Set(without.map((card) => card.row));
    return cards.filter((card) => !here.has(card.row) && !this.decided.has(card.row));
  }

  /* The sample on screen and the one after it stay; what follows is the server's new order, then the reserve it did not mention. */
  onAnswer(answer, refused) {
    this.accept(answer);
    for (const one of refused) this.onRefused(one);
    const kept = this.queue.slice(0, this.position + 2);
    const next = this.fresh(answer.cards, kept);
    const reserve = this.fresh(this.queue.slice(this.position + 2), [...kept, ...next]);
    this.queue = [...kept, ...next, ...reserve];
    this.prepare();
    this.showHeader();
    this.showStrip();
    if (this.mode === "grid") this.refreshGroups().catch((reason) => console.warn("margin: the list of groups is not refreshed.", reason));
    else if (this.place !== "one" && this.queue.length > 0) this.show();
    this.refill();
    this.tell();
  }

  refill() {
    if (this.mode === "one" && this.queue.length - this.position < RUNNING_LOW && !this.loading && this.queue.length < this.open()) this.load();
  }

  open() {
    return this.progress ? this.progress.suspects - this.counted().decided : 0;
  }

  onRefused({ decision, reason }) {
    this.decided.delete(decision.row);
    this.actions = this.actions.map((rows) => rows.filter((row) => row !== decision.row)).filter((rows) => rows.length > 0);
    const words = decision.verdict === "undo" ? "undo" : verdictWords(this.classes, decision);
    const message = el("div", { class: "refused" },
      el("span", {}, el("strong", { text: `${decision.id} was not ${decision.verdict === "undo" ? "undone" : words}. ` }), document.createTextNode(reason)));
    message.append(button({ class: "link", text: "look at it", on: { click: () => this.visit(decision.row) } }),
      button({ class: "link", text: "dismiss", on: { click: () => message.remove() } }));
    this.messages.append(message);
    while (this.messages.childElementCount > 3) this.messages.firstChild.remove();
  }

  onUnreachable(reason, again) {
    this.unreachable = reason;
    const here = this.mode === "grid" ? this.members.length : this.queue.length - this.position;
    if (here <= 0) this.setPlace("unreachable");
    this.showConnection();
    this.retry = setTimeout(again, RETRY_AFTER);
  }

  /* Python learns that something was saved when the hands rest, so that its counts follow without a rerun per key. */
  tell() {
    clearTimeout(this.tellTimer);
    this.tellTimer = setTimeout(() => {
      if (this.outbox.waiting.length > 0 || this.version === this.told) return;
      this.told = this.version;
      this.send("saved", { version: this.version });
    }, 1_500);
  }

  async card(row) {
    const known = this.cards.get(row);
    if (known) return known;
    const { cards } = await getJson(this.url(`cards?rows=${row}`));
    for (const card of cards) this.remember(card);
    return cards[0];
  }

  /* ----- what is on screen ----- */

  current() {
    return this.looking ?? this.queue[this.position] ?? null;
  }

  /* While keys come fast only the samples themselves are fetched; their neighbours follow when the hands rest. */
  prepare() {
    const ahead = this.queue.slice(this.position, this.position + READY).filter((card) => card.kind === "picture");
    for (const card of ahead) this.pictures.get(pictureAddress(this.data.study, card.row, "full"), "high");
    clearTimeout(this.restTimer);
    this.restTimer = setTimeout(() => {
      for (const card of ahead.slice(0, 3)) {
        for (const one of card.neighbours) this.pictures.get(pictureAddress(this.data.study, one.row, "thumb"), "low");
      }
    }, AT_REST);
  }

  show() {
    this.showHeader();
    if (this.mode === "grid") {
      this.showGroup();
      return;
    }
    const card = this.current();
    if (!card) {
      this.showNothing();
      return;
    }
    this.setPlace("one");
    if (this.node.dataset.row !== String(card.row) || this.neighbour) this.showSubject(card);
    this.evidence.show(card, this.classes);
    this.showButtons(card);
    this.showBanner(card);
    this.ring(card);
    this.showNote(card);
    this.node.dataset.row = card.row;
    this.showStrip();
    this.prepare();
  }

  showSubject(card) {
    this.neighbour = null;
    this.subject.show(card, `sample ${card.id}, given ${classOf(this.classes, card.given).name}`);
    setText(this.caption, `#${card.id}`);
    setText(this.captionRank, card.rank ? `rank ${count(card.rank)}` : "");
    this.frame.classList.remove("visiting");
    this.zoom.reset();
  }

  showNeighbour(neighbour) {
    const card = this.current();
    this.neighbour = neighbour;
    const name = classOf(this.classes, neighbour.label).name;
    this.subject.show({ ...card, kind: card.kind, row: neighbour.row, id: neighbour.id }, `neighbour ${neighbour.id}, labelled ${name}`);
    setText(this.caption, `neighbour #${neighbour.id}`);
    setText(this.captionRank, `labelled ${name}`);
    this.frame.classList.add("visiting");
    this.zoom.reset();
    this.banner.replaceChildren(el("span", { text: "a neighbour of the sample" }),
      button({ class: "link", text: "back (Esc)", on: { click: () => this.comeBack() } }));
  }

  async lookAtNeighbour(neighbour) {
    if (this.current().kind === "picture") {
      this.showNeighbour(neighbour);
      return;
    }
    const card = await this.card(neighbour.row);
    this.showNeighbour(neighbour);
    this.subject.show(card, `neighbour ${neighbour.id}`);
  }

  comeBack() {
    if (this.neighbour) {
      this.neighbour = null;
      delete this.node.dataset.row;
      this.show();
      return true;
    }
    if (this.looking) {
      this.looking = null;
      this.show();
      return true;
    }
    return false;
  }

  showButtons(card) {
    const suggested = classOf(this.classes, card.suggested);
    const settled = card.suggested === card.given || card.suggested < 0;
    setText(this.relabelButton.querySelector(".words"), settled ? "no other class is likelier" : `relabel to ${suggested.name}`);
    this.relabelButton.title = settled ? "It looks like its given label" : `relabel to ${suggested.name}`;
    this.relabelButton.disabled = settled;
    setText(this.keepButton.querySelector(".words"), card.given < 0 ? "keep without a label" : `keep ${classOf(this.classes, card.given).name}`);
    for (const one of this.classButtons) {
      one.node.classList.toggle("is-given", one.label === card.given);
      one.node.classList.toggle("is-suggested", one.label === card.suggested && !settled);
    }
    this.previousButton.disabled = this.position === 0 && !this.looking && this.recent().length === 0;
    this.nextButton.disabled = !this.looking && this.position + 1 >= this.queue.length;
  }

  showBanner(card) {
    const made = this.madeFor(card);
    this.banner.replaceChildren();
    if (!this.looking) return;
    this.banner.append(el("span", { text: made ? `${verdictWords(this.classes, made)}: decide again, or` : "not decided" }));
    if (made) this.banner.append(button({ class: "link", text: "undo this one (U)", on: { click: () => this.undo(card.row) } }));
    this.banner.append(button({ class: "link", text: "back (Esc)", on: { click: () => this.comeBack() } }));
  }

  madeFor(card) {
    return this.recent().find((one) => one.row === card.row) ?? (this.decided.has(card.row) ? card.decision : null);
  }

  showHeader() {
    const progress = this.counted();
    if (!progress) return;
    setText(this.progressWords, `${count(progress.suspects)} ${progress.suspects === 1 ? "suspect" : "suspects"}`);
    setText(this.decidedWords, `${count(progress.decided)} decided`);
    setText(this.relabelledWords, `${count(progress.relabelled)} relabelled`);
    this.meter.setAttribute("aria-valuenow", progress.decided);
    this.meter.setAttribute("aria-valuemax", progress.suspects);
    this.meterFill.style.transform = `scaleX(${progress.suspects ? Math.min(1, progress.decided / progress.suspects) : 0})`;
    this.undoButton.disabled = this.recent().length === 0;
    this.showConnection();
  }

  /* What the server last said, and what is on its way there. */
  counted() {
    if (!this.progress) return null;
    const counted = { ...this.progress };
    const field = { relabel: "relabelled", keep: "kept", exclude: "excluded", skip: "skipped" };
    const made = new Map(this.history.map((one) => [one.row, one.verdict]));
    for (const { decision } of this.outbox.waiting) {
      const before = made.get(decision.row);
      if (before) { counted[field[before]] -= 1; counted.decided -= 1; }
      if (decision.verdict === "undo") { made.delete(decision.row); continue; }
      counted[field[decision.verdict]] += 1;
      counted.decided += 1;
      made.set(decision.row, decision.verdict);
    }
    return counted;
  }

  showConnection() {
    const waiting = this.outbox.waiting.length;
    const trouble = this.outbox.failure !== null || this.unreachable;
    this.connection.dataset.state = waiting > 0 ? (trouble ? "trouble" : "waiting") : trouble ? "trouble" : "saved";
    const where = this.outbox.lasting ? "" : ", keep this tab open";
    setText(this.connectionWords, waiting > 0 ? `${waiting} waiting to be saved${where}` : trouble ? "no connection" : "saved");
    this.connection.title = trouble ? "The server does not answer. Decisions are kept in this browser and sent again." : "";
  }

  /* Newest first: what waits, then what the server has. An undo on its way cancels the newest decision before it. */
  recent() {
    const cancelled = new Map();
    const found = [];
    const take = (one) => {
      if (one.verdict === "undo") cancelled.set(one.row, (cancelled.get(one.row) ?? 0) + 1);
      else if (cancelled.get(one.row)) cancelled.set(one.row, cancelled.get(one.row) - 1);
      else found.push(one);
    };
    const waiting = this.outbox.waiting;
    for (let index = waiting.length - 1; index >= 0; index -= 1) take({ client: waiting[index].client, ...waiting[index].decision });
    for (const one of this.history) if (one.verdict !== "undo") take(one);
    return found.slice(0, 10);
  }

  showStrip() {
    const made = this.recent();
    this.strip.classList.toggle("bare", made.length === 0);
    const before = this.stripItems;
    this.stripItems = new Map();
    for (const one of made) {
      const name = `${one.client ?? this.outbox.client} ${one.seq}`;
      this.stripItems.set(name, before.get(name) ?? this.stripItem(one));
    }
    for (const node of this.stripItems.values()) node.classList.toggle("current", Number(node.dataset.row) === this.looking?.row);
    const nodes = [...this.stripItems.values()];
    if (nodes.length !== this.stripList.childElementCount || nodes.some((node, index) => node !== this.stripList.children[index])) this.stripList.replaceChildren(...nodes);
  }

  /* The picture it was decided on, which the browser still has. */
  stripItem(one) {
    const words = verdictWords(this.classes, one);
    const image = thumbnail();
    setAddress(image, pictureAddress(this.data.study, one.row, this.pictures.has(pictureAddress(this.data.study, one.row, "full")) ? "full" : "thumb"));
    return button({
      class: "made", title: `${one.id}: ${words}`, "aria-label": `${one.id} ${words}: look at it again`, "data-verdict": one.verdict, "data-row": one.row,
      on: { click: () => this.visit(one.row) },
    }, image, el("span", { class: "words", text: one.verdict === "relabel" ? `→ ${classOf(this.classes, one.label).name}` : words }));
  }

  showNothing() {
    delete this.node.dataset.row;
    this.showHeader();
    this.showStrip();
    if (this.loading || this.unreachable) {
      this.setPlace(this.unreachable ? "unreachable" : "loading");
      return;
    }
    if (this.position > 0) {
      this.position = 0;
      this.show();
      return;
    }
    const progress = this.counted();
    if (this.mode === "grid" && this.open() > 0) {
      setText(this.emptyTitle, "No group to decide at once");
      setText(this.emptyWords, "The suspects that are left share no suggestion. Press G to look at them one by one.");
      this.setPlace("empty");
      return;
    }
    if (progress && this.open() > 0 && !this.data.selection) {
      this.setPlace("loading");
      this.retry = setTimeout(() => this.load(), RETRY_AFTER);
      return;
    }
    const finished = progress && progress.decided > 0;
    setText(this.emptyTitle, finished ? "Every suspect is decided" : "No suspect labels here");
    setText(this.emptyWords, finished
      ? `${count(progress.relabelled)} relabelled, ${count(progress.kept)} kept, ${count(progress.excluded)} excluded, ${count(progress.skipped)} skipped. Export the corrections, or look again at the last decisions below.`
      : this.data.selection
        ? "None of the selected samples is suspect. Select others on the map, or review the whole queue."
        : "Every label agrees with its neighbourhood. Look at the map or at odd samples next.");
    this.setPlace("empty");
  }

  setPlace(place) {
    this.place = place;
    this.node.dataset.place = place;
    this.node.setAttribute("aria-busy", place === "loading");
    if (place !== "unreachable" && place !== "loading") {
      this.unreachable = null;
      clearTimeout(this.retry);
    }
    setText(this.unreachableWords, this.outbox.waiting.length > 0
      ? `Nothing is lost: ${this.outbox.waiting.length} decisions are kept in this browser and sent as soon as it answers.`
      : "Nothing is lost. The queue comes back as soon as it answers.");
  }

  /* ----- deciding ----- */

  decide(verdict, label = null) {
    const card = this.current();
    if (!card || this.place !== "one") return;
    this.comeBackFromNeighbour();
    this.dispatch([{ card, verdict, label }]);
    this.mark(verdictWords(this.classes, { verdict, label }), verdict);
    this.say(`${card.id} ${verdictWords(this.classes, { verdict, label })}`);
    this.looking = null;
    this.show();
    this.refill();
  }

  dispatch(choices) {
    const decisions = choices.map(({ card, verdict, label }) => ({
      row: card.row, id: card.id, verdict, label, note: this.noteFor(card), score: card.score,
    }));
    const rows = choices.map(({ card }) => card.row);
    for (const card of choices.map((one) => one.card)) this.cards.set(card.row, card);
    for (const decision of decisions) this.remember(decision);
    const gone = new Set(rows);
    const before = this.queue.slice(0, this.position).filter((card) => gone.has(card.row)).length;
    this.queue = this.queue.filter((card) => !gone.has(card.row));
    this.position = Math.max(0, Math.min(this.position - before, this.queue.length - 1));
    this.actions.push(rows);
    if (this.actions.length > 100) this.actions.shift();
    this.outbox.put(decisions, this.sender());
  }

  sender() {
    return { reviewer: this.data.reviewer, explanation: this.data.explanation };
  }

  relabelTo(label) {
    const card = this.current();
    if (!card) return;
    if (label === card.given) this.decide("keep");
    else this.decide("relabel", label);
  }

  async undo(row) {
    if (row === undefined && this.looking && this.madeFor(this.looking)) row = this.looking.row;
    const rows = row !== undefined ? [row] : (this.actions.at(-1) ?? this.recent().slice(0, 1).map((one) => one.row));
    if (rows.length === 0) return;
    const gone = new Set(rows);
    let cards;
    try {
      cards = await Promise.all(rows.map((one) => this.card(one)));
    } catch (reason) {
      this.onUnreachable(reason, () => this.load());
      this.say("cannot undo: the server does not answer");
      return;
    }
    this.forgetAction(row);
    this.outbox.put([...cards].reverse().map((card) => ({ row: card.row, id: card.id, verdict: "undo", label: null, note: "", score: card.score })), this.sender());
    const restored = cards.map((card) => ({ ...card, decision: null }));
    for (const card of restored) { this.remember({ row: card.row, verdict: "undo" }); this.cards.set(card.row, card); }
    this.queue = [...restored, ...this.queue.filter((card) => !gone.has(card.row))];
    this.position = 0;
    this.looking = null;
    this.neighbour = null;
    delete this.node.dataset.row;
    const words = cards.length === 1 ? `${cards[0].id} undone` : `${cards.length} undone`;
    this.mark(words, "undo");
    this.say(words);
    if (this.mode === "grid") this.restoreGroup(restored);
    else this.show();
  }

  forgetAction(row) {
    const index = row === undefined ? this.actions.length - 1 : this.actions.findLastIndex((made) => made.includes(row));
    if (index < 0) return;
    const rest = row === undefined ? [] : this.actions[index].filter((one) => one !== row);
    this.actions.splice(index, 1, ...(rest.length > 0 ? [rest] : []));
  }

  async visit(row) {
    if (row === undefined) return;
    try {
      const card = await this.card(row);
      if (this.mode === "grid") this.setMode("one");
      this.neighbour = null;
      this.looking = this.queue[this.position]?.row === row ? null : card;
      delete this.node.dataset.row;
      this.show();
    } catch (reason) {
      this.onUnreachable(reason, () => this.load());
    }
  }

  step(by) {
    this.comeBackFromNeighbour();
    const made = this.recent();
    const at = this.looking ? made.findIndex((one) => one.row === this.looking.row) : -1;
    if (this.looking) {
      if (by > 0 && at <= 0) this.looking = null;
      else if (made[at - by]) { this.visit(made[at - by].row); return; }
    } else if (by < 0 && this.position === 0) {
      if (made.length > 0) this.visit(made[0].row);
      return;
    } else {
      this.position = Math.max(0, Math.min(this.position + by, this.queue.length - 1));
    }
    this.show();
    this.refill();
  }

  comeBackFromNeighbour() {
    if (!this.neighbour) return;
    this.neighbour = null;
    delete this.node.dataset.row;
  }

  mark(words, verdict) {
    clearTimeout(this.markTimer);
    setText(this.markNode, words);
    this.markNode.dataset.verdict = verdict;
    this.markNode.classList.add("seen");
    this.markTimer = setTimeout(() => this.markNode.classList.remove("seen"), MARK_TIME);
  }

  say(words) {
    setText(this.live, words);
  }

  /* ----- keys ----- */

  onKey(key, event) {
    if (this.help.open) {
      if (key !== "?") return false;
      this.help.close();
      return true;
    }
    if (key === "?") { this.openHelp(); return true; }
    if (key === "g") { if (!event.repeat) this.setMode(this.mode === "grid" ? "one" : "grid"); return true; }
    if (key === "u" || key === "Backspace") { if (!event.repeat) this.undo(); return true; }
    return this.mode === "grid" ? this.onGridKey(key, event) : this.onOneKey(key, event);
  }

  onOneKey(key, event) {
    if (key === "Escape") return this.comeBack();
    if (key === "ArrowLeft") { this.step(-1); return true; }
    if (key === "ArrowRight") { this.step(1); return true; }
    const run = this.runFor(key);
    if (!run) return key === "r" || key === "c";
    /* A key held down would decide about samples that nobody looked at. */
    if (!event.repeat) run();
    return true;
  }

  runFor(key) {
    const fixed = {
      k: () => this.decide("keep"),
      Enter: () => this.relabelToSuggestion(),
      s: () => this.decide("skip"),
      x: () => this.decide("exclude"),
      n: () => this.openNote(),
      z: () => this.zoom.next(),
      "/": () => this.openTyping(),
    };
    if (fixed[key]) return fixed[key];
    const label = this.classes.findIndex((one) => one.key === key);
    return label >= 0 ? () => this.relabelTo(label) : null;
  }

  relabelToSuggestion() {
    const card = this.current();
    if (card && !this.relabelButton.disabled) this.decide("relabel", card.suggested);
  }

  openHelp() {
    this.help.showModal();
  }

  /* ----- note and typed class ----- */

  noteFor(card) {
    return this.notes.get(card.row) ?? card.note;
  }

  showNote(card) {
    const note = this.noteFor(card);
    setText(this.noteText, note ? `note: ${note}` : "");
  }

  openNote() {
    if (this.place !== "one") return;
    this.noted = this.current();
    this.noteForm.hidden = false;
    this.noteInput.value = this.noteFor(this.noted);
    this.noteInput.focus();
  }

  closeNote(keep) {
    if (keep) this.notes.set(this.noted.row, this.noteInput.value.trim());
    this.noteForm.hidden = true;
    if (this.current()) this.showNote(this.current());
    this.work.focus({ preventScroll: true });
  }

  openTyping() {
    if (this.place !== "one") return;
    this.typing.hidden = false;
    this.typed.value = "";
    this.filterClasses();
    this.typed.focus();
  }

  closeTyping() {
    this.typing.hidden = true;
    this.work.focus({ preventScroll: true });
  }

  filterClasses() {
    const wanted = this.typed.value.trim().toLowerCase();
    const named = this.classes.map((entry, label) => ({ entry, label, name: entry.name.toLowerCase() })).filter((one) => one.name.includes(wanted));
    named.sort((a, b) => Number(b.name.startsWith(wanted)) - Number(a.name.startsWith(wanted)) || a.label - b.label);
    this.offered = named.slice(0, 50);
    this.chosen = 0;
    this.offers.replaceChildren(...this.offered.map(({ entry, label }, index) => {
      const chip = classChip();
      chip.show(entry);
      return el("li", { role: "option", id: `offer-${index}`, on: { pointerdown: (event) => event.preventDefault(), click: () => this.takeOffer(label) } }, chip.node);
    }));
    if (this.offered.length === 0) this.offers.append(el("li", { class: "quiet", role: "option", "aria-disabled": "true", text: "no class has this in its name" }));
    this.showChosen();
  }

  showChosen() {
    [...this.offers.children].forEach((node, index) => {
      node.setAttribute("aria-selected", index === this.chosen && this.offered.length > 0);
      if (index === this.chosen) node.scrollIntoView({ block: "nearest" });
    });
    if (this.offered.length > 0) this.typed.setAttribute("aria-activedescendant", `offer-${this.chosen}`);
    else this.typed.removeAttribute("aria-activedescendant");
  }

  takeOffer(label) {
    this.closeTyping();
    this.relabelTo(label);
  }

  onTypingKey(event) {
    event.stopPropagation();
    if (event.key === "Escape") this.closeTyping();
    else if (event.key === "Enter") { if (this.offered[this.chosen]) this.takeOffer(this.offered[this.chosen].label); }
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const by = event.key === "ArrowDown" ? 1 : -1;
      this.chosen = Math.max(0, Math.min(this.chosen + by, this.offered.length - 1));
      this.showChosen();
    } else return;
    event.preventDefault();
  }

  /* ----- groups ----- */

  setMode(mode) {
    this.mode = mode;
    setText(this.modeButton.querySelector(".words"), mode === "grid" ? "single" : "grid");
    if (mode === "grid") {
      this.setPlace("loading");
      this.openGroups();
    } else {
      delete this.node.dataset.row;
      this.show();
      this.refill();
    }
  }

  async openGroups(wanted) {
    try {
      const { groups } = await getJson(this.url("groups"));
      if (this.mode !== "grid" || this.gone) return;
      this.groups = groups;
      this.unreachable = null;
      await this.openGroup(groups.find((one) => wanted && one.given === wanted.given && one.suggested === wanted.suggested) ?? groups[0] ?? null);
    } catch (reason) {
      this.members = [];
      this.onUnreachable(reason, () => this.openGroups(wanted));
    }
  }

  async openGroup(group) {
    this.group = group;
    this.leftOut = new Set();
    this.members = [];
    if (group) {
      const more = { given: group.given, suggested: group.suggested };
      const answer = await getJson(this.url(`queue${this.queueQuery(GROUP_PAGE, more)}`));
      if (this.group !== group || this.mode !== "grid") return;
      this.accept(answer);
      this.members = answer.cards.filter((card) => !this.decided.has(card.row));
      if (this.members.length === 0) this.groups = this.groups.filter((one) => one !== group);
    }
    this.focused = 0;
    if (group && this.members.length === 0 && this.groups.length > 0) await this.openGroup(this.groups[0]);
    else this.show();
  }

  restoreGroup(cards) {
    const { given, suggested } = cards[0];
    this.group = this.groups.find((one) => one.given === given && one.suggested === suggested) ?? null;
    if (!this.group) {
      this.group = { given, suggested, count: 0 };
      this.groups = [this.group, ...this.groups];
    }
    this.group.count = Math.max(this.group.count, cards.length);
    this.members = cards.filter((card) => card.given === given && card.suggested === suggested);
    this.leftOut = new Set();
    this.focused = 0;
    this.show();
  }

  showGroup() {
    this.showHeader();
    this.showStrip();
    if (!this.group || this.members.length === 0) {
      this.showNothing();
      return;
    }
    this.setPlace("grid");
    this.showGroupList();
    this.memberList.replaceChildren(...this.members.map((card, index) => this.member(card, index)));
    this.groupGiven.show(classOf(this.classes, this.group.given));
    this.groupSuggested.show(classOf(this.classes, this.group.suggested));
    this.showTaken();
  }

  showGroupList() {
    this.groupList.replaceChildren(...this.groups.map((group) => this.groupItem(group)));
  }

  /* Corrected labels change what others look like: the list follows once everything decided here is saved. */
  async refreshGroups() {
    if (this.outbox.waiting.length > 0) return;
    const { groups } = await getJson(this.url("groups"));
    if (this.outbox.waiting.length > 0 || this.mode !== "grid" || this.gone) return;
    const again = this.group && groups.find((one) => one.given === this.group.given && one.suggested === this.group.suggested);
    this.groups = again || !this.group ? groups : [this.group, ...groups];
    this.group = again ?? this.group;
    if (this.place === "grid") this.showGroupList();
    else if (this.place === "empty" && groups.length > 0) await this.openGroup(groups[0]);
  }

  groupItem(group) {
    const [given, suggested] = [classChip("small"), classChip("small")];
    given.show(classOf(this.classes, group.given));
    suggested.show(classOf(this.classes, group.suggested));
    return button({ class: "group", "aria-pressed": String(group === this.group), on: { click: () => this.openGroup(group) } },
      given.node, el("span", { class: "quiet", text: "→" }), suggested.node, el("span", { class: "number", text: count(group.count) }));
  }

  member(card, index) {
    const image = thumbnail();
    const node = el("div", {
      class: "member", role: "option", tabindex: index === this.focused ? "0" : "-1",
      on: { pointerdown: (event) => event.preventDefault(), click: () => { this.focused = index; this.toggle(card); } },
    });
    if (card.kind === "picture") setAddress(image, pictureAddress(this.data.study, card.row, "thumb"));
    node.append(card.kind === "picture" ? image : el("span", { class: "prose", text: card.text ?? card.values.map((pair) => pair.join(" ")).join("\n") }),
      el("span", { class: "quiet", text: `#${card.id}` }), el("span", { class: "quiet number", text: fraction(card.score) }));
    node.setAttribute("aria-label", `${card.id}, suspicion ${fraction(card.score)}`);
    return node;
  }

  showTaken() {
    [...this.memberList.children].forEach((node, index) => {
      const out = this.leftOut.has(this.members[index].row);
      node.classList.toggle("out", out);
      node.setAttribute("aria-selected", String(!out));
      node.tabIndex = index === this.focused ? 0 : -1;
    });
    const taken = this.members.length - this.leftOut.size;
    const target = classOf(this.classes, this.group.suggested).name;
    setText(this.groupRelabel.querySelector(".words"), `relabel ${taken} to ${target}`);
    setText(this.groupKeep.querySelector(".words"), `keep ${taken} as ${classOf(this.classes, this.group.given).name}`);
    setText(this.groupWords, this.leftOut.size > 0 ? `${this.leftOut.size} left out` : "Space or a click leaves one out");
    this.groupRelabel.disabled = this.groupKeep.disabled = taken === 0;
  }

  toggle(card) {
    if (!this.leftOut.delete(card.row)) this.leftOut.add(card.row);
    this.showTaken();
  }

  decideGroup(verdict) {
    const taken = this.members.filter((card) => !this.leftOut.has(card.row));
    if (taken.length === 0 || this.place !== "grid") return;
    const label = verdict === "relabel" ? this.group.suggested : null;
    this.dispatch(taken.map((card) => ({ card, verdict, label })));
    this.say(`${taken.length} ${verdictWords(this.classes, { verdict, label })}`);
    this.group.count -= taken.length;
    const done = this.group;
    const place = this.groups.indexOf(done);
    if (done.count <= 0) this.groups = this.groups.filter((one) => one !== done);
    const rest = this.groups.filter((one) => one !== done);
    const next = this.groups[Math.min(place + (done.count > 0 ? 1 : 0), this.groups.length - 1)];
    if (rest.length === 0) {
      this.members = [];
      this.group = null;
      this.show();
      return;
    }
    this.openGroup(next === done ? rest[0] : next).catch((reason) => this.onUnreachable(reason, () => this.openGroups()));
  }

  onGridKey(key, event) {
    if (key === "Escape") { this.setMode("one"); return true; }
    if (this.place !== "grid") return false;
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns(), ArrowDown: this.columns() };
    if (key in moves) { this.focusMember(this.focused + moves[key]); return true; }
    const runs = {
      Enter: () => this.decideGroup("relabel"),
      k: () => this.decideGroup("keep"),
      " ": () => this.toggle(this.members[this.focused]),
      n: () => this.stepGroup(1),
      p: () => this.stepGroup(-1),
    };
    if (!runs[key]) return key === "r" || key === "c";
    if (!event.repeat) runs[key]();
    return true;
  }

  stepGroup(by) {
    const at = this.groups.indexOf(this.group) + by;
    if (this.groups[at]) this.openGroup(this.groups[at]).catch((reason) => this.onUnreachable(reason, () => this.openGroups()));
  }

  columns() {
    return getComputedStyle(this.memberList).gridTemplateColumns.split(" ").length;
  }

  focusMember(index) {
    this.focused = Math.max(0, Math.min(index, this.members.length - 1));
    this.showTaken();
    this.memberList.children[this.focused].focus();
  }

  /* ----- small map ----- */

  async loadPoints() {
    // A card without a place was made before the map was laid out.
    if (this.points || this.pointsAsked || !this.queue.some((card) => card.x !== null)) return;
    this.pointsAsked = true;
    try {
      this.points = new Float32Array(await getBytes(this.url("points")));
      this.drawMap();
    } catch (reason) {
      this.pointsAsked = false;
      console.warn("margin: the small map has no points yet.", reason);
    }
  }

  drawMap() {
    const size = this.mapBase.width;
    const paint = this.mapBase.getContext("2d");
    paint.clearRect(0, 0, size, size);
    paint.fillStyle = "#8a8f98";
    const n = this.points.length / 2;
    const step = Math.max(1, Math.ceil(n / MINIMAP_POINTS));
    const dot = n / step > 5_000 ? 2 : 3;
    paint.globalAlpha = n / step > 5_000 ? 0.35 : 0.55;
    for (let row = 0; row < n; row += step) paint.fillRect(this.mapX(row) - dot / 2, this.mapY(row) - dot / 2, dot, dot);
    const card = this.current();
    if (card) this.ring(card);
  }

  mapX(row) { return (0.5 + this.points[2 * row] * 0.47) * this.mapBase.width; }
  mapY(row) { return (0.5 - this.points[2 * row + 1] * 0.47) * this.mapBase.width; }

  ring(card) {
    const paint = this.mapRing.getContext("2d");
    const size = this.mapRing.width;
    paint.clearRect(0, 0, size, size);
    if (!this.points) return;
    const ink = getComputedStyle(this.node).color;
    for (const one of card.neighbours) {
      paint.beginPath();
      paint.arc(this.mapX(one.row), this.mapY(one.row), 5, 0, 7);
      paint.fillStyle = classOf(this.classes, one.label).colour;
      paint.fill();
    }
    paint.beginPath();
    paint.arc(this.mapX(card.row), this.mapY(card.row), 11, 0, 7);
    paint.strokeStyle = ink;
    paint.lineWidth = 4;
    paint.stroke();
  }

  /* ----- elements, made once ----- */

  build() {
    this.live = el("div", { class: "unseen", "aria-live": "polite" });
    this.messages = el("div", { class: "messages", role: "status" });
    this.work = el("div", { class: "work", tabindex: "-1" });
    this.node = el("section", { class: "margin desk", "aria-label": "suspect labels" },
      this.buildHeader(), this.messages, this.work, this.live, this.buildHelp());
    this.work.append(this.buildOne(), this.buildGrid(), this.buildSkeleton(), this.buildEmpty(), this.buildUnreachable(), this.buildStrip());
    this.setPlace("loading");
  }

  buildHeader() {
    this.progressWords = el("strong", { text: "suspects" });
    this.decidedWords = el("span");
    this.relabelledWords = el("span");
    this.meterFill = el("span", { class: "fill" });
    this.meter = el("div", { class: "meter", role: "progressbar", "aria-label": "suspects decided", "aria-valuemin": "0" }, this.meterFill);
    this.connectionWords = el("span");
    this.connection = el("span", { class: "connection", role: "status" }, el("i", { "aria-hidden": "true" }), this.connectionWords);
    this.undoButton = keyButton("U", "undo", () => this.undo(), { class: "key-button plain" });
    this.modeButton = keyButton("G", this.mode === "grid" ? "single" : "grid", () => this.setMode(this.mode === "grid" ? "one" : "grid"), { class: "key-button plain" });
    return el("header", { class: "head" },
      el("div", { class: "counts" }, this.progressWords, this.decidedWords, this.relabelledWords),
      this.meter, this.connection,
      el("div", { class: "tools" }, this.undoButton, this.modeButton, keyButton("?", "keys", () => this.openHelp(), { class: "key-button plain" })));
  }

  buildOne() {
    this.subject = new Subject(this.data.study, this.pictures);
    this.frame = this.subject.node;
    this.markNode = el("span", { class: "mark", "aria-hidden": "true" });
    this.frame.append(this.markNode);
    this.zoom = new Zoom(this.frame, this.subject.stage);
    this.caption = el("span", { class: "caption-id" });
    this.captionRank = el("span", { class: "quiet" });
    this.banner = el("span", { class: "banner quiet" });
    this.noteText = el("p", { class: "note-text quiet" });
    this.evidence = new Evidence({ study: this.data.study, pictures: this.pictures, onNeighbour: (one) => this.lookAtNeighbour(one) });
    const side = 320;
    this.mapBase = el("canvas", { width: side, height: side });
    this.mapRing = el("canvas", { width: side, height: side });
    this.smallMap = button({ class: "small-map", title: "show on the map", "aria-label": "where it lies: show on the map", on: { click: () => this.current() && this.send("action", { name: "map", row: this.current().row }) } }, this.mapBase, this.mapRing);
    this.evidence.model.after(el("div", { class: "whereabouts" }, el("span", { class: "title", text: "on the map" }), this.smallMap));
    const zoomButton = keyButton("Z", "zoom", () => this.zoom.next(), { class: "key-button plain" });
    this.zoom.onChange = (scale) => setText(zoomButton.querySelector(".words"), scale === 1 ? "zoom" : `${scale.toFixed(scale % 1 ? 1 : 0)} ×`);
    return el("div", { class: "one" },
      el("div", { class: "left" }, this.frame,
        el("div", { class: "caption" }, this.caption, this.captionRank, this.banner, zoomButton), this.noteText),
      this.evidence.node,
      this.buildKeys());
  }

  buildKeys() {
    this.keepButton = keyButton("K", "keep", () => this.decide("keep"));
    this.relabelButton = keyButton("Enter", "relabel", () => this.relabelToSuggestion(), { class: "key-button next" });
    this.previousButton = keyButton("←", "previous", () => this.step(-1), { class: "key-button step", "aria-label": "previous" });
    this.nextButton = keyButton("→", "next", () => this.step(1), { class: "key-button step", "aria-label": "next" });
    this.classRow = el("div", { class: "class-keys", role: "group", "aria-label": "other classes" });
    this.buildClassButtons();
    return el("footer", { class: "keys" },
      el("div", { class: "row" }, this.relabelButton, this.keepButton,
        keyButton("S", "skip", () => this.decide("skip")), keyButton("X", "exclude", () => this.decide("exclude")),
        keyButton("N", "note", () => this.openNote()),
        el("span", { class: "gap" }), this.previousButton, this.nextButton),
      this.classRow, this.buildNote(), this.buildTyping());
  }

  buildClassButtons() {
    this.classButtons = this.classes
      .map((entry, label) => ({ entry, label }))
      .filter(({ entry }) => entry.key)
      .sort((a, b) => Number(a.entry.key === "0") - Number(b.entry.key === "0") || a.entry.key.localeCompare(b.entry.key))
      .map(({ entry, label }) => {
        const chip = classChip();
        chip.show(entry);
        const node = button({ class: "key-button class-key", "aria-label": `relabel to ${entry.name}`, "aria-keyshortcuts": entry.key, on: { click: () => this.relabelTo(label) } }, el("kbd", { text: entry.key, "aria-hidden": "true" }), chip.node);
        node.classList.toggle("same-name", entry.name === entry.key);
        return { label, node };
      });
    const typeButton = keyButton("/", "type a class", () => this.openTyping(), { class: "key-button type" });
    this.classRow.replaceChildren(...this.classButtons.map((one) => one.node), typeButton);
  }

  buildNote() {
    this.noteInput = el("input", { type: "text", maxlength: "500", "aria-label": "note for this decision", placeholder: "a note that goes with the decision" });
    this.noteForm = el("div", { class: "popup", hidden: true }, el("label", { class: "title", text: "note" }), this.noteInput,
      el("span", { class: "quiet", text: "Enter keeps it, Esc leaves it as it was" }));
    this.noteInput.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      this.closeNote(event.key === "Enter");
    });
    this.noteInput.addEventListener("blur", () => { if (!this.noteForm.hidden) this.closeNote(true); });
    return this.noteForm;
  }

  buildTyping() {
    this.offers = el("ul", { role: "listbox", id: "offers", "aria-label": "classes" });
    this.typed = el("input", { type: "text", role: "combobox", "aria-label": "relabel to the class", "aria-expanded": "true", "aria-controls": "offers", "aria-autocomplete": "list", placeholder: "class", autocomplete: "off", spellcheck: "false" });
    this.typed.addEventListener("input", () => this.filterClasses());
    this.typed.addEventListener("keydown", (event) => this.onTypingKey(event));
    this.typed.addEventListener("blur", () => { if (!this.typing.hidden) this.closeTyping(); });
    this.typing = el("div", { class: "popup typing", hidden: true }, this.typed, this.offers);
    return this.typing;
  }

  buildGrid() {
    this.groupList = el("nav", { class: "groups", "aria-label": "groups that share a suggestion" });
    this.memberList = el("div", { class: "members", role: "listbox", "aria-multiselectable": "true", "aria-label": "samples of the group" });
    this.groupGiven = classChip("large");
    this.groupSuggested = classChip("large");
    this.groupWords = el("span", { class: "quiet" });
    this.groupRelabel = keyButton("Enter", "relabel", () => this.decideGroup("relabel"), { class: "key-button next" });
    this.groupKeep = keyButton("K", "keep", () => this.decideGroup("keep"));
    return el("div", { class: "grid" }, this.groupList,
      el("div", { class: "group-work" },
        el("div", { class: "group-head" },
          el("span", { class: "title", text: "given" }), this.groupGiven.node,
          el("span", { class: "title", text: "looks like" }), this.groupSuggested.node),
        el("div", { class: "row" }, this.groupRelabel, this.groupKeep, this.groupWords, el("span", { class: "gap" }),
          keyButton("P", "previous group", () => this.stepGroup(-1), { class: "key-button step", "aria-label": "previous group", title: "previous group" }),
          keyButton("N", "next group", () => this.stepGroup(1), { class: "key-button step", "aria-label": "next group", title: "next group" })),
        this.memberList));
  }

  buildSkeleton() {
    const lines = [60, 72, 48, 88, 88, 56].map((width) => el("i", { class: "bone", style: { width: `${width}%` } }));
    return el("div", { class: "skeleton", "aria-label": "loading the queue" }, el("div", { class: "frame" }), el("div", { class: "bones" }, ...lines));
  }

  buildEmpty() {
    this.emptyTitle = el("h2");
    this.emptyWords = el("p");
    return el("div", { class: "notice empty" }, this.emptyTitle, this.emptyWords,
      button({ class: "key-button", text: "look for new suspects", on: { click: () => { this.setPlace("loading"); this.load(); } } }));
  }

  buildUnreachable() {
    this.unreachableWords = el("p");
    return el("div", { class: "notice unreachable", role: "alert" }, el("h2", { text: "The server does not answer" }), this.unreachableWords,
      button({ class: "key-button", text: "try again now", on: { click: () => this.load() } }));
  }

  buildStrip() {
    this.stripItems = new Map();
    this.stripList = el("div", { class: "made-list" });
    this.strip = el("div", { class: "strip", role: "group", "aria-label": "last ten decisions, newest first" },
      el("span", { class: "title", text: "last decisions" }), this.stripList,
      el("span", { class: "quiet none", text: "decisions appear here; click one to look at it again or to undo it" }));
    return this.strip;
  }

  buildHelp() {
    const table = (rows) => {
      const body = el("tbody");
      for (const [keys, words] of rows) body.append(el("tr", {}, el("th", { scope: "row" }, el("kbd", { text: keys })), el("td", { text: words })));
      return el("table", {}, body);
    };
    this.help = el("dialog", { class: "help", "aria-labelledby": "help-title" },
      el("div", { class: "help-head" }, el("h2", { id: "help-title", text: "Keys" }), button({ class: "key-button", on: { click: () => this.help.close() } }, el("kbd", { text: "Esc" }), el("span", { text: "close" }))),
      el("div", { class: "help-body" }, el("div", {}, el("h3", { text: "one by one" }), table(KEYS)), el("div", {}, el("h3", { text: "grid" }), table(GRID_KEYS))));
    this.help.addEventListener("click", (event) => { if (event.target === this.help) this.help.close(); });
    return this.help;
  }
}

/* Looks closer into a frame without changing its size. */
class Zoom {
  constructor(frame, stage) {
    this.frame = frame;
    this.stage = stage;
    this.onChange = () => {};
    this.reset();
    frame.addEventListener("wheel", (event) => {
      event.preventDefault();
      const box = frame.getBoundingClientRect();
      this.to(this.scale * (event.deltaY < 0 ? 1.25 : 0.8), (event.clientX - box.left) / box.width - 0.5, (event.clientY - box.top) / box.height - 0.5);
    }, { passive: false });
    frame.addEventListener("dblclick", () => this.reset());
    frame.addEventListener("pointerdown", (event) => {
      if (this.scale === 1) return;
      this.drag = { x: event.clientX - this.x * frame.clientWidth, y: event.clientY - this.y * frame.clientHeight };
      frame.setPointerCapture(event.pointerId);
    });
    frame.addEventListener("pointermove", (event) => {
      if (!this.drag) return;
      this.place((event.clientX - this.drag.x) / frame.clientWidth, (event.clientY - this.drag.y) / frame.clientHeight);
    });
    for (const name of ["pointerup", "pointercancel"]) frame.addEventListener(name, () => { this.drag = null; });
  }

  reset() {
    this.scale = 1;
    this.place(0, 0);
  }

  next() {
    const larger = ZOOMS.find((scale) => scale > this.scale + 0.01);
    if (larger) this.to(larger, 0, 0);
    else this.reset();
  }

  /* (x, y): the point of the frame that stays where it is, from its middle, in frame widths. */
  to(scale, x, y) {
    const bounded = Math.max(1, Math.min(8, scale));
    const ratio = bounded / this.scale;
    this.scale = bounded;
    this.place(x - (x - this.x) * ratio, y - (y - this.y) * ratio);
  }

  place(x, y) {
    const most = (this.scale - 1) / 2;
    this.x = Math.max(-most, Math.min(most, x));
    this.y = Math.max(-most, Math.min(most, y));
    this.stage.style.transform = this.scale === 1 ? "" : `translate(${this.x * 100}%, ${this.y * 100}%) scale(${this.scale})`;
    this.frame.classList.toggle("zoomed", this.scale > 1);
    this.onChange(this.scale);
  }
}

export default function (component) {
  return mountOnce(component, (data) => new ReviewDesk(data));
}
