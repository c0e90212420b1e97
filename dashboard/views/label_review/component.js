// @ts-check
/* Label review: one sample after another by key, or a group of them at once.
   The next samples are here before they are asked for, so a key never waits for the server; the outbox sends every decision until it is
   recorded or refused. */

/** @import { CardDecision, DecisionsAnswer, PostedDecision, QueueCard, ReviewAction, ReviewData, ReviewStates, Neighbor } from "../../payloads.d.ts" */
/** @import { RefusedEntry } from "../../shared/browser/outbox.js" */
/** @import { Component, Send } from "../../shared/browser/mount.js" */
/** @import { Action } from "./keys.js" */

import { ErrorProbabilities } from "../../shared/browser/error_probability.js";
import { button, el } from "../../shared/browser/elements.js";
import { closeConnectionDialogs, routeKeys } from "../../shared/browser/keyboard.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { Outbox } from "../../shared/browser/outbox.js";
import { Pictures } from "../../shared/browser/pictures.js";
import { tellCounts } from "../../shared/browser/review_counts.js";
import { pictureAddress, ServerError } from "../../shared/browser/server.js";
import { EvidenceDialog } from "../../shared/browser/evidence_dialog.js";
import { verdictWords } from "../../shared/browser/words.js";
import { Groups } from "./groups.js";
import { Header } from "./header.js";
import { helpDialog } from "./help.js";
import { actionFor, mayRepeat } from "./keys.js";
import { SampleView } from "./sample_view.js";
import { EndNotice, skeleton, UnreachableNotice } from "./notices.js";
import { ClassTyping, NoteForm } from "./popups.js";
import { Queue, READY } from "./queue.js";
import { HistoryStrip } from "./history_strip.js";

const RETRY_DELAY = 2_000;
const REST_DELAY = 120;
const PICTURES_AHEAD = 30;
const ANNOUNCE_DELAY = 1_500;
const MAX_MESSAGES = 3;

/** @typedef {"loading" | "one" | "grid" | "empty" | "unreachable"} PlaceName what stands in the place of the work */

class ReviewDesk {
  /** @type {Send<ReviewStates>} */
  send = () => {};
  /** @type {PlaceName} */
  place = "loading";
  /** @type {QueueCard | null} a sample that is looked at instead of the next in turn */
  viewed = null;
  /** @type {object | null} the sample that was asked for last, while it has not come */
  asked = null;
  /** @type {object | null} */
  loading = null;
  /** @type {Map<number, string>} notes by row, until the decision that they go with */
  notes = new Map();
  paused = false;
  wasEnough = false;
  away = false;
  gone = false;
  describing = false;
  estimating = false;
  estimatesAgain = false;
  /** @type {Promise<void>} */
  undoing = Promise.resolve();
  /** The version of the decisions that Python got last. */
  announced = -1;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  retry = undefined;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  announceTimer = undefined;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  restTimer = undefined;

  pictures = new Pictures();
  live = el("div", { class: "visually-hidden", "aria-live": "polite" });
  messages = el("div", { class: "messages", role: "status" });
  header = new Header({ onUndo: () => this.undo(), onMode: () => this.turnMode(), onHelp: () => this.help.showModal() });
  note = new NoteForm({ onClose: () => this.backToWork(), onKeep: (card, note) => { this.notes.set(card.row, note); this.show(); } });
  typing = new ClassTyping({ onClose: () => this.backToWork(), onTake: (label) => this.relabelTo(label) });
  unreachable = new UnreachableNotice(() => this.load());
  endNotice = new EndNotice({
    leave: () => this.send("action", { name: "export" }),
    unlabeled: () => this.send("action", { name: "unlabeled" }),
    all: () => this.send("action", { name: "all" }),
    single: () => this.setMode("one"),
    check: () => (this.paused ? this.goOn() : this.startOver(() => this.queue.continueWithChecks())),
    beyond: () => this.startOver(() => this.queue.continueBeyondSuspects()),
    skipped: () => this.startOver(() => this.queue.resumeSkipped()),
  });

