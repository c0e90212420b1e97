/* What stands in the place of the work while there is none: it comes, there is none left, or the server does not answer. */

import { button, el, keyButton, setText } from "../../shared/browser/elements.js";
import { count } from "../../shared/browser/words.js";

export function skeleton() {
  const bones = [60, 72, 48, 88, 88, 56].map((width) => el("i", { class: "bone", style: { width: `${width}%` } }));
  return el("div", { class: "skeleton", role: "status", "aria-label": "loading the queue" }, el("div", { class: "frame" }), el("div", { class: "bones" }, ...bones));
}

/* The queue has an end, and says what can be done next. `act` names it: leave (to the export), check (some at random), beyond,
   skipped, unlabelled, all, single. */
export class Empty {
  constructor(act) {
    this.act = act;
    this.title = el("h2");
    this.words = el("p");
    this.ways = el("div", { class: "ways" });
    this.node = el("div", { class: "notice empty" }, this.title, this.words, this.ways);
  }

  show(standing) {
    const { title, words, ways } = emptyWords(standing);
    setText(this.title, title);
    setText(this.words, words);
    const wanted = JSON.stringify(ways);
    if (wanted === this.offered) return;
    this.offered = wanted;
    this.ways.replaceChildren(...ways.map(([name, text], index) => {
      const look = { class: index === 0 ? "key-button next" : "key-button", on: { click: () => this.act[name]() } };
      return name === "check" ? keyButton("C", text, look.on.click, look) : button({ ...look, text });
    }));
    this.names = ways.map(([name]) => name);
  }

  offers(name) {
    return Boolean(this.names?.includes(name));
  }
}

/* The first way is the one that most will want. */
function emptyWords({ progress, isGrid, isSelection, isBeyond, isChecking, isEnough, isPaused, open, unlabelled }) {
  if (isGrid && open > 0) {
    return { title: "No group to decide at once", words: "The suspects that are left share no suggestion.", ways: [["single", "Look at them one by one"]] };
  }
  const leave = ["leave", "Export the corrections"];
  const label = unlabelled > 0 ? [["unlabelled", unlabelled === 1 ? "1 sample has no label: label it" : `${count(unlabelled)} samples have no label: label them`]] : [];
  if (isSelection) {
    return { title: "Every selected sample is decided", words: "The others wait in the whole queue.", ways: [["all", "Go to the whole queue"], leave] };
  }
  const beyond = isBeyond ? [] : [["beyond", "Go on with labels that look right"]];
  const left = progress?.left;
  const check = left && left.checks !== null && (isPaused || !isChecking) ? [["check", isEnough ? "check more at random" : "check some at random"]] : [];
  if (!progress || progress.decided === 0) {
    return { title: "No suspect labels here", words: sentence("Every label agrees with its neighbourhood.", boundWords(progress)), ways: [...check, ...label, ...beyond] };
  }
  const { relabelled, kept, excluded, skipped } = progress;
  const again = skipped > 0 ? [["skipped", skipped === 1 ? "Look at the skipped sample again" : `Look at ${count(skipped)} skipped samples again`]] : [];
  const made = `${count(relabelled)} relabelled, ${count(kept)} kept, ${count(excluded)} excluded, ${count(skipped)} skipped.`;
  return {
    title: isEnough ? "You can stop" : titleOf(isBeyond || isChecking, skipped),
    words: sentence(made, boundWords(progress)),
    ways: isEnough ? [leave, ...check, ...beyond, ...again, ...label] : [...check, leave, ...beyond, ...again, ...label],
  };
}

function sentence(...parts) {
  return parts.filter(Boolean).join(" ");
}

/* What is left at most, and how many random checks bring it to the share that can be borne. */
function boundWords(progress) {
  const left = progress?.left;
  if (!left || left.checks === undefined) return "";
  const bound = left.drawn > 0 ? `At most ${count(left.most)} of ${count(left.labelled)} labels are still wrong (95 % sure).` : "Labels that look right may be wrong, too.";
  if (left.checks === null) return sentence(bound, "A skipped label counts as wrong.");
  if (left.checks === 0) return sentence(bound, `Your goal is at most ${count(left.goal)}.`);
  return sentence(bound, `Your goal is at most ${count(left.goal)}: ${count(left.checks)} more random ${left.checks === 1 ? "check" : "checks"} reach it, if all are right.`);
}

function titleOf(isBeyond, skipped) {
  const verb = skipped > 0 ? "was looked at" : "is decided";
  return `Every ${isBeyond ? "sample" : "suspect"} ${verb}`;
}

export class Unreachable {
  constructor(onAgain) {
    this.words = el("p");
    this.node = el("div", { class: "notice unreachable", role: "alert" }, el("h2", { text: "The server does not answer" }), this.words,
      button({ class: "key-button", text: "try again now", on: { click: onAgain } }));
  }

  show(waiting) {
    setText(this.words, waiting > 0
      ? `Nothing is lost: ${count(waiting)} ${waiting === 1 ? "decision is" : "decisions are"} kept in this browser and sent as soon as it answers.`
      : "Nothing is lost. The queue comes back as soon as it answers.");
  }
}
