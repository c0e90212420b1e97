// @ts-check
/* Label review: one sample after another by key, or a group of them at once.
   The next samples are here before they are asked for, so a key never waits for the server; the outbox sends every decision until it is
   recorded or refused. */

/** @import { DecisionsAnswer, ReviewAction, ReviewData, ReviewStates } from "../../payloads.d.ts" */
/** @import { RefusedEntry } from "../../shared/browser/outbox.js" */
/** @import { Component, Send } from "../../shared/browser/mount.js" */
/** @import { Situation } from "./keys.js" */

import { el } from "../../shared/browser/elements.js";
import { closeConnectionDialogs, routeKeys } from "../../shared/browser/keyboard.js";
import { mountOnce } from "../../shared/browser/mount.js";
import { Outbox } from "../../shared/browser/outbox.js";
import { Pictures } from "../../shared/browser/pictures.js";
import { ServerError } from "../../shared/browser/server.js";
import { BatchStrip } from "./batch_strip.js";
import { DecisionActions } from "./decision_actions.js";
import { Groups } from "./groups.js";
import { Header } from "./header.js";
import { helpDialog } from "./help.js";
import { HistoryStrip } from "./history_strip.js";
import { KeyActions } from "./key_actions.js";
import { Navigation } from "./navigation.js";
import { skeleton, UnreachableNotice } from "./notices.js";
import { PicturePrefetch } from "./picture_prefetch.js";
import { ProbabilityUpdates } from "./probability_updates.js";
import { ProgressDisplay } from "./progress_display.js";
import { Queue, READY } from "./queue.js";
import { QueueEnd } from "./queue_end.js";
import { QueueLoader } from "./queue_loader.js";
import { Refusals } from "./refusals.js";
import { SamplePopups } from "./sample_popups.js";
import { SampleView } from "./sample_view.js";
import { SavedReport } from "./saved_report.js";

/** @typedef {"loading" | "one" | "grid" | "empty" | "unreachable"} PlaceName what stands in the place of the work */

class LabelReview {
  /** @type {Send<ReviewStates>} */
  send = () => {};
  /** @type {PlaceName} */
  place = "loading";
  isDestroyed = false;

  pictures = new Pictures();
  live = el("div", { class: "visually-hidden", "aria-live": "polite" });
  refusals = new Refusals((row) => this.navigation.visit(row));
  header = new Header({ onUndo: () => this.decisions.undo(), onMode: () => this.toggleMode(), onHelp: () => this.help.showModal() });
  unreachable = new UnreachableNotice(() => this.loader.load());

