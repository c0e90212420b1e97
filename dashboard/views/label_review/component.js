// @ts-check
/* Label review: one sample after another by key, or a group of them at once.
   The next samples are here before they are asked for, so a key never waits for the server; the outbox sends every decision until it is
   recorded or refused. */

/** @import { DecisionsAnswer, ReviewAction, ReviewData, ReviewStates } from "../../payloads.d.ts" */
/** @import { RefusedEntry } from "../../shared/browser/outbox.js" */
/** @import { Component, Send } from "../../shared/browser/mount.js" */
/** @import { Situation } from "./keys.js" */

import { el } from "../../shared/browser/elements.js";
import { EvidenceDialog } from "../../shared/browser/evidence_dialog.js";
import { closeConnectionDialogs, routeKeys } from "../../shared/browser/keyboard.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { Outbox } from "../../shared/browser/outbox.js";
import { Pictures } from "../../shared/browser/pictures.js";
import { tellCounts } from "../../shared/browser/review_counts.js";
import { ServerError } from "../../shared/browser/server.js";
import { Announcement } from "./announcement.js";
import { Deciding } from "./deciding.js";
import { Groups } from "./groups.js";
import { Header } from "./header.js";
import { helpDialog } from "./help.js";
import { HistoryStrip } from "./history_strip.js";
import { KeyActions } from "./key_actions.js";
import { Looking } from "./looking.js";
import { EndNotice, skeleton, UnreachableNotice } from "./notices.js";
import { PicturePrefetch } from "./picture_prefetch.js";
import { ClassTyping, NoteForm } from "./popups.js";
import { ProbabilityUpdates } from "./probability_updates.js";
import { Queue, READY } from "./queue.js";
import { Refusals } from "./refusals.js";
import { SampleView } from "./sample_view.js";

const RETRY_DELAY = 2_000;

/** @typedef {"loading" | "one" | "grid" | "empty" | "unreachable"} PlaceName what stands in the place of the work */

class ReviewDesk {
  /** @type {Send<ReviewStates>} */
  send = () => {};
  /** @type {PlaceName} */
  place = "loading";
  /** @type {object | null} */
  loading = null;
  paused = false;
  wasEnough = false;
  away = false;
  gone = false;
  describing = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  retry = undefined;

