/* Keys for a whole page. */

const TYPED_IN = "input, textarea, select, [contenteditable=''], [contenteditable=true]";
const HAVE_OWN_KEYS = ["slider", "listbox", "combobox", "tablist", "menu", "radiogroup", "grid", "application"].map((role) => `[role=${role}]`).join(", ");
const DIALOGS = "[data-testid=stDialog], [aria-modal=true]";

function isIn(target, selector) {
  return target instanceof Element && target.closest(selector) !== null;
}

/* Keys for the whole page while `root` is to be seen. They are caught before Streamlit's own shortcuts (R, C) see them, and
   left alone when they belong to something else: an input, a pressed button, another widget, a dialog, a modifier. */
export function routeKeys(root, handle) {
  const listener = (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!root.isConnected || !root.checkVisibility()) return;
    const path = event.composedPath();
    const target = path[0];
    if (isIn(target, TYPED_IN)) return;
    if (!path.includes(root) && (isIn(target, HAVE_OWN_KEYS) || document.querySelector(DIALOGS))) return;
    if ((event.key === "Enter" || event.key === " ") && isIn(target, "button, a[href], summary, [role=button]")) return;
    if (handle(event.key.length === 1 ? event.key.toLowerCase() : event.key, event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  window.addEventListener("keydown", listener, true);
  return () => window.removeEventListener("keydown", listener, true);
}

/* A few seconds after the server went away, Streamlit covers the page with a dialog that takes the keys. Work here goes on without
   the server and says so itself, so that dialog is closed before it is drawn; Streamlit then keeps quiet until it is connected. */
export function closeConnectionDialogs() {
  const closing = new MutationObserver(() => {
    const app = document.querySelector("[data-testid=stApp]");
    if (app === null || app.dataset.testConnectionState === "CONNECTED") return;
    document.querySelector("[data-testid=stDialog] button[aria-label=Close]")?.click();
  });
  closing.observe(document.body, { childList: true, subtree: true });
  return () => closing.disconnect();
}