  /** @param {ReviewData} data */
  constructor(data) {
    const { study, kind, threshold } = data;
    this.data = data;
    this.classes = data.classes;
    this.help = helpDialog(data.hasSaliency);
    this.mode = data.mode;
    this.errorProbabilities = new ErrorProbabilities(study);
    this.outbox = new Outbox(study, {
      query: () => this.queue.query(READY),
      onAnswer: (answer, refused, query) => this.onAnswer(answer, refused, query),
      onState: () => this.showConnection(),
    });
    this.queue = new Queue(study, this.outbox);
    this.queue.selection = data.selection;
    this.queue.goal = data.goal;
    this.sampleView = new SampleView({ study, kind, threshold, hasSaliency: data.hasSaliency, pictures: this.pictures, act: {
      keep: () => this.decide("keep"),
      relabel: () => this.relabelToSuggestion(),
      relabelTo: (label) => this.relabelTo(label),
      skip: () => this.decide("skip"),
      exclude: () => this.decide("exclude"),
      note: () => this.openNote(),
      why: () => this.openWhy(),
      see: () => this.goWith("saliency"),
      type: () => this.openTyping(),
      step: (by) => this.step(by),
      undo: (row) => this.undo(row),
      back: () => this.comeBack(),
      map: () => this.goWith("map"),
      neighbor: (one) => this.lookAtNeighbor(one).catch((reason) => this.onAway(reason, () => this.load())),
    } });
    this.sampleView.keys.append(this.note.node, this.typing.node);
    this.groups = new Groups({ study, queue: this.queue, isOpen: () => this.mode === "grid" && !this.gone, onShow: () => this.show(),
      onDecide: (cards, verdict, label) => this.decideGroup(cards, verdict, label), onAway: (reason, again) => this.onAway(reason, again) });
    this.history = new HistoryStrip({ study, pictures: this.pictures, kind, cardOf: (row) => this.queue.cards.get(row), onVisit: (row) => this.visit(row) });
    this.evidenceDialog = new EvidenceDialog({ study, onOpen: (one) => this.visit(one.row) });
    this.work = el("div", { class: "work", tabindex: "-1" },
      this.sampleView.node, this.groups.node, skeleton(), this.endNotice.node, this.unreachable.node, this.history.node);
    this.node = el("section", { class: "margin label-review", "aria-label": "suspect labels" },
      this.header.node, this.messages, this.work, this.live, this.help, this.evidenceDialog.node);
    this.header.showMode(this.mode);
    this.sampleView.showClasses(this.classes);
    this.stopKeys = routeKeys(this.node, (key, event) => this.onKey(key, event));
    this.stopClosing = closeConnectionDialogs();
    this.start();
  }

  /* ----- life ----- */

  async start() {
    this.setPlace("loading");
    await this.outbox.flush();
    await this.load();
    if (this.data.at !== null && this.data.at !== undefined && this.mode === "one") this.goTo(this.data.at);
  }

  /**
   * Back from a look at it elsewhere.
   * @param {number} row
   */
  goTo(row) {
    const place = this.queue.order.findIndex((card) => card.row === row);
    if (place < 0) { this.visit(row); return; }
    this.queue.position = place;
    this.show();
    this.refill();
  }

  /** @param {ReviewData} data */
  update(data) {
    const before = this.data;
    this.data = data;
    this.classes = data.classes;
    this.queue.goal = data.goal;
    if (before.mode !== data.mode && data.mode !== this.mode) this.setMode(data.mode);
    if (before.selection !== data.selection || before.explanation !== data.explanation) {
      this.queue.selection = data.selection;
      this.queue.clear();
      this.viewed = null;
      this.setPlace("loading");
      this.load();
      return;
    }
    if (JSON.stringify(before.classes) !== JSON.stringify(data.classes)) {
      this.sampleView.showClasses(this.classes);
      this.show();
    }
    const card = this.current();
    if (card) this.sampleView.smallMap.ring(card, this.classes);
    if (this.place === "empty" && before.unlabeled !== data.unlabeled) this.show();
  }

