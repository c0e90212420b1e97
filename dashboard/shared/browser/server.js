/* What the server is asked, and where. */

export function address(study, path) {
  return `${location.origin}/margin/${encodeURIComponent(study)}/${path}`;
}

export function pictureAddress(study, row, size) {
  return address(study, `picture/${row}?size=${size}`);
}

export class ServerSaysNo extends Error {
  constructor(status) {
    super(`the server answered ${status}`);
    this.status = status;
  }
}

export async function ask(url, options = {}) {
  const answer = await fetch(url, { credentials: "same-origin", ...options });
  if (!answer.ok) throw new ServerSaysNo(answer.status);
  return answer;
}

export async function getJson(url, options) {
  return (await ask(url, { cache: "no-store", ...options })).json();
}

export async function getBytes(url, options) {
  return (await ask(url, options)).arrayBuffer();
}
