// @ts-check
/* Elements of the page. Data reaches it through textContent and element properties only, never as markup. */

/** @typedef {{ [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void }} Listeners */
/**
 * Attributes by name, and besides: `text` is the text content, `on` listeners by event, `style` properties by name. An attribute that is
 * null, undefined or false is left out; one that is true is there without a value.
 * @typedef {{ text?: string, on?: Listeners, style?: Record<string, string> } & { [name: string]: unknown }} Properties
 */
/** @typedef {Node | string | null | undefined} Child */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Properties} [properties]
 * @param {...Child} children
 */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  const { text, on = {}, style = {}, ...attributes } = properties;
  if (text !== undefined) node.textContent = text;
  for (const [event, listener] of Object.entries(on)) node.addEventListener(event, /** @type {EventListener} */ (listener));
  for (const [property, value] of Object.entries(style)) node.style.setProperty(property, value);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/**
 * A button that does not take the focus from the work when it is clicked, and can still be reached by Tab.
 * @param {Properties} properties
 * @param {...Child} children
 */
export function button(properties, ...children) {
  const node = el("button", { type: "button", ...properties }, ...children);
  node.addEventListener("pointerdown", (event) => event.preventDefault());
  return node;
}

/**
 * A button that shows its key; `wordsOf` finds what is written on it.
 * @param {string} key
 * @param {string} words
 * @param {() => void} run
 * @param {Properties} [properties]
 */
export function keyButton(key, words, run, properties = {}) {
  return button({ class: "key-button", on: { click: run }, ...properties }, el("kbd", { text: key, "aria-hidden": "true" }), el("span", { class: "words", text: words }));
}

/**
 * What stands in the place of a view while the server does not answer.
 * @param {() => void} onAgain
 */
export function unreachableNotice(onAgain) {
  return el("div", { class: "unreachable", role: "alert" }, el("span", { text: "The server does not answer." }), button({ class: "key-button", text: "Try again", on: { click: onAgain } }));
}

/**
 * @param {HTMLElement} node a key button
 * @returns {HTMLElement}
 */
export function wordsOf(node) {
  return node.querySelector(".words") ?? node;
}

/**
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element of a drawing.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number>} [attributes]
 */
export function shape(tag, attributes = {}) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}

/**
 * Icons are drawn, not typed, so that no font decides how they look.
 * @param {string} path
 */
export function icon(path) {
  const node = shape("svg", { viewBox: "0 0 16 16", "aria-hidden": "true", class: "icon" });
  node.append(shape("path", { d: path }));
  return node;
}