  pictures = new Pictures();
  live = el("div", { class: "visually-hidden", "aria-live": "polite" });
  refusals = new Refusals((row) => this.looking.visit(row));
  header = new Header({ onUndo: () => this.deciding.undo(), onMode: () => this.turnMode(), onHelp: () => this.help.showModal() });
  note = new NoteForm({ onClose: () => this.backToWork(), onKeep: (card, note) => { this.deciding.notes.set(card.row, note); this.show(); } });
  typing = new ClassTyping({ onClose: () => this.backToWork(), onTake: (label) => this.deciding.relabelTo(label) });
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
    this.outbox = new Outbox(study, {
      query: () => this.queue.query(READY),
      onAnswer: (answer, refused, query) => this.onAnswer(answer, refused, query),
      onState: () => this.showConnection(),
    });
    this.queue = new Queue(study, this.outbox);
    this.queue.selection = data.selection;
    this.queue.goal = data.goal;
    this.announcement = new Announcement({ queue: this.queue, outbox: this.outbox, onSaved: (version) => this.onSaved(version) });
    this.prefetch = new PicturePrefetch({ study, pictures: this.pictures, queue: this.queue, onRest: () => this.probabilities.loadFirst() });
    this.probabilities = new ProbabilityUpdates({ study, isDecided: (card) => Boolean(this.queue.decisionOn(card)), onLoad: () => this.showProbability() });
    this.sampleView = new SampleView({ study, kind, threshold, hasSaliency: data.hasSaliency, pictures: this.pictures, act: {
      keep: () => this.deciding.decide("keep"),
      relabel: () => this.deciding.relabelToSuggestion(),
      relabelTo: (label) => this.deciding.relabelTo(label),
      skip: () => this.deciding.decide("skip"),
      exclude: () => this.deciding.decide("exclude"),
      note: () => this.openNote(),
      why: () => this.openWhy(),
      see: () => this.goWith("saliency"),
      type: () => this.openTyping(),
      step: (by) => this.looking.step(by),
      undo: (row) => this.deciding.undo(row),
      back: () => this.looking.comeBack(),
      map: () => this.goWith("map"),
      neighbor: (one) => this.looking.lookAtNeighbor(one),
    } });
    const about = { isOne: () => this.place === "one", classes: () => this.classes, onAway: (/** @type {unknown} */ reason) => this.onAway(reason, () => this.load()) };
    this.looking = new Looking({ queue: this.queue, sampleView: this.sampleView, page: {
      ...about, show: () => this.show(), refill: () => this.refill(),
      leaveGrid: () => { if (this.mode === "grid") this.setMode("one"); },
    } });
    this.deciding = new Deciding({ queue: this.queue, outbox: this.outbox, looking: this.looking, sampleView: this.sampleView, page: {
      ...about, sender: () => ({ reviewer: this.data.reviewer, explanation: this.data.explanation }),
      say: (words) => { this.live.textContent = words; },
      onDecided: () => { this.show(); this.refill(); },
      onUndone: (restored) => {
        this.paused = false;
        if (this.mode === "grid") this.groups.restore(restored);
        else this.show();
      },
    } });
    this.sampleView.keys.append(this.note.node, this.typing.node);
    this.groups = new Groups({ study, queue: this.queue, isOpen: () => this.mode === "grid" && !this.gone, onShow: () => this.show(),
      onDecide: (cards, verdict, label) => this.deciding.decideGroup(cards, verdict, label), onAway: (reason, again) => this.onAway(reason, again) });
    this.history = new HistoryStrip({ study, pictures: this.pictures, kind, cardOf: (row) => this.queue.cards.get(row), onVisit: (row) => this.looking.visit(row) });
    this.evidenceDialog = new EvidenceDialog({ study, onOpen: (one) => this.looking.visit(one.row) });
    this.work = el("div", { class: "work", tabindex: "-1" },
      this.sampleView.node, this.groups.node, skeleton(), this.endNotice.node, this.unreachable.node, this.history.node);
    this.node = el("section", { class: "margin label-review", "aria-label": "suspect labels" },
      this.header.node, this.refusals.node, this.work, this.live, this.help, this.evidenceDialog.node);
    this.header.showMode(this.mode);
    this.sampleView.showClasses(this.classes);
    const keys = new KeyActions({
      dialogs: { help: this.help, why: this.evidenceDialog.node }, endNotice: this.endNotice, sampleView: this.sampleView, groups: this.groups,
      looking: this.looking, deciding: this.deciding, page: {
        situation: () => this.situation(), turnMode: () => this.turnMode(), openNote: () => this.openNote(), openWhy: () => this.openWhy(),
        openTyping: () => this.openTyping(), goToSaliency: () => { if (this.data.hasSaliency) this.goWith("saliency"); },
      },
    });
    this.stopKeys = routeKeys(this.node, (key, event) => keys.onKey(key, event));
    this.stopClosing = closeConnectionDialogs();
    this.start();
  }

  /* ----- life ----- */

  async start() {
    this.setPlace("loading");
    await this.outbox.flush();
    await this.load();
    if (this.data.at !== null && this.data.at !== undefined && this.mode === "one") this.looking.goTo(this.data.at);
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
      this.looking.viewed = null;
      this.setPlace("loading");
      this.load();
      return;
    }
    if (JSON.stringify(before.classes) !== JSON.stringify(data.classes)) {
      this.sampleView.showClasses(this.classes);
      this.show();
    }
    const card = this.looking.current();
    if (card) this.sampleView.smallMap.ring(card, this.classes);
    if (this.place === "empty" && before.unlabeled !== data.unlabeled) this.show();
  }

  destroy() {
    this.gone = true;
    this.stopKeys();
    this.stopClosing();
    clearTimeout(this.retry);
    this.announcement.stop();
    this.prefetch.stop();
    this.probabilities.stop();
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
      this.looking.showSteps();
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
    for (const one of refused) {
      this.queue.decided.delete(one.decision.row);
      this.refusals.add(one, this.classes);
    }
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
    this.announcement.schedule();
  }

  /* Random checks could go on for ever: they pause, once, when the bound has come to where it was to come. */
  pauseWhenEnough() {
    const isEnough = this.queue.checks && this.queue.isEnough();
    // Answers to keys that were faster than the pause must not end it.
    this.paused = isEnough && (this.paused || !this.wasEnough) && this.mode === "one" && !this.looking.viewed;
    this.wasEnough = isEnough;
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

  /** @param {number} version of the decisions */
  onSaved(version) {
    this.send("saved", { version });
    this.probabilities.load();
  }

  /* ----- what is on screen ----- */

  prepare() {
    if (this.isAway()) this.prefetch.stop();
    else this.prefetch.start();
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
    const card = this.paused ? this.looking.viewed : this.looking.current();
    if (!card) { this.showNothing(); return; }
    this.setPlace("one");
    this.sampleView.show(card, { classes: this.classes, made: this.queue.decisionOn(card), isLookedAt: this.looking.viewed !== null, note: this.deciding.noteFor(card), probability: this.probabilities.of(card) });
    this.looking.showSteps();
    this.node.dataset.row = String(card.row);
    this.prepare();
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
    this.history.show(made, this.looking.viewed?.row, this.classes);
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

  showProbability() {
    const card = this.looking.current();
    if (this.place === "one" && card) this.sampleView.evidence.showErrorProbability(this.probabilities.of(card));
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

  /* ----- keys ----- */

  /** @returns {Situation} */
  situation() {
    return {
      mode: this.mode, place: this.place, isAside: this.looking.isAside(), offersCheck: this.endNotice.offers("check"), classes: this.classes,
      columns: this.mode === "grid" ? this.groups.columns() : 1,
    };
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

  openNote() {
    const card = this.looking.current();
    if (card && this.place === "one") this.note.open(card, this.deciding.noteFor(card));
  }

  openWhy() {
    const card = this.looking.current();
    if (!card || this.place !== "one") return;
    this.evidenceDialog.open(card, this.classes, this.probabilities.of(card));
  }

  /**
   * Leave with the sample on screen.
   * @param {ReviewAction["name"]} name
   */
  goWith(name) {
    const card = this.looking.current();
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
