// @ts-check
/* Which classes a few typed letters may mean. */

/** @import { ClassEntry } from "../../payloads.d.ts" */

/** @typedef {{ entry: ClassEntry, label: number, name: string }} Offer */

/**
 * Classes with the letters in their name; those that begin with them first, else in their own order.
 * @param {string} typed
 * @param {readonly ClassEntry[]} classes
 * @returns {Offer[]}
 */
export function offersFor(typed, classes) {
  const wanted = typed.trim().toLowerCase();
  const named = classes.map((entry, label) => ({ entry, label, name: entry.name.toLowerCase() })).filter((one) => one.name.includes(wanted));
  return named.sort((a, b) => Number(b.name.startsWith(wanted)) - Number(a.name.startsWith(wanted)) || a.label - b.label);
}