  destroy() {
    this.gone = true;
    this.stopKeys();
    this.stopClosing();
    clearTimeout(this.retry);
    clearTimeout(this.announceTimer);
    clearTimeout(this.restTimer);
    this.sampleView.rest();
    this.outbox.close();
  }

  /* ----- server ----- */

  async load() {
    clearTimeout(this.retry);
    const ticket = (this.loading = {});
    try {
      const take = await this.queue.fetchMore();
      if (ticket !== this.loading || this.gone) return;
      this.loading = null;
      this.away = false;
      take();
    } catch (reason) {
      if (ticket !== this.loading || this.gone) return;
      this.loading = null;
      this.onAway(reason, () => this.load());
      return;
    }
    if (this.mode === "grid") {
      if (this.place !== "grid") await this.groups.open();
    } else if (this.place === "one") {
      this.showSteps();
      this.prepare();
      this.showHeader();
    } else {
      this.show();
    }
    // A card without a place was made before the map was laid out. The sample is painted before all others are.
    if (this.queue.order.some((card) => card.x !== null)) requestAnimationFrame(() => setTimeout(() => this.sampleView.smallMap.load()));
    this.refill();
  }

  refill() {
    if (this.mode === "one" && !this.loading && !this.away && this.queue.current && this.queue.runsLow()) this.load();
  }

  /**
   * @param {DecisionsAnswer} answer
   * @param {RefusedEntry[]} refused
   * @param {string} query
   */
  onAnswer(answer, refused, query) {
    const returned = this.isAway();
    this.away = false;
    this.queue.accept(answer);
    for (const one of refused) this.onRefused(one);
    // Other samples may be wanted by now: those that come with the answer are none of them.
    if (query === this.queue.query(READY)) this.queue.reorder(answer.cards);
    this.pauseWhenEnough();
    this.prepare();
    this.showHeader();
    this.showStrip();
    if (returned) this.sampleView.fetchMissing();
    if (this.mode === "grid") this.groups.refresh().catch((reason) => console.warn("margin: the list of groups is not refreshed.", reason));
    else if (this.paused || this.place === "empty" || (this.place !== "one" && this.queue.current)) this.show();
    this.refill();
    this.announce();
  }

  /* Random checks could go on for ever: they pause, once, when the bound has come to where it was to come. */
  pauseWhenEnough() {
    const isEnough = this.queue.checks && this.queue.isEnough();
    // Answers to keys that were faster than the pause must not end it.
    this.paused = isEnough && (this.paused || !this.wasEnough) && this.mode === "one" && !this.viewed;
    this.wasEnough = isEnough;
  }

  /** @param {RefusedEntry} entry */
  onRefused({ decision, reason }) {
    this.queue.decided.delete(decision.row);
    const words = decision.verdict === "undo" ? "undone" : verdictWords(this.classes, decision);
    const message = el("div", { class: "refused" },
      el("span", {}, el("strong", { text: `${decision.id} was not ${words}. ` }), document.createTextNode(reason)));
    message.append(button({ class: "link", text: "look at it", on: { click: () => this.visit(decision.row) } }),
      button({ class: "link", text: "dismiss", on: { click: () => message.remove() } }));
    this.messages.append(message);
    while (this.messages.childElementCount > MAX_MESSAGES) this.messages.firstElementChild?.remove();
  }

  /**
   * @param {unknown} reason
   * @param {() => void} again
   */
  onAway(reason, again) {
    this.away = true;
    // The selection is forgotten: Python, asked to run again, finds so too and lifts the limit.
    if (reason instanceof ServerError && reason.status === 410) this.send("saved", { version: this.queue.version });
    const here = this.mode === "grid" ? this.groups.members.length > 0 : this.queue.current !== null;
    if (!here) this.setPlace("unreachable");
    this.showConnection();
    clearTimeout(this.retry);
    this.retry = setTimeout(() => { this.away = false; again(); }, RETRY_DELAY);
  }

