// @ts-check
/* How far the review is, and what can be done at its end, in words. */

/** @import { LabelingState, QueueProgress } from "../../payloads.d.ts" */

import { count, counted } from "../../shared/browser/words.js";

/**
 * Where the review stands when there is no sample to show.
 * @typedef {object} QueueState
 * @property {QueueProgress | null} progress
 * @property {boolean} isGrid
 * @property {boolean} isSelection whether the queue is restricted to a selection
 * @property {boolean} isBeyond whether samples that are no suspects were shown too
 * @property {boolean} isChecking whether only random checks are shown
 * @property {boolean} isEnough whether no more labels are left wrong than the goal allows
 * @property {boolean} isPaused
 * @property {number} open suspects that nobody has decided on
 * @property {number} unlabeled
 * @property {LabelingState | null} [labeling] how far the labeling is, where samples without a label are labeled
 * @property {number} [labeled] samples with a label
 */
/** @typedef {"review" | "default" | "leave" | "check" | "beyond" | "skipped" | "unlabeled" | "all" | "single"} NextStepName what can be done next */
/** @typedef {[name: NextStepName, words: string]} NextStep */

/**
 * How many suspects nobody has decided on: the number that the menu and the overview show.
 * @param {number} open
 */
export function suspectsWords(open) {
  return `${open > 0 ? counted(open, "suspect") : "no suspects"} left`;
}

/**
 * How far the batch after the one that is labeled is; at first there is none.
 * @param {Pick<LabelingState, "state" | "next" | "size"> | null} labeling
 */
export function nextBatchWords(labeling) {
  if (labeling?.state !== "ready" && labeling?.state !== "working") return "";
  if (labeling.next === "working") return labeling.size > 0 ? "choosing the next batch" : "choosing the first batch";
  return labeling.next === "ready" ? "next batch ready" : "";
}

/**
 * What became of the decisions that wait.
 * @param {number} waiting
 * @param {boolean} away whether the server does not answer
 * @param {boolean} isPersistent whether the browser keeps them
 */
export function connectionWords(waiting, away, isPersistent) {
  const where = isPersistent ? "kept here, sent when it is back" : "kept in this tab: leave it open";
  const decisions = counted(waiting, "decision");
  if (away) return waiting > 0 ? `Server away: ${decisions} ${where}` : "Server away: go on, decisions are kept here";
  return waiting > 0 ? `saving ${count(waiting)}` : "saved";
}

/**
 * What stands at the end of the queue. The first is the one that most will want.
 * @param {QueueState} state
 * @returns {{ title: string, words: string, nextSteps: NextStep[] }}
 */
export function endWords(state) {
  if (state.labeling) return labelingEndWords(state.labeling, state.labeled ?? 0, state.progress?.skipped ?? 0);
  const { progress, isGrid, isSelection, isBeyond, isChecking, isEnough, isPaused, open, unlabeled } = state;
  if (isGrid && open > 0) {
    return { title: "No group to decide at once", words: "The suspects that are left share no suggestion.", nextSteps: [["single", "Look at them one by one"]] };
  }
  /** @type {NextStep} */
  const leave = ["leave", "Export the corrections"];
  if (isSelection) {
    return { title: "Every selected sample is decided", words: "The others wait in the whole queue.", nextSteps: [["all", "Go to the whole queue"], leave] };
  }
  /** @type {(is: boolean, name: NextStepName, words: string) => NextStep[]} */
  const when = (is, name, words) => (is ? [[name, words]] : []);
  const label = when(unlabeled > 0, "unlabeled", unlabeled === 1 ? "1 sample has no label: label it" : `${count(unlabeled)} samples have no label: label them`);
  const beyond = when(!isBeyond, "beyond", "Go on with labels that look right");
  const left = progress?.remaining;
  const check = when(Boolean(left) && left?.checks !== null && (isPaused || !isChecking), "check", isEnough ? "Check more at random" : "Check some at random");
  if (!progress || progress.decided + progress.skipped === 0) {
    return { title: "No suspect labels here", words: sentence("No sample has another class that is more probable than its label.", boundWords(progress)), nextSteps: [...check, ...label, ...beyond] };
  }
  const { relabeled, kept, excluded, skipped } = progress;
  const again = when(skipped > 0, "skipped", skipped === 1 ? "Look at the skipped sample again" : `Look at ${count(skipped)} skipped samples again`);
  const made = `${count(relabeled)} relabeled, ${count(kept)} kept, ${count(excluded)} excluded, ${count(skipped)} skipped.`;
  return {
    title: isEnough ? "You can stop" : titleOf(isBeyond || isChecking, skipped),
    words: sentence(made, boundWords(progress)),
    nextSteps: isEnough ? [leave, ...check, ...beyond, ...again, ...label] : [...check, leave, ...beyond, ...again, ...label],
  };
}

/**
 * What stands where no sample is left to label, or none can be chosen.
 * @param {LabelingState} labeling
 * @param {number} labeled
 * @param {number} skipped
 * @returns {{ title: string, words: string, nextSteps: NextStep[] }}
 */
function labelingEndWords(labeling, labeled, skipped) {
  if (labeling.state === "failed") {
    return { title: "No batch with this strategy yet", words: labeling.message, nextSteps: [["default", "Use the default strategy"]] };
  }
  /** @type {NextStep[]} */
  const again = skipped > 0 ? [["skipped", skipped === 1 ? "Look at the skipped sample again" : `Look at ${count(skipped)} skipped samples again`]] : [];
  return {
    title: skipped > 0 ? "Every sample was looked at" : "Every sample has a label",
    words: `${count(labeled)} labeled. Review the labels that look wrong, or export them.`,
    nextSteps: [...again, ["review", "Review suspect labels"], ["leave", "Export the labels"]],
  };
}

/** @param {...string} parts */
function sentence(...parts) {
  return parts.filter(Boolean).join(" ");
}

/**
 * What is left at most, and how many random checks bring it to the goal.
 * @param {QueueProgress | null} progress
 */
function boundWords(progress) {
  const left = progress?.remaining;
  if (!left || left.checks === undefined) return "";
  const bound = left.sampled > 0 ? `At most ${count(left.upper)} of ${count(left.labeled)} labels are still wrong (95 % confidence).` : "Labels that look right may be wrong, too.";
  if (left.checks === null) return sentence(bound, "A skipped label counts as wrong.");
  if (left.checks === 0) return sentence(bound, `The goal is reached: at most ${counted(left.goal, "wrong label")}.`);
  return sentence(bound, `${counted(left.checks, "more random check")}, if every label checked is right, would show with 95 % confidence that at most ${counted(left.goal, "label")} ${left.goal === 1 ? "is" : "are"} wrong.`);
}

/**
 * @param {boolean} isFurther
 * @param {number} skipped
 */
function titleOf(isFurther, skipped) {
  const verb = skipped > 0 ? "was looked at" : "is decided";
  return `Every ${isFurther ? "sample" : "suspect"} ${verb}`;
}
