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
  /**
   * @param {number} status
   * @param {string} [message]
   */
  constructor(status, message = `the server answered ${status}`) {
    super(message);
    this.status = status;
  }
}

/* What is asked for cannot be done, and asking again does not help: the message is the reason. */
export class Refusal extends ServerError {}

/**
 * @param {string} url
 * @param {RequestInit} [options]
 */
export async function ask(url, options = {}) {
  const answer = await fetch(url, { credentials: "same-origin", ...options });
  if (answer.ok) return answer;
  throw answer.status >= 400 && answer.status < 500 ? new Refusal(answer.status, await answer.text()) : new ServerError(answer.status);
}

/* Says that a request comes from this page: no other site can set a header without being asked for leave first. */
export const OWN_PAGE = { "X-Margin": "1" };

/**
 * What sends a payload, as options of a request.
 * @param {unknown} payload
 * @returns {RequestInit}
 */
export function post(payload) {
  return { method: "POST", headers: { "Content-Type": "application/json", ...OWN_PAGE }, body: JSON.stringify(payload) };
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