  /* Python learns that something was saved when the hands rest, so that its counts follow without a rerun per key. */
  announce() {
    clearTimeout(this.announceTimer);
    this.announceTimer = setTimeout(() => {
      const { version } = this.queue;
      if (this.outbox.waiting.length > 0 || version === this.announced) return;
      this.announced = version;
      this.send("saved", { version });
      this.estimate();
    }, ANNOUNCE_DELAY);
  }

  /* ----- what is on screen ----- */

  current() {
    return this.viewed ?? this.queue.current;
  }

  /* While keys come fast only the samples next in turn are fetched. When the hands rest, their neighbors follow, and the samples
     of some minutes more: a server that goes away takes no picture with it. */
  prepare() {
    clearTimeout(this.restTimer);
    if (this.isAway()) return;
    this.fetchPictures(this.queue.ahead(READY), "high");
    this.restTimer = setTimeout(() => {
      for (const card of this.queue.ahead(3)) {
        if (card.kind !== "picture") continue;
        for (const one of card.neighbors) this.pictures.get(pictureAddress(this.data.study, one.row, "thumb"), "low");
      }
      this.fetchPictures(this.queue.ahead(PICTURES_AHEAD), "low");
      if (this.errorProbabilities.version < 0) this.estimate();
    }, REST_DELAY);
  }

  /**
   * @param {readonly QueueCard[]} cards
   * @param {"high" | "low"} priority
   */
  fetchPictures(cards, priority) {
    for (const card of cards) if (card.kind === "picture") this.pictures.get(pictureAddress(this.data.study, card.row, "full"), priority);
  }

  show() {
    this.showHeader();
    this.showStrip();
    if (this.mode === "grid") {
      if (this.groups.members.length === 0) {
        if (!this.groups.awaited) this.showNothing();
        return;
      }
      this.setPlace("grid");
      this.groups.show(this.classes);
      return;
    }
    const card = this.paused ? this.viewed : this.current();
    if (!card) { this.showNothing(); return; }
    this.setPlace("one");
    this.sampleView.show(card, { classes: this.classes, made: this.queue.decisionOn(card), isLookedAt: this.viewed !== null, note: this.noteFor(card), probability: this.errorProbabilityOf(card) });
    this.showSteps();
    this.node.dataset.row = String(card.row);
    this.prepare();
  }

  showSteps() {
    this.sampleView.showSteps(this.queue.position === 0 && !this.viewed && this.queue.recent().length === 0,
      !this.viewed && this.queue.position + 1 >= this.queue.order.length);
  }

  showHeader() {
    const progress = this.queue.counted();
    const further = this.data.selection ? "" : this.queue.checks ? "random checks" : this.queue.beyond ? "beyond the suspects" : "";
    if (progress) {
      this.header.showProgress(progress, this.queue.currentDecisions().length > 0, further);
      const open = progress.suspects - progress.decided;
      tellCounts({ decided: progress.decided, open, counts: { review: open, export: progress.relabeled + progress.excluded } });
    }
    this.showConnection();
  }

  showStrip() {
    const made = this.queue.recent();
    this.history.show(made, this.viewed?.row, this.classes);
    this.history.showRefit(this.queue.refit);
    const unknown = this.data.kind === "values" || this.data.kind === "text" ? made.filter((one) => !this.queue.cards.has(one.row)) : [];
    if (unknown.length > 0 && !this.describing) this.describe(unknown.map((one) => one.row));
  }

  /**
   * What was decided before this page was opened is known by name only.
   * @param {readonly number[]} rows
   */
  async describe(rows) {
    this.describing = true;
    try {
      await this.queue.cardsOf(rows);
      this.showStrip();
    } catch (reason) {
      console.warn("margin: the last decisions are shown by name only.", reason);
    }
    this.describing = false;
  }

