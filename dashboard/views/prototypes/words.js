/* Why a sample is typical or odd, and what a class cannot show. */

import { count } from "../../shared/browser/words.js";

export const share = (number) => `${Math.round(100 * number)}\u00a0%`;

export function reasonWords(sample) {
  if (sample.reason === "label") return "label?";
  if (sample.reason === "model") return "model disagrees";
  return sample.density < 0.25 ? "apart" : "uneven place";
}

/* One clear sentence where a class has less to show than was asked for. */
export function noteOn(group, first, classes, unlabelled) {
  if (group.size === 0) return "No sample of this class has features.";
  if (unlabelled) return "Nothing has a label, so there is one set of typical samples, for all.";
  if (group.size === 1) return "This class has one sample, which stands for itself.";
  if (group.prototypes.length < first && group.size < first) return `This class has ${count(group.size)} samples, fewer than ${first}.`;
  if (classes === 1) return "There is one class only, so an odd sample is unusual rather than wrongly labelled.";
  return "";
}

export function whyWords({ role, sample, place, stands, rule }, group, name, nameOf) {
  const alike = sample.agreement === null ? "" : ` Of its neighbours, by weight, ${share(sample.agreement)} carry the same label.`;
  if (role === "prototype") {
    const heard = rule === "coverage"
      ? "It is like its neighbours, and of those that are it brought the most samples nearer to a typical one."
      : "MMD-critic picked it because with it the typical samples lie more like the class as a whole.";
    return [
      `Typical of ${name}, pick ${place + 1}. The nearest typical sample for ${count(stands)} of ${count(group.size)} (${share(stands / Math.max(group.size, 1))}).`,
      `${heard} It lies denser than ${share(sample.density)} of its class.${alike}`,
    ];
  }
  const reasons = {
    label: `Its neighbours carry other labels; by weight, ${share(sample.agreement ?? 0)} of them are ${name}. Check the label.`,
    model: `Its neighbours agree with the label, but the model takes it for ${nameOf(sample.modelClass)}.`,
    density: sample.density < 0.25
      ? `It lies apart: only ${share(sample.density)} of its class lie in a sparser place.`
      : "The samples around it lie much denser or sparser than it does.",
  };
  return [`Odd for ${name}, pick ${place + 1}. ${reasons[sample.reason]}`];
}
