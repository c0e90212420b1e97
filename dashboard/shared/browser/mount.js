// @ts-check
/* One instance of a component for each place on the page. */

/**
 * Sends Python the name of a state and its value, without the number that `mountOnce` adds.
 * @template States
 * @typedef {<Name extends keyof States & string>(name: Name, value: Omit<Required<States>[Name], "seq">) => void} Send
 */
/**
 * @template {{ study: string }} Data
 * @typedef {{ node: HTMLElement, send: Send<any>, update(data: Data): void, destroy(): void }} View
 */
/**
 * What Streamlit hands a component.
 * @template Data
 * @typedef {{ data: Data, parentElement: MountPoint, setStateValue(name: string, value: unknown): void }} Component
 */
/** @typedef {{ view: View<any>, study: string, turn: number }} Mounted */
/** @typedef {Node & ParentNode & { marginMounted?: Mounted }} MountPoint */

/**
 * Streamlit calls the default export again whenever its data or theme changes, and may run the clean-up of an overtaken call after the
 * call that overtook it: only the clean-up of the newest call takes the instance away.
 * @template {{ study: string }} Data
 * @param {Component<Data>} component
 * @param {(data: Data) => View<Data>} create
 */
export function mountOnce(component, create) {
  const place = component.parentElement;
  const { study } = component.data;
  if (place.marginMounted && place.marginMounted.study !== study) takeAway(place);
  if (!place.marginMounted) {
    const view = create(component.data);
    place.marginMounted = { view, study, turn: 0 };
    place.append(view.node);
  }
  const mounted = place.marginMounted;
  const turn = (mounted.turn += 1);
  mounted.view.send = (name, value) => component.setStateValue(name, { ...value, seq: nextSequence() });
  mounted.view.update(component.data);
  return () => {
    if (place.marginMounted === mounted && mounted.turn === turn) takeAway(place);
  };
}

/** @param {MountPoint} place */
function takeAway(place) {
  place.marginMounted?.view.destroy();
  place.marginMounted?.view.node.remove();
  place.marginMounted = undefined;
}

/**
 * Values sent to Python, in order, that it will send back. The user may have gone on meanwhile: then what comes back is outdated.
 * @template Value
 */
export class Echoes {
  /** @type {Value[]} */
  sent = [];

  /** @param {Value} value */
  add(value) {
    this.sent.push(value);
  }

  /**
   * Whether a value is one that comes back. What was sent before it comes back no more: Python answers the last of several at once.
   * @param {Value} value
   */
  take(value) {
    const at = this.sent.indexOf(value);
    this.sent.splice(0, at + 1);
    return at >= 0;
  }
}

/* Grows over remounts and reloads too, so that Python can tell a new gesture from one it has seen. */
let lastSequence = 0;
function nextSequence() {
  lastSequence = Math.max(lastSequence + 1, Date.now());
  return lastSequence;
}