  /* How likely labels are wrong is asked for when the hands rest, and no key waits for it. */
  async estimate() {
    if (this.estimating) {
      this.estimatesAgain = true;  // What is on its way knows nothing of the decisions since.
      return;
    }
    this.estimating = true;
    do {
      this.estimatesAgain = false;
      try {
        await this.errorProbabilities.load();
        const card = this.current();
        if (this.place === "one" && card && !this.gone) this.sampleView.evidence.showErrorProbability(this.errorProbabilityOf(card));
      } catch (reason) {
        console.warn("margin: only the label error score is shown.", reason);
      }
    } while (this.estimatesAgain && !this.gone);
    this.estimating = false;
  }

  /**
   * A label that somebody has decided on, and one that is not there, are not likely anything.
   * @param {QueueCard} card
   */
  errorProbabilityOf(card) {
    return card.given < 0 || this.queue.decisionOn(card) ? null : this.errorProbabilities.at(card.score);
  }

  isAway() {
    return this.outbox.failure !== null || this.away;
  }

  showConnection() {
    this.header.showConnection(this.outbox.waiting.length, this.isAway(), this.outbox.isPersistent);
  }

  showNothing() {
    delete this.node.dataset.row;
    this.sampleView.forget();
    if (this.loading || this.away) { this.setPlace(this.away ? "unreachable" : "loading"); return; }
    const open = this.queue.open();
    if (this.mode === "one" && open > 0 && !this.data.selection && !this.paused) {
      this.setPlace("loading");
      clearTimeout(this.retry);
      this.retry = setTimeout(() => this.load(), RETRY_DELAY);
      return;
    }
    this.endNotice.show({ progress: this.queue.counted(), isGrid: this.mode === "grid", isSelection: Boolean(this.data.selection),
      isBeyond: this.queue.beyond, isChecking: this.queue.checks, isEnough: this.queue.isEnough(), isPaused: this.paused, open, unlabeled: this.data.unlabeled });
    this.setPlace("empty");
  }

  /** @param {PlaceName} place */
  setPlace(place) {
    this.place = place;
    this.node.dataset.place = place;
    this.node.setAttribute("aria-busy", String(place === "loading"));
    this.unreachable.show(this.outbox.waiting.length);
  }

  goOn() {
    this.paused = false;
    this.show();
    this.refill();
  }

  isAside() {
    return Boolean(this.asked || this.sampleView.neighbor || this.viewed);
  }

  comeBack() {
    if (!this.isAside()) return;
    if (!this.asked && !this.sampleView.neighbor) this.viewed = null;
    this.asked = null;
    this.show();
  }

  /**
   * The server may take its time: its answer is shown only beside the sample that it was asked about, and not after Escape.
   * @param {Neighbor} neighbor
   */
  async lookAtNeighbor(neighbor) {
    const card = this.current();
    if (!card) return;
    const ticket = (this.asked = {});
    try {
      const shown = card.kind === "picture" ? { ...card, row: neighbor.row, id: neighbor.id } : await this.queue.card(neighbor.row);
      if (ticket !== this.asked || this.place !== "one" || this.current()?.row !== card.row) return;
      this.sampleView.showNeighbor(neighbor, shown, this.classes);
    } finally {
      if (ticket === this.asked) this.asked = null;
    }
  }

  /** @param {number} row */
  async visit(row) {
    const ticket = (this.asked = {});
    try {
      const card = await this.queue.card(row);
      if (ticket !== this.asked) return;
      this.asked = null;
      if (this.mode === "grid") this.setMode("one");
      this.viewed = this.queue.current?.row === row ? null : card;
      this.sampleView.forget();
      this.show();
    } catch (reason) {
      if (ticket === this.asked) this.asked = null;
      this.onAway(reason, () => this.load());
    }
  }

