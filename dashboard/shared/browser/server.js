// @ts-check
/* What the server is asked, and where. */

/**
 * @param {string} study
 * @param {string} path
 */
export function address(study, path) {
  return `${location.origin}/margin/${encodeURIComponent(study)}/${path}`;
}

/**
 * @param {string} study
 * @param {number} row
 * @param {"thumb" | "full"} size
 */
export function pictureAddress(study, row, size) {
  return address(study, `picture/${row}?size=${size}`);
}

/* An answer that is no success. */
export class ServerError extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`the server answered ${status}`);
    this.status = status;
  }
}

/**
 * @param {string} url
 * @param {RequestInit} [options]
 */
export async function ask(url, options = {}) {
  const answer = await fetch(url, { credentials: "same-origin", ...options });
  if (!answer.ok) throw new ServerError(answer.status);
  return answer;
}

/**
 * The payload that an address answers with; whoever asks names its type.
 * @param {string} url
 * @param {RequestInit} [options]
 * @returns {Promise<unknown>}
 */
export async function getJson(url, options) {
  return (await ask(url, { cache: "no-store", ...options })).json();
}

/**
 * @param {string} url
 * @param {RequestInit} [options]
 */
export async function getBytes(url, options) {
  return (await ask(url, options)).arrayBuffer();
}

/**
 * The message of an error, whatever was thrown.
 * @param {unknown} reason
 */
export function messageOf(reason) {
  return reason instanceof Error ? reason.message : String(reason);
}
