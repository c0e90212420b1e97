// @ts-check
/* Keys carried out: each on the part of the page that it stands for. */

/** @import { EndNotice } from "./notices.js" */
/** @import { Deciding } from "./deciding.js" */
/** @import { Groups } from "./groups.js" */
/** @import { Action, Situation } from "./keys.js" */
/** @import { Looking } from "./looking.js" */
/** @import { SamplePopups } from "./sample_popups.js" */
/** @import { SampleView } from "./sample_view.js" */

import { actionFor, mayRepeat } from "./keys.js";

/**
 * The page around it.
 * @typedef {object} Page
 * @property {() => Situation} situation
 * @property {() => void} turnMode
 * @property {() => void} goToSaliency with the sample on screen, where heatmaps can be computed
 */

export class KeyActions {
  /**
   * @param {object} asked
   * @param {{ help: HTMLDialogElement, why: HTMLDialogElement }} asked.dialogs
   * @param {EndNotice} asked.endNotice
   * @param {SampleView} asked.sampleView
   * @param {Groups} asked.groups
   * @param {Looking} asked.looking
   * @param {Deciding} asked.deciding
   * @param {SamplePopups} asked.popups
   * @param {Page} asked.page
   */
  constructor({ dialogs, endNotice, sampleView, groups, looking, deciding, popups, page }) {
    this.help = dialogs.help;
    this.dialogs = [{ dialog: dialogs.help, own: "?" }, { dialog: dialogs.why, own: "w" }];
    this.endNotice = endNotice;
    this.sampleView = sampleView;
    this.groups = groups;
    this.looking = looking;
    this.deciding = deciding;
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
      case "mode": return this.page.turnMode();
      case "undo": return void this.deciding.undo();
      case "check": return this.endNotice.act.check();
      case "keep": case "skip": case "exclude": return this.deciding.decide(action.name);
      case "main": return this.deciding.decideMain();
      case "suggestion": return this.deciding.relabelToSuggestion();
      case "relabelTo": return this.deciding.relabelTo(action.label);
      case "note": return this.popups.openNote();
      case "why": return this.popups.openEvidence();
      case "saliency": return this.page.goToSaliency();
      case "zoom": return this.sampleView.zoom?.next();
      case "type": return this.popups.openTyping();
      case "back": return this.looking.comeBack();
      case "step": return this.looking.step(action.by);
      case "relabelGroup": return this.groups.decide("relabel");
      case "keepGroup": return this.groups.decide("keep");
      case "toggle": return this.groups.toggleFocused();
      case "group": return this.groups.step(action.by);
      case "move": return this.groups.move(action.by);
    }
  }
}
