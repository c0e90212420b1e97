// @ts-check
/* Classes, decisions and numbers as they are read. */

/** @import { ClassEntry } from "../../payloads.d.ts" */

export const NO_CLASS = { name: "no label", color: "transparent", key: "" };

/**
 * @param {readonly ClassEntry[]} classes
 * @param {number | null} label
 * @returns {ClassEntry}
 */
export function classOf(classes, label) {
  return (label === null ? null : classes[label]) ?? NO_CLASS;
}

/**
 * @param {readonly ClassEntry[]} classes
 * @param {{ verdict: string, label: number | null }} decision
 */
export function verdictWords(classes, decision) {
  switch (decision.verdict) {
    case "relabel": return `relabeled to ${classOf(classes, decision.label).name}`;
    case "keep": return "kept";
    case "skip": return "skipped";
    case "exclude": return "excluded";
    default: return decision.verdict;
  }
}

/** @param {number} number */
export function count(number) {
  return number.toLocaleString("en-GB");
}

/**
 * What a sample without a picture is called in little room: its text, or its first values.
 * @param {{ kind?: string, text?: string, values?: string[][] } | null | undefined} card
 */
export function shortForm(card) {
  if (!card) return "";
  if (card.kind === "text") return card.text ?? "";
  return (card.values ?? []).slice(0, 3).map(([, value]) => value).join(" ");
}

/** @param {number} number */
export function fraction(number) {
  return number.toFixed(2);
}

/** @param {string} at */
export function localTime(at) {
  return new Date(at).toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}
