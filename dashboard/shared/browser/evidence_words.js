// @ts-check
/* Why a sample is suspect, in sentences. */

/** @import { ClassEntry, LabelEvidence, SimilarDecision } from "../../payloads.d.ts" */

import { classOf, count, counted, fraction, percent, verdictWords } from "./words.js";

const NOTICEABLE = 0.005;

/** @typedef {readonly ClassEntry[]} Classes */

/**
 * Whether two scores look the same.
 * @param {number} one
 * @param {number} other
 */
export function looksSame(one, other) {
  return Math.abs(one - other) < NOTICEABLE;
}

/**
 * What a score becomes.
 * @param {number} before
 * @param {number} after
 */
export function changeWords(before, after) {
  return looksSame(before, after) ? `stays ${fraction(before)}` : `${fraction(before)} → ${fraction(after)}`;
}

/**
 * The probability of a class by all sources together.
 * @param {Pick<LabelEvidence, "classes" | "pooled">} why
 * @param {number} label
 */
function pooledOf({ classes, pooled }, label) {
  return fraction(pooled[classes.indexOf(label)]);
}

/**
 * The score in one sentence.
 * @param {LabelEvidence} why
 * @param {Classes} classes
 */
export function verdictOf(why, classes) {
  if (why.isolated) {
    return why.byEdge
      ? "No edge joins this node to another, and it has no usable features, so its label is not scored."
      : "This sample has no usable features, so it has no neighbors and its label is not scored.";
  }
  if (why.suggested < 0) return "There is no other class.";
  const other = `“${classOf(classes, why.suggested).name}” ${pooledOf(why, why.suggested)}`;
  if (why.label < 0) return `It has no label. All sources of evidence together give ${other}.`;
  const own = `“${classOf(classes, why.label).name}” ${pooledOf(why, why.label)}`;
  return `Label error score ${fraction(why.score)}: all sources of evidence together give ${other} and ${own}${confusionWords(why, classes)}.`;
}

/**
 * How often the one class is taken for the other, where it makes a difference.
 * @param {LabelEvidence} why
 * @param {Classes} classes
 */
function confusionWords({ factor, suggested, label }, classes) {
  if (Math.abs(factor - 1) < 0.05) return "";
  return `; “${classOf(classes, suggested).name}” is labeled “${classOf(classes, label).name}” ${factor.toFixed(1)} times as often as one class is for another on average`;
}

/**
 * The sum that the score is, with its numbers; empty where there is none.
 * @param {LabelEvidence} why
 */
export function sumOf(why) {
  if (why.label < 0 || why.suggested < 0 || why.isolated) return "";
  const [other, own] = [pooledOf(why, why.suggested), pooledOf(why, why.label)];
  const times = looksSame(why.factor, 1) ? other : `${other} × ${why.factor.toFixed(2)}`;
  return `${times} / (${times} + ${own}) = ${fraction(why.score)}`;
}

/**
 * What else there is to know of the label and of the queue.
 * @param {LabelEvidence} why
 * @param {Classes} classes
 * @param {string} probability how likely the label is wrong, in words; empty where that is not known
 */
export function remarksOn(why, classes, probability) {
  const found = [];
  if (why.label !== why.given) {
    const now = why.label < 0 ? "It has no label now" : `It is labeled ${classOf(classes, why.label).name} now`;
    found.push(`${now}; it was given ${classOf(classes, why.given).name}.`);
  }
  if (probability) found.push(probability);
  if (!why.ranksTheQueue) found.push("The queue is ranked by the score that you chose; the suggestion comes from these sources of evidence.");
  return found;
}

/**
 * Which neighbors count, and what correcting them would change.
 * @param {LabelEvidence} why
 */
export function neighborsWords(why) {
  const share = why.label < 0 ? "" : ` ${percent(why.agreement)} of the weight carries its own label.`;
  const others = why.voting - why.nearest;
  const which = others > 0 ? `: its ${count(why.nearest)} nearest, and ${count(others)} that ${others === 1 ? "has" : "have"} it among theirs` : "";
  const votes = `${count(why.voting)} ${why.voting === 1 ? "neighbor votes" : "neighbors vote"}`;
  const who = why.byEdge ? `${votes}, joined to it by ${why.voting === 1 ? "an edge" : "edges"}.${share}` : `${votes}${which}; near ones weigh more.${share}`;
  if (why.suspectNeighbors === 0) return who;
  const looks = why.suspectNeighbors === 1 ? "One of them is a suspect itself" : `${count(why.suspectNeighbors)} of them are suspects themselves`;
  const all = why.suspectNeighbors === 1 ? "if it were fixed" : "if all were fixed";
  return `${who} ${looks}; ${all}: ${changeWords(why.score, why.scoreIfAllCorrected ?? why.score)}.`;
}

/**
 * @param {LabelEvidence} why
 * @param {number} hidden neighbors that are listed but not shown yet
 */
export function moreWords({ voting, neighbors, unlisted }, hidden) {
  const beyond = voting - neighbors.length;
  return beyond > 0 ? `Show ${hidden} more (${beyond === 1 ? "one" : count(beyond)} with ${percent(unlisted)} of the weight ${beyond === 1 ? "is" : "are"} not listed)` : `Show ${hidden} more`;
}

/**
 * What was decided about samples like this one.
 * @param {LabelEvidence} why
 * @param {Classes} classes
 */
export function pastWords(why, classes) {
  const words = [similarWords(why.similar, classes), alikeWords(why, classes)].filter(Boolean);
  return words.length > 0 ? words.join(" ") : "Nobody has decided on a sample like this one yet.";
}

/**
 * @param {readonly SimilarDecision[]} decided
 * @param {Classes} classes
 */
function similarWords(decided, classes) {
  /** @type {Map<string, number>} */
  const outcomes = new Map();
  for (const one of decided) {
    const words = verdictWords(classes, one);
    outcomes.set(words, (outcomes.get(words) ?? 0) + 1);
  }
  const [most] = [...outcomes].sort((a, b) => b[1] - a[1]);
  if (!most) return "";
  const [words, number] = most;
  if (decided.length === 1) return `One similar sample was ${words}.`;
  return `${number} of ${decided.length} similar samples ${number === 1 ? "was" : "were"} ${words}.`;
}

/**
 * @param {LabelEvidence} why
 * @param {Classes} classes
 */
function alikeWords({ decidedAlike, given }, classes) {
  if (!decidedAlike || decidedAlike.decided === 0) return "";
  const who = `given ${classOf(classes, given).name} with the suggestion ${classOf(classes, decidedAlike.suggested).name}`;
  const what = `${count(decidedAlike.relabeled)} relabeled so, ${count(decidedAlike.kept)} kept`;
  return `In the whole study, ${counted(decidedAlike.decided, "decided sample")} ${who}: ${what}.`;
}