  /** @param {number} by */
  step(by) {
    const made = this.queue.recent();
    const { viewed } = this;
    const at = viewed ? made.findIndex((one) => one.row === viewed.row) : -1;
    if (viewed) {
      if (by > 0 && at <= 0) this.viewed = null;
      else if (made[at - by]) { this.visit(made[at - by].row); return; }
    } else if (by < 0 && this.queue.position === 0) {
      if (made.length > 0) this.visit(made[0].row);
      return;
    } else {
      this.queue.step(by);
    }
    this.show();
    this.refill();
  }

  /** @param {string} words */
  say(words) {
    this.live.textContent = words;
  }

  /* ----- deciding ----- */

  /**
   * @param {CardDecision["verdict"]} verdict
   * @param {number | null} [label]
   */
  decide(verdict, label = null) {
    const card = this.current();
    if (!card || this.place !== "one") return;
    this.dispatch([card], verdict, label);
    const words = verdictWords(this.classes, { verdict, label });
    this.sampleView.mark(words, verdict);
    this.say(`${card.id} ${words}`);
    this.viewed = null;
    this.show();
    this.refill();
  }

  /**
   * @param {readonly QueueCard[]} cards
   * @param {CardDecision["verdict"]} verdict
   * @param {number | null} label
   */
  decideGroup(cards, verdict, label) {
    this.dispatch(cards, verdict, label);
    this.say(`${cards.length} ${verdictWords(this.classes, { verdict, label })}`);
  }

  /**
   * @param {readonly QueueCard[]} cards
   * @param {CardDecision["verdict"]} verdict
   * @param {number | null} label
   */
  dispatch(cards, verdict, label) {
    const decisions = cards.map((card) => ({ ...this.about(card), verdict, label, note: this.noteFor(card) }));
    this.queue.remove(cards);
    this.outbox.put(decisions, this.sender());
  }

  /**
   * `basedOn`: the decision that was on screen, so that one that was not is counted as a conflict. `sampled`: whether the sample was there
   * at random, which nobody who decides is shown.
   * @param {QueueCard} card
   * @returns {Pick<PostedDecision, "row" | "id" | "score" | "basedOn" | "sampled">}
   */
  about(card) {
    return { row: card.row, id: card.id, score: card.score, basedOn: card.decision?.id ?? null, sampled: card.sampled === true };
  }

  sender() {
    return { reviewer: this.data.reviewer, explanation: this.data.explanation };
  }

  /** @param {number} label */
  relabelTo(label) {
    const card = this.current();
    if (!card) return;
    if (label === card.given) this.decide("keep");
    else this.decide("relabel", label);
  }

  relabelToSuggestion() {
    const card = this.current();
    if (card && !this.sampleView.relabel.disabled) this.decide("relabel", card.suggested);
  }

  decideMain() {
    if (this.sampleView.takesEnter) this.relabelToSuggestion();
    else if (this.place === "one") this.sayKeys();
  }

  sayKeys() {
    const words = this.sampleView.relabel.disabled ? "K keeps" : "R relabels, K keeps";
    this.sampleView.mark(words, "none");
    this.say(words);
  }

  /**
   * The last decision, or the last group; with a row, that on it; while a decided sample is looked at, that on it. One after another: a
   * sample that has to be fetched first is undone before the decision that was made before it.
   * @param {number} [row]
   */
  undo(row) {
    const { viewed } = this;
    const chosen = row ?? (viewed && this.queue.decisionOn(viewed) ? viewed.row : undefined);
    const run = () => this.undoNow(chosen);
    this.undoing = this.undoing.then(run, run);
  }

  /** @param {number} [chosen] the sample, if not the last */
  async undoNow(chosen) {
    const rows = chosen !== undefined ? [chosen] : this.queue.lastRows();
    if (rows.length === 0) return;
    let cards;
    try {
      cards = await this.queue.cardsOf(rows);
    } catch (reason) {
      this.onAway(reason, () => this.load());
      this.say("cannot undo: the server does not answer");
      return;
    }
    /** @type {Omit<PostedDecision, "seq" | "at">[]} */
    const undone = [...cards].reverse().map((card) => ({ ...this.about(card), verdict: "undo", label: null, note: "" }));
    this.outbox.put(undone, this.sender());
    const restored = this.queue.restore(cards);
    this.paused = false;
    this.viewed = null;
    this.sampleView.forget();
    const words = cards.length === 1 ? `${cards[0].id} undone` : `${cards.length} undone`;
    this.sampleView.mark(words, "undo");
    this.say(words);
    if (this.mode === "grid") this.groups.restore(restored);
    else this.show();
  }

