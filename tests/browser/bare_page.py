"""A bare page that mounts one component, as the dashboard would."""

from __future__ import annotations

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>component</title><style>
@font-face { font-family: "Source Sans"; font-weight: 200 900; src: url("/font.woff2") format("woff2") }
html[data-theme=light] { --st-primary-color: #0b62b8; --st-background-color: #ffffff;
  --st-secondary-background-color: #f4f5f7; --st-text-color: #1c2024; --st-border-color: #d9dce1;
  --st-orange-color: #d9730d; --st-red-text-color: #b3261e;
  --st-green-color: #2e9e5b }
html[data-theme=dark] { --st-primary-color: #6cb2ff; --st-background-color: #111418;
  --st-secondary-background-color: #1a1e24; --st-text-color: #eceef1; --st-border-color: #343a43;
  --st-orange-color: #f0964a; --st-red-text-color: #ff8a80;
  --st-green-color: #4cc38a }
body { margin: 0; padding: 48px 32px 16px; background: var(--st-background-color);
  font-family: "Source Sans", sans-serif }
#place { max-width: 1600px; margin-left: var(--nav, 0px) }
</style></head><body><main id="place"></main><script type="module">
const settings = __SETTINGS__;
document.documentElement.dataset.theme = settings.theme;
document.documentElement.style.setProperty("--nav", settings.nav + "px");
document.documentElement.style.setProperty("--st-font", "'Source Sans', sans-serif");
await document.fonts.load("14px 'Source Sans'");
const root = document.getElementById("place").attachShadow({ mode: "open" });
const { default: run } = await import("/component/" + settings.component + ".js");
window.states = [];
window.place = root;
window.data = settings.data;
window.run = (changes = {}) => {
  window.data = { ...window.data, ...changes };
  window.unmount = run({
    name: settings.component, key: "test", data: window.data, parentElement: root,
    setStateValue: (name, value) => window.states.push({ name, value, at: performance.now() }),
    setTriggerValue: (name, value) => window.states.push({ name, value, at: performance.now() }),
  });
};
window.run();
document.documentElement.dataset.mounted = "yes";
</script></body></html>"""
