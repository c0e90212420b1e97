// @ts-check
/* Notes what a page does and when, on the machine's own clock (milliseconds since 1970), from before its first script. */

/** @typedef {{ what: string, at: number, key?: string } & Record<string, unknown>} Note */
/** @typedef {{ take: () => Note[], since: (at: number) => Note[], all: () => Note[], clock: () => number }} MarginNotes */

(() => {
  /** What is left on the window, for the benchmark to ask. */
  const watched = /** @type {Window & { marginRoots?: ShadowRoot[], marginNotes?: MarginNotes }} */ (window);
  const clock = () => performance.timeOrigin + performance.now();
  /** @param {Event} event */
  const eventClock = (event) => performance.timeOrigin + event.timeStamp;
  /* Keys are remembered over a reload, which takes everything else. */
  /** @type {Note[]} */
  const notes = JSON.parse(sessionStorage.getItem("margin-keys") ?? "[]");
  window.addEventListener("pagehide", () => sessionStorage.setItem("margin-keys", JSON.stringify(notes.filter((one) => one.what === "key"))));
  /**
   * @param {string} what
   * @param {Record<string, unknown>} more
   * @param {number} at
   */
  const note = (what, more = {}, at = clock()) => notes.push({ what, at, ...more });
  const NOTED = ["data-row", "data-place", "data-page", "data-painted", "aria-busy"];

  /* A frame is on screen after the frame's callbacks: the message comes once the browser has drawn it. */
  /** @returns {Promise<number>} */
  const painted = () => new Promise((done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done(clock());
    port2.postMessage(0);
  }));

  /**
   * @param {Iterable<HTMLImageElement>} images
   * @param {string} what
   * @param {Record<string, unknown>} more
   */
  async function whenPictured(images, what, more) {
    await Promise.all([...images].map((image) => image.decode().catch(() => note("picture broken"))));
    note(what, more, await painted());
  }

  /**
   * @param {Element} node
   * @param {string} selector
   */
  const shownImages = (node, selector) => [.../** @type {NodeListOf<HTMLImageElement>} */ (node.querySelectorAll(selector))]
    .filter((image) => image.offsetParent !== null && image.getAttribute("src"));

  /** @param {MutationRecord[]} changes */
  function onChange(changes) {
    for (const { target, attributeName, oldValue } of changes) {
      if (!(target instanceof Element) || attributeName === null) continue;
      const value = target.getAttribute(attributeName);
      const kind = target.classList[1] ?? target.tagName.toLowerCase();
      note(attributeName, { kind, value });
      if (attributeName === "data-row" && target.classList.contains("label-review") && value !== null && value !== oldValue) {
        whenPictured(/** @type {NodeListOf<HTMLImageElement>} */ (target.querySelectorAll(".stage img")), "sample painted", { row: Number(value) });
      }
      if (attributeName === "aria-busy" && value === "false" && target.classList.contains("thumbnails")) {
        const images = shownImages(target, ".item img");
        whenPictured(images, "thumbnails painted", { page: Number(target.getAttribute("data-page")), pictures: images.length });
      }
    }
  }

  /* Components live in shadow roots, each of which is watched from its making. */
  /** @param {Node} root */
  const watch = (root) => new MutationObserver(onChange).observe(root, { subtree: true, attributes: true, attributeOldValue: true, attributeFilter: NOTED });
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    watch(root);
    (watched.marginRoots ??= []).push(root);
    return root;
  };
  watch(document);

  const review = () => (watched.marginRoots ?? [])
    .map((root) => /** @type {HTMLElement | null} */ (root.querySelector(".label-review"))).find((found) => found?.isConnected);
  window.addEventListener("keydown", (event) => note("key", { key: event.key, row: Number(review()?.dataset.row ?? -1) }, eventClock(event)), true);
  for (const name of ["pointerup", "click"]) window.addEventListener(name, (event) => note(name, {}, eventClock(event)), true);

  /** @param {Uint8Array} bytes */
  const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  window.WebSocket = new Proxy(window.WebSocket, {
    construct(target, options) {
      const socket = new target(.../** @type {ConstructorParameters<typeof WebSocket>} */ (options));
      socket.addEventListener("message", ({ data }) => {
        const at = clock();
        const bytes = new Uint8Array(data);
        note("in", { bytes: bytes.length, message: bytes.length < 20_000 ? base64(bytes) : null }, at);
      });
      const { send } = socket;
      socket.send = (data) => {
        note("out", { bytes: typeof data === "string" ? data.length : data instanceof Blob ? data.size : data.byteLength });
        send.call(socket, data);
      };
      return socket;
    },
  });

  watched.marginNotes = { take: () => notes.splice(0), since: (at) => notes.filter((one) => one.at >= at), all: () => notes, clock };
})();
