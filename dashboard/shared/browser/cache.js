// @ts-check
/* Maps that hold no more than a number of entries. */

/**
 * @template Key
 * @param {Map<Key, unknown>} cache in the order of last use
 */
export function forgetOldest(cache) {
  const [oldest] = cache.keys();
  cache.delete(oldest);
}
