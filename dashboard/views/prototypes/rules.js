// @ts-check
/* The rules by which prototypes are selected: our own, and one to compare it with. */

export const OWN_RULE = "coverage";
export const PEER_RULE = "mmd_critic";

/** @type {Record<string, string>} */
export const RULE_NAMES = { [OWN_RULE]: "coverage", [PEER_RULE]: "MMD-critic" };
