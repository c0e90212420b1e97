// @ts-check
/* What each prototype stands for, for any number of them: each takes samples from earlier ones of its class. */

/** @import { Prototype } from "../../payloads.d.ts" */

/**
 * @param {readonly Pick<Prototype, "takenFrom" | "taken">[]} prototypes
 * @param {number} first how many of them there are
 */
export function countRepresented(prototypes, first) {
  const counts = prototypes.slice(0, first).map(() => 0);
  counts.forEach((_, index) => {
    const { takenFrom, taken } = prototypes[index];
    takenFrom.forEach((earlier, place) => {
      counts[index] += taken[place];
      if (earlier >= 0) counts[earlier] -= taken[place];
    });
  });
  return counts;
}

/**
 * How well the first so many of each group cover it, the mean over all samples.
 * @param {readonly { size: number, prototypes: readonly Pick<Prototype, "coverage">[] }[]} groups
 * @param {number} first
 */
export function coverage(groups, first) {
  let [covered, all] = [0, 0];
  for (const { size, prototypes } of groups) {
    const last = prototypes[Math.min(first, prototypes.length) - 1];
    covered += size * (last?.coverage ?? 0);
    all += size;
  }
  return all > 0 ? covered / all : 0;
}
