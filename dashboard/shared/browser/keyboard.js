// @ts-check
/* Keys for a whole page. */

const TYPED_IN = "input, textarea, select, [contenteditable=''], [contenteditable=true]";
const WIDGETS_WITH_KEYS = ["slider", "listbox", "combobox", "tablist", "menu", "radiogroup", "grid", "application"].map((role) => `[role=${role}]`).join(", ");
const DIALOGS = "[data-testid=stDialog], [aria-modal=true]";

/**
 * @param {EventTarget | undefined} target
 * @param {string} selector
 */
function isIn(target, selector) {
  return target instanceof Element && target.closest(selector) !== null;
}

/**
 * A key without the shift that makes it large.
 * @param {{ key: string }} event
 */
export function keyOf(event) {
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

/** @param {{ ctrlKey: boolean, metaKey: boolean, altKey: boolean }} event */
export function hasModifier(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}

/**
 * Where an arrow, Home or End leads in a row of so many; null for any other key.
 * @param {string} key
 * @param {number} at
 * @param {number} size
 */
export function nextPlace(key, at, size) {
  const places = new Map([["ArrowLeft", at - 1], ["ArrowRight", at + 1], ["Home", 0], ["End", size - 1]]);
  const place = places.get(key);
  return place === undefined ? null : Math.max(0, Math.min(size - 1, place));
}

/**
 * Arrows, Home and End move the focus in a row of items of which Tab reaches one.
 * @param {KeyboardEvent} event
 * @param {readonly HTMLElement[]} items those that are to be seen
 */
export function moveInRow(event, items) {
  if (hasModifier(event)) return;
  const at = items.findIndex((item) => event.target instanceof Node && item.contains(event.target));
  const place = nextPlace(event.key, at, items.length);
  if (at < 0 || place === null) return;
  items.forEach((item, index) => { item.tabIndex = index === place ? 0 : -1; });
  items[place].focus();
  event.preventDefault();
  event.stopPropagation();
}

/**
 * Keys for the whole page while `root` is to be seen. They are caught before Streamlit's own shortcuts (R, C) see them, and left alone
 * when they belong to something else: an input, a pressed button, another widget, a dialog, a modifier.
 * @param {HTMLElement} root
 * @param {(key: string, event: KeyboardEvent) => boolean} handle returns whether the key was taken
 */
export function routeKeys(root, handle) {
  /** @param {KeyboardEvent} event */
  const listener = (event) => {
    if (event.defaultPrevented || event.isComposing || hasModifier(event)) return;
    if (!root.isConnected || !root.checkVisibility()) return;
    const path = event.composedPath();
    const target = path[0];
    if (isIn(target, TYPED_IN)) return;
    if (!path.includes(root) && (isIn(target, WIDGETS_WITH_KEYS) || document.querySelector(DIALOGS))) return;
    if ((event.key === "Enter" || event.key === " ") && isIn(target, "button, a[href], summary, [role=button]")) return;
    if (handle(keyOf(event), event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  window.addEventListener("keydown", listener, true);
  return () => window.removeEventListener("keydown", listener, true);
}

/* A few seconds after the server went away, Streamlit covers the page with a dialog that takes the keys. Work here goes on without the
   server and says so itself, so that dialog is closed before it is drawn; Streamlit then keeps quiet until it is connected. */
export function closeConnectionDialogs() {
  const closing = new MutationObserver(() => {
    const app = /** @type {HTMLElement | null} */ (document.querySelector("[data-testid=stApp]"));
    if (app === null || app.dataset.testConnectionState === "CONNECTED") return;
    /** @type {HTMLElement | null} */ (document.querySelector("[data-testid=stDialog] button[aria-label=Close]"))?.click();
  });
  closing.observe(document.body, { childList: true, subtree: true });
  return () => closing.disconnect();
}
