/* Classes, decisions and numbers as they are read. */

import { el, setText } from "./elements.js";

export const NO_CLASS = { name: "no label", colour: "transparent", key: "" };

export function classOf(classes, label) {
  return classes[label] ?? NO_CLASS;
}

export function verdictWords(classes, decision) {
  switch (decision.verdict) {
    case "relabel": return `relabelled to ${classOf(classes, decision.label).name}`;
    case "keep": return "kept";
    case "skip": return "skipped";
    case "exclude": return "excluded";
    default: return decision.verdict;
  }
}

export function count(number) {
  return number.toLocaleString("en-GB");
}

/* What a sample without a picture is called in little room: its text, or its first values. */
export function shortForm(card) {
  if (!card) return "";
  if (card.kind === "text") return card.text;
  return (card.values ?? []).slice(0, 3).map(([, value]) => value).join(" ");
}

export function fraction(number) {
  return number.toFixed(2);
}

export function localTime(at) {
  return new Date(at).toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

/* Colour and name together: colour alone never says which class it is. */
export function classChip(size = "") {
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