  /* ----- keys ----- */

  /**
   * @param {string} key
   * @param {KeyboardEvent} event
   */
  onKey(key, event) {
    for (const { dialog, own } of [{ dialog: this.help, own: "?" }, { dialog: this.evidenceDialog.node, own: "w" }]) {
      if (!dialog.open) continue;
      if (key !== own) return false;
      dialog.close();
      return true;
    }
    const action = actionFor(key, {
      mode: this.mode, place: this.place, isAside: this.isAside(), offersCheck: this.endNotice.offers("check"), classes: this.classes,
      columns: this.mode === "grid" ? this.groups.columns() : 1,
    });
    /* Streamlit's own shortcuts; a slip of the finger must not clear its caches. */
    if (!action) return key === "r" || key === "c";
    if (!event.repeat || mayRepeat(action)) this.run(action);
    return true;
  }

  /** @param {Action} action */
  run(action) {
    switch (action.name) {
      case "help": return this.help.showModal();
      case "mode": return this.turnMode();
      case "undo": return void this.undo();
      case "check": return this.endNotice.act.check();
      case "keep": case "skip": case "exclude": return this.decide(action.name);
      case "main": return this.decideMain();
      case "suggestion": return this.relabelToSuggestion();
      case "relabelTo": return this.relabelTo(action.label);
      case "note": return this.openNote();
      case "why": return this.openWhy();
      case "saliency": return this.data.hasSaliency ? this.goWith("saliency") : undefined;
      case "zoom": return this.sampleView.zoom?.next();
      case "type": return this.openTyping();
      case "back": return this.comeBack();
      case "step": return this.step(action.by);
      case "relabelGroup": return this.groups.decide("relabel");
      case "keepGroup": return this.groups.decide("keep");
      case "toggle": return this.groups.toggleFocused();
      case "group": return this.groups.step(action.by);
      case "move": return this.groups.move(action.by);
    }
  }

  turnMode() {
    this.setMode(this.mode === "grid" ? "one" : "grid");
  }

  /** @param {"one" | "grid"} mode */
  setMode(mode) {
    this.mode = mode;
    this.header.showMode(mode);
    if (mode === "grid") {
      this.setPlace("loading");
      this.groups.open();
    } else {
      this.sampleView.forget();
      this.show();
      this.refill();
    }
  }

  /* ----- notes and typed classes ----- */

  /** @param {QueueCard} card */
  noteFor(card) {
    return this.notes.get(card.row) ?? card.note;
  }

  openNote() {
    const card = this.current();
    if (card && this.place === "one") this.note.open(card, this.noteFor(card));
  }

  openWhy() {
    const card = this.current();
    if (!card || this.place !== "one") return;
    this.evidenceDialog.open(card, this.classes, this.errorProbabilityOf(card));
  }

  /**
   * Leave with the sample on screen.
   * @param {ReviewAction["name"]} name
   */
  goWith(name) {
    const card = this.current();
    if (card && this.place === "one") this.send("action", { name, row: card.row });
  }

  openTyping() {
    if (this.place === "one") this.typing.open(this.classes);
  }

  backToWork() {
    this.work.focus({ preventScroll: true });
  }

  /**
   * At the end of the queue: go on with other samples.
   * @param {() => void} prepare
   */
  startOver(prepare) {
    prepare();
    this.paused = false;
    this.mode = "one";
    this.header.showMode("one");
    this.setPlace("loading");
    this.load();
  }
}

/** @param {Component<ReviewData>} component */
export default function (component) {
  return mountOnce(component, (data) => new ReviewDesk(data));
}
