/* How far to believe a walk: one number each, with what it means and whether it is fine. */

import { el } from "../../shared/browser/elements.js";

const error = (size) => (size === 0 ? "0" : size.toExponential(0));
const percent = (share) => `${Math.round(100 * share)} %`;

export function badges(walk, data) {
  const { agreement, accuracy } = data.trust;
  const found = [];
  found.push(agreement === null
    ? ["agreement", "not known", "This study has no predictions of a model to compare the network with.", true]
    : ["agrees with your model", percent(agreement), "Share of held-out samples of which this network says what your model says. It explains itself, and your model only as far as they agree.", agreement < 0.9]);
  if (accuracy !== null) found.push(["agrees with the labels", percent(accuracy), "Share of held-out samples of which it says the given label.", accuracy < 0.7]);
  found.push(walk.ratio === null
    ? ["detour", "not known", "No nearer point of the boundary was found to compare with.", true]
    : ["detour", `${walk.ratio.toFixed(2)} ×`, "How many times farther the boundary point shown here lies than the nearest one that DeepFool found. 1 means it is the nearest.", walk.ratio > 2]);
  const outside = walk.outside[walk.times.indexOf(1)];
  found.push(["out of range", percent(outside), `Share of the ${walk.picture ? "pixels" : "columns"} that leave the range of the data on the boundary.`, outside > 0.3]);
  found.push(["reconstruction error", error(walk.reconstruction), "Largest error of going to the features and back.", walk.reconstruction > 1e-4]);
  found.push(["margin on the boundary", error(walk.residual), "What is left of the margin where it should be 0.", walk.residual > 1e-3]);
  return found.map(([name, value, meaning, isPoor]) => el("div", { class: `badge${isPoor ? " poor" : ""}`, title: meaning },
    el("dt", { text: name }), el("dd", { text: value }), el("dd", { class: "meaning", text: meaning })));
}

/* Whether shares add up to what they share out. */
export function gapWords(gap) {
  return gap < 0.001 ? "adds up to the margin" : `misses the margin by ${gap < 0.1 ? (100 * gap).toFixed(1) : Math.round(100 * gap)} %`;
}

export function warnings(walk, classes) {
  const said = [];
  if (walk.third !== null) said.push(`On this boundary ${classes[walk.third].name} is likelier than both.`);
  if (walk.learnt_from) said.push("The network has learnt from this very sample.");
  return said;
}
