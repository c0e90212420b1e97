/* Elements of the page. Data reaches it through textContent and element properties only, never as markup. */

export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name === "on") for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else if (name === "style") for (const [property, set] of Object.entries(value)) node.style.setProperty(property, set);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/* A button that does not take the focus from the work when it is clicked, and can still be reached by Tab. */
export function button(properties, ...children) {
  const node = el("button", { type: "button", ...properties }, ...children);
  node.addEventListener("pointerdown", (event) => event.preventDefault());
  return node;
}

export function keyButton(key, words, run, properties = {}) {
  const node = button({ class: "key-button", on: { click: run }, ...properties });
  node.append(el("kbd", { text: key, "aria-hidden": "true" }), el("span", { class: "words", text: words }));
  return node;
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/* Icons are drawn, not typed, so that no font decides how they look. */
export function icon(path) {
  const space = "http://www.w3.org/2000/svg";
  const node = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "path");
  for (const [name, value] of Object.entries({ viewBox: "0 0 16 16", "aria-hidden": "true", class: "icon" })) node.setAttribute(name, value);
  line.setAttribute("d", path);
  node.append(line);
  return node;
}
