/* Elements of a drawing. */

const SPACE = "http://www.w3.org/2000/svg";

export function shape(tag, attributes) {
  const node = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}
