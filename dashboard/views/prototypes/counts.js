/* What each prototype stands for, for any number of them: each takes samples from earlier ones of its class. */

export function standsFor(prototypes, first) {
  const counts = prototypes.slice(0, first).map(() => 0);
  counts.forEach((_, index) => {
    const { from, took } = prototypes[index];
    from.forEach((earlier, place) => {
      counts[index] += took[place];
      if (earlier >= 0) counts[earlier] -= took[place];
    });
  });
  return counts;
}

/* How well the first so many of each group cover it, the mean over all samples. */
export function coverage(groups, first) {
  let [covered, all] = [0, 0];
  for (const { size, prototypes } of groups) {
    const last = prototypes[Math.min(first, prototypes.length) - 1];
    covered += size * (last?.covers ?? 0);
    all += size;
  }
  return all > 0 ? covered / all : 0;
}
