// @ts-check
/* A class by its color and its name together: color alone never says which class it is. */

/** @import { ClassEntry } from "../../payloads.d.ts" */

import { el, setText } from "./elements.js";
import { NO_CLASS } from "./words.js";

/** @typedef {ReturnType<typeof classChip>} ClassChip */

/** @typedef {"" | "small" | "large"} ChipSize */

/**
 * A chip whose class changes.
 * @param {ChipSize} [size]
 */
export function classChip(size = "") {
  const swatch = el("span", { class: "swatch", "aria-hidden": "true" });
  const name = el("span", { class: "chip-name" });
  const node = el("span", { class: `chip ${size}` }, swatch, name);
  return {
    node,
    /** @param {Pick<ClassEntry, "name" | "color">} entry */
    show(entry) {
      swatch.style.background = entry.color;
      swatch.classList.toggle("hollow", entry === NO_CLASS);
      setText(name, entry.name);
      node.title = entry.name;
    },
  };
}

/**
 * A chip whose class stays.
 * @param {Pick<ClassEntry, "name" | "color">} entry
 * @param {ChipSize} [size]
 */
export function chipOf(entry, size = "") {
  const chip = classChip(size);
  chip.show(entry);
  return chip.node;
}
