// @ts-check
/* Keys carried out: each on the part of the page that it stands for. */

/** @import { EndNotice } from "./notices.js" */
/** @import { DecisionActions } from "./decision_actions.js" */
/** @import { Groups } from "./groups.js" */
/** @import { Action, Situation } from "./keys.js" */
/** @import { Navigation } from "./navigation.js" */
/** @import { SamplePopups } from "./sample_popups.js" */
/** @import { SampleView } from "./sample_view.js" */

import { actionFor, mayRepeat } from "./keys.js";

/**
 * The page around it.
 * @typedef {object} KeyActionsHost
 * @property {() => Situation} situation
 * @property {() => void} toggleMode
 * @property {() => void} goToSaliency with the sample on screen, where heatmaps can be computed
 */

export class KeyActions {
  /**
   * @param {object} options
   * @param {{ help: HTMLDialogElement, why: HTMLDialogElement }} options.dialogs
   * @param {EndNotice} options.endNotice
   * @param {SampleView} options.sampleView
   * @param {Groups} options.groups
   * @param {Navigation} options.navigation
   * @param {DecisionActions} options.decisions
   * @param {SamplePopups} options.popups
   * @param {KeyActionsHost} options.page
   */
  constructor({ dialogs, endNotice, sampleView, groups, navigation, decisions, popups, page }) {
    this.help = dialogs.help;
    this.dialogs = [{ dialog: dialogs.help, own: "?" }, { dialog: dialogs.why, own: "w" }];
    this.endNotice = endNotice;
    this.sampleView = sampleView;
    this.groups = groups;
    this.navigation = navigation;
    this.decisions = decisions;
    this.popups = popups;
    this.page = page;
  }

  /**
   * Whether the key was meant for this page.
   * @param {string} key
   * @param {KeyboardEvent} event
   */
  onKey(key, event) {
    for (const { dialog, own } of this.dialogs) {
      if (!dialog.open) continue;
      if (key !== own) return false;
      dialog.close();
      return true;
    }
    const action = actionFor(key, this.page.situation());
    /* Streamlit's own shortcuts; a slip of the finger must not clear its caches. */
    if (!action) return key === "r" || key === "c";
    if (!event.repeat || mayRepeat(action)) this.run(action);
    return true;
  }

  /** @param {Action} action */
  run(action) {
    switch (action.name) {
      case "help": return this.help.showModal();
      case "mode": return this.page.toggleMode();
      case "undo": return void this.decisions.undo();
      case "check": return this.endNotice.act.check();
      case "keep": case "skip": case "exclude": return this.decisions.decide(action.name);
      case "main": return this.decisions.decideMain();
      case "suggestion": return this.decisions.relabelToSuggestion();
      case "relabelTo": return this.decisions.relabelTo(action.label);
      case "note": return this.popups.openNote();
      case "why": return this.popups.openEvidence();
      case "saliency": return this.page.goToSaliency();
      case "zoom": return this.sampleView.zoom?.next();
      case "type": return this.popups.openTyping();
      case "back": return this.navigation.comeBack();
      case "step": return this.navigation.step(action.by);
      case "relabelGroup": return this.groups.decide("relabel");
      case "keepGroup": return this.groups.decide("keep");
      case "toggle": return this.groups.toggleFocused();
      case "group": return this.groups.step(action.by);
      case "move": return this.groups.move(action.by);
    }
  }
}