  /** @param {ReviewData} data */
  constructor(data) {
    const { study, kind, threshold } = data;
    this.data = data;
    this.classes = data.classes;
    this.help = helpDialog(data.hasSaliency, Boolean(data.labeling));
    this.mode = data.mode;
    this.outbox = new Outbox(study, {
      path: data.labeling ? "label-next/decisions" : "decisions",
      query: () => this.queue.query(READY),
      onAnswer: (answer, refused, query) => this.onAnswer(answer, refused, query),
      onState: () => this.progress.showConnection(),
    });
    this.queue = new Queue(study, this.outbox, threshold);
    this.queue.selection = data.selection;
    this.queue.goal = data.goal;
    this.queue.labeling = labelingOf(data);
    this.end = new QueueEnd({ queue: this.queue, page: {
      leave: (name) => this.send("action", { name }), showSingle: () => this.setMode("one"),
      goOn: () => { this.show(); this.loader.refill(); },
      startOver: () => {
        this.mode = "one";
        this.header.showMode("one");
        this.reload();
      },
    } });
    this.loader = new QueueLoader({ queue: this.queue, page: {
      isOneByOne: () => this.mode === "one", onLoaded: () => this.onLoaded(), onAway: (reason) => this.onAway(reason),
    } });
    this.savedReport = new SavedReport({ queue: this.queue, outbox: this.outbox, onSaved: (version) => this.onSaved(version) });
    // Where labels are given for the first time, none of them has a probability of being wrong.
    const onRest = () => { if (!data.labeling) this.probabilities.loadFirst(); };
    this.prefetch = new PicturePrefetch({ study, pictures: this.pictures, queue: this.queue, onRest });
    this.probabilities = new ProbabilityUpdates({ study, isDecided: (card) => Boolean(this.queue.decisionOn(card)), onLoad: () => this.showProbability() });
    this.sampleView = new SampleView({ study, kind, threshold, hasSaliency: data.hasSaliency, isLabeling: Boolean(data.labeling), pictures: this.pictures, act: {
      keep: () => this.decisions.decide("keep"),
      relabel: () => this.decisions.relabelToSuggestion(),
      relabelTo: (label) => this.decisions.relabelTo(label),
      skip: () => this.decisions.decide("skip"),
      exclude: () => this.decisions.decide("exclude"),
      note: () => this.popups.openNote(),
      why: () => this.popups.openEvidence(),
      see: () => this.goWith("saliency"),
      type: () => this.popups.openTyping(),
      step: (by) => this.navigation.step(by),
      undo: (row) => this.decisions.undo(row),
      back: () => this.navigation.comeBack(),
      map: () => this.goWith("map"),
      neighbor: (one) => this.navigation.lookAtNeighbor(one),
    } });
    const about = { isOne: () => this.place === "one", classes: () => this.classes, onAway: (/** @type {unknown} */ reason) => this.loader.onAway(reason, () => this.loader.load()) };
    this.navigation = new Navigation({ queue: this.queue, sampleView: this.sampleView, page: {
      ...about, show: () => this.show(), refill: () => this.loader.refill(),
      leaveGrid: () => { if (this.mode === "grid") this.setMode("one"); },
    } });
    this.decisions = new DecisionActions({ queue: this.queue, outbox: this.outbox, navigation: this.navigation, sampleView: this.sampleView, page: {
      ...about, sender: () => ({ reviewer: this.data.reviewer, explanation: this.data.explanation }),
      announce: (words) => { this.live.textContent = words; },
      onDecided: () => { this.show(); this.loader.refill(); },
      onUndone: (restored) => {
        this.end.isPaused = false;
        if (this.mode === "grid") this.groups.restore(restored);
        else this.show();
      },
    } });
    this.popups = new SamplePopups({ study, queue: this.queue, navigation: this.navigation, decisions: this.decisions, probabilities: this.probabilities, page: {
      ...about, show: () => this.show(), onClose: () => this.work.focus({ preventScroll: true }),
    } });
    this.sampleView.keys.append(this.popups.note.node, this.popups.typing.node);
    this.groups = new Groups({ study, kind, classesOf: () => this.classes, queue: this.queue, isOpen: () => this.mode === "grid" && !this.isDestroyed, onShow: () => this.show(),
      onDecide: (cards, verdict, label) => this.decisions.decideGroup(cards, verdict, label), onAway: (reason, again) => this.loader.onAway(reason, again) });
    this.history = new HistoryStrip({ study, pictures: this.pictures, kind, cardOf: (row) => this.queue.cards.get(row), onVisit: (row) => this.navigation.visit(row) });
    this.batch = !data.labeling ? null : new BatchStrip({ study, kind, onChoose: (row) => this.navigation.goTo(row), onMarks: (marks) => this.sampleView.smallMap.mark(marks) });
    this.progress = new ProgressDisplay({ kind, queue: this.queue, outbox: this.outbox, navigation: this.navigation, header: this.header, history: this.history, batch: this.batch, page: {
      ...about, isAway: () => this.isAway(),
    } });
    this.work = el("div", { class: "work", tabindex: "-1" },
      this.sampleView.node, this.groups.node, skeleton(), this.end.notice.node, this.unreachable.node, (this.batch ?? this.history).node);
    this.node = el("section", { class: "margin label-review", "aria-label": data.labeling ? "labeling" : "label review" },
      this.header.node, this.refusals.node, this.work, this.live, this.help, this.popups.evidence.node);
    this.node.classList.toggle("of-labeling", Boolean(data.labeling));
    this.header.showMode(this.mode);
    this.sampleView.showClasses(this.classes);
    const keys = new KeyActions({
      dialogs: { help: this.help, why: this.popups.evidence.node }, endNotice: this.end.notice, sampleView: this.sampleView, groups: this.groups,
      navigation: this.navigation, decisions: this.decisions, popups: this.popups, page: {
        situation: () => this.situation(), toggleMode: () => this.toggleMode(), goToSaliency: () => { if (this.data.hasSaliency) this.goWith("saliency"); },
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
    await this.loader.load();
    if (this.data.at !== null && this.data.at !== undefined && this.mode === "one") this.navigation.goTo(this.data.at);
  }

  /** @param {ReviewData} data */
  update(data) {
    const before = this.data;
    this.data = data;
    this.classes = data.classes;
    this.queue.goal = data.goal;
    this.queue.labeling = labelingOf(data);
    if (before.mode !== data.mode && data.mode !== this.mode) this.setMode(data.mode);
    const isChosenAnew = JSON.stringify(before.labeling) !== JSON.stringify(data.labeling);
    if (before.selection !== data.selection || before.explanation !== data.explanation || isChosenAnew) {
      this.queue.selection = data.selection;
      this.queue.clear();
      this.navigation.viewed = null;
      this.reload();
      return;
    }
    if (JSON.stringify(before.classes) !== JSON.stringify(data.classes)) {
      this.sampleView.showClasses(this.classes);
      this.show();
    }
    const card = this.navigation.current();
    if (card) this.sampleView.smallMap.ring(card, this.classes);
    if (this.place === "empty" && before.unlabeled !== data.unlabeled) this.show();
  }

  destroy() {
    this.isDestroyed = true;
    this.stopKeys();
    this.stopClosing();
    this.loader.stop();
    this.savedReport.stop();
    this.prefetch.stop();
    this.probabilities.stop();
    this.sampleView.rest();
    this.outbox.close();
  }

  /* ----- server ----- */

  reload() {
    this.setPlace("loading");
    this.loader.load();
  }

  async onLoaded() {
    if (this.mode === "grid") {
      if (this.place !== "grid") await this.groups.open();
    } else if (this.place === "one") {
      this.navigation.showSteps();
      this.prepare();
      this.progress.showHeader();
    } else {
      this.show();
    }
    this.watchNextBatch();
    // A card without a place was made before the map was laid out. The sample is painted before all others are.
    if (this.queue.order.some((card) => card.x !== null)) requestAnimationFrame(() => setTimeout(() => this.sampleView.smallMap.load()));
  }

  /**
   * @param {DecisionsAnswer} answer
   * @param {RefusedEntry[]} refused
   * @param {string} query
   */
  onAnswer(answer, refused, query) {
    const returned = this.isAway();
    this.loader.onBack();
    this.queue.accept(answer);
    for (const one of refused) {
      this.queue.decided.delete(one.decision.row);
      this.refusals.add(one, this.classes);
    }
    // Other samples may be wanted by now: those that come with the answer are none of them.
    if (query === this.queue.query(READY)) this.queue.reorder(answer.cards);
    this.end.pauseWhenEnough(this.mode === "one" && !this.navigation.viewed);
    this.prepare();
    this.progress.show();
    if (returned) this.sampleView.fetchMissing();
    if (this.mode === "grid") this.groups.refresh().catch((reason) => console.warn("margin: the list of groups is not refreshed.", reason));
    else if (this.end.isPaused || this.place === "empty" || (this.place !== "one" && this.queue.current)) this.show();
    this.loader.refill();
    this.watchNextBatch();
    this.savedReport.schedule();
  }

  /* Who rests in the middle of a batch sees the next one arrive, too. */
  watchNextBatch() {
    if (this.place === "one" && this.queue.labelingState?.next === "working") this.loader.loadLater();
  }

  /** @param {unknown} reason */
  onAway(reason) {
    // The selection is forgotten: Python, asked to run again, finds so too and lifts the limit.
    if (reason instanceof ServerError && reason.status === 410) this.send("saved", { version: this.queue.version });
    const here = this.mode === "grid" ? this.groups.members.length > 0 : this.queue.current !== null;
    if (!here) this.setPlace("unreachable");
    this.progress.showConnection();
  }

  /** @param {number} version of the decisions */
  onSaved(version) {
    this.send("saved", { version });
    if (!this.data.labeling) this.probabilities.load();
  }

  /* ----- what is on screen ----- */

  prepare() {
    if (this.isAway()) this.prefetch.stop();
    else this.prefetch.start();
  }

  show() {
    this.progress.show();
    if (this.mode === "grid") {
      if (this.groups.members.length === 0) {
        if (!this.groups.awaited) this.showNothing();
        return;
      }
      this.setPlace("grid");
      this.groups.show(this.classes);
      return;
    }
    const card = this.end.isPaused ? this.navigation.viewed : this.navigation.current();
    if (!card) { this.showNothing(); return; }
    this.setPlace("one");
    this.sampleView.show(card, { classes: this.classes, made: this.queue.decisionOn(card), isLookedAt: this.navigation.viewed !== null, note: this.decisions.noteFor(card), probability: this.probabilities.of(card) });
    this.navigation.showSteps();
    this.node.dataset.row = String(card.row);
    this.prepare();
  }

  showProbability() {
    const card = this.navigation.current();
    if (this.place === "one" && card) this.sampleView.evidence.showErrorProbability(this.probabilities.of(card));
  }

  isAway() {
    return this.outbox.failure !== null || this.loader.isAway;
  }

  showNothing() {
    delete this.node.dataset.row;
    this.sampleView.forget();
    if (this.loader.loading || this.loader.isAway) { this.setPlace(this.loader.isAway ? "unreachable" : "loading"); return; }
    if (this.queue.labeling && this.queue.labelingState?.state !== "failed" && this.queue.labelingState?.state !== "none") {
      this.setPlace("loading");
      this.loader.loadLater();
      return;
    }
    if (!this.queue.labeling && this.mode === "one" && this.queue.open() > 0 && !this.data.selection && !this.end.isPaused) {
      this.setPlace("loading");
      this.loader.loadLater();
      return;
    }
    this.end.show({ isGrid: this.mode === "grid", unlabeled: this.data.unlabeled });
    this.setPlace("empty");
  }

  /** @param {PlaceName} place */
  setPlace(place) {
    this.place = place;
    this.node.dataset.place = place;
    this.node.setAttribute("aria-busy", String(place === "loading"));
    this.unreachable.show(this.outbox.waiting.length);
  }

  /* ----- keys ----- */

  /** @returns {Situation} */
  situation() {
    return {
      isLabeling: this.queue.labeling !== null, mode: this.mode, place: this.place, isAside: this.navigation.isAside(), offersCheck: this.end.notice.offers("check"), classes: this.classes,
      columns: this.mode === "grid" ? this.groups.columns() : 1,
    };
  }

  toggleMode() {
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
      this.loader.refill();
    }
  }

  /**
   * Leave with the sample on screen.
   * @param {ReviewAction["name"]} name
   */
  goWith(name) {
    const card = this.navigation.current();
    if (card && this.place === "one") this.send("action", { name, row: card.row });
  }
}

/** @param {ReviewData} data */
function labelingOf({ labeling, reviewer }) {
  return labeling ? { ...labeling, reviewer } : null;
}

/** @param {Component<ReviewData>} component */
export default function (component) {
  return mountOnce(component, (data) => new LabelReview(data));
}
