"""What the page of clean and attacked samples says."""

from __future__ import annotations

from math import isnan

from margin_core.tasks.adversarial.comparison import Area, ShareComparison

TITLE = "Adversarial"
HELP = (
    "An attack changes a picture a little, so that the model predicts another class. The page attacks the model of "
    "this study and shows by which scores clean and attacked samples differ, with and without the neighbor graph."
)

# -- settings
ATTACK = "Attack"
ATTACKS = {"fgsm": "FGSM", "pgd": "PGD", "carlini_wagner": "Carlini-Wagner L2", "given": "Compare with reference"}
ATTACK_HELP = (
    "FGSM: one step along the sign of the gradient. PGD: many small steps. Carlini-Wagner L2: searches the smallest "
    "Euclidean change. Compare with reference: nothing is attacked; the samples of this study are suspicious, those of "
    "its reference are trusted."
)
NORM, NORMS = "Norm", {"inf": "L∞", "2": "L2"}
NORM_HELP = "How the size of a change is measured: L∞, its largest value; L2, its Euclidean length."
EPS = "ε"
EPS_HELP = "Largest change allowed. Pixels are from 0 to 1: 0.031 is 8 of 255 gray levels."
STEPS = "Steps"
STEPS_HELP = "Steps along the gradient; time grows with them."
SEARCHES = "Weights tried"
SEARCHES_HELP = "Values of the weight between a small change and a changed class; time grows with them."
SAMPLES = "Samples"
SAMPLES_HELP = "Clean samples that are attacked at most, selected by a hash of their ids."
SIGNAL = "Signal"
SIGNALS = {"kde": "Kernel density", "mmd": "MMD", "negative_log_kde": "−log kernel density"}
SIGNAL_HELP = (
    "The statistic that the graph filters: kernel density among clean samples of the predicted class, or the maximum "
    "mean discrepancy (MMD) that a sample and its neighbors make."
)

# -- before there is a result
NOT_COMPUTED = "Not computed for these settings"
LOADING = "Loading the model"
ESTIMATING = "Measuring the speed of the model"
STOPPABLE = "You can stop it at any time and go on later: finished batches are kept."
MAP_SECONDS = 20
"""The map and the statistics, beside the attack."""
GIVEN_TEXT = (
    "The samples of this study are compared with those of its reference by the same scores; no picture is changed."
)
COMPARE, GO_ON = "Compare", "Go on with the attack"
IMPOSSIBLE = "This model cannot be attacked"
OR_GIVEN = (
    "A batch that was attacked elsewhere can be compared with trusted samples: open the batch together with earlier "
    "data, under Compare with earlier data on the Open page."
)

# -- scores
SCORES = "Scores"
SCORES_HELP = (
    "Each score for clean and attacked samples; the hatched part is their overlap. Larger scores count as more likely "
    "attacked. AUC is the area under the ROC curve with its 95 % bootstrap interval: 1 = told apart, 0.5 = by chance, "
    "below 0.5 = the other way round. The first is the signal without the graph; the next three use the graph; the "
    "lower row are scores of a sample alone."
)
SHORT_TITLES = {
    "raw": "Signal, no graph",
    "text_filter": "High-pass filter",
    "appendix_filter": "Appendix filter",
    "low_pass": "Mean of neighbors",
    "negative_log_kde": "−log kernel density",
    "lid": "Local dimension",
    "mahalanobis": "Mahalanobis",
    "energy": "Energy",
}
"""Of `margin_core.tasks.adversarial.evidence.SCORES`, short enough for a small chart."""
AXIS = "Axis"
AXES = {"ranks": "Ranks", "values": "Values"}
AXIS_TITLES = {"ranks": "percentile of the score among all samples", "values": "score"}
AXIS_HELP = (
    "Ranks: the percentile of a score among all samples, which shows the overlap even where a few scores are extreme. "
    "Values: the scores themselves; the outermost bars hold what lies beyond 1 % and 99 %."
)
BY_SCORE = "Rank by"
BY_SCORE_HELP = "Orders the pairs, and decides which clean samples look attacked."

# -- pairs, map, overlap, prevalence
PAIRS = "Pairs"
PAIRS_HELP = (
    "Each picture before and after the attack, as the network sees it, and the difference times 16 around gray."
)
MAP = "Map"
MAP_HELP = "UMAP of the graph that the scores use: clean samples and their attacked copies."
OVERLAP = "Clean samples that look attacked"
OVERLAP_HELP = (
    "Clean samples that score at least as high as the threshold that separates both groups best (largest "
    "difference of shares, Youden's J). The paper says that they are rare ones: criticisms."
)
NO_OVERLAP = "No clean sample looks attacked by this score."
SEPARATES_NOTHING = (
    "Attacked samples do not score higher than clean ones, so no clean sample looks attacked by this score."
)
SUSPICIOUS = "Most suspicious samples"
SUSPICIOUS_HELP = "Samples of this study that score highest, the most suspicious first."
PREVALENCE_HELP = (
    "The graph mixes all samples of a batch, so a score that uses it depends on how many of them are attacked. Batches "
    "are drawn ten times, with at least two attacked samples; bars show the range of 95 % of them. "
    "Scores of a sample alone do not depend on the others."
)
ON_MAP = "Show all on map"
OVERLAP_SELECTION = "clean samples that look attacked"
SUSPICIOUS_SELECTION = "most suspicious samples"
GESTURES = (
    ("click", "a point or a picture: its sample is shown here"),
    ("← →", "step through the pairs"),
)
GROUPS = {False: ("clean", "attacked"), True: ("trusted", "suspicious")}
NO_CLASS = "no class"


def start_button(samples: int) -> str:
    """Return what the button is called that starts the attack."""
    return f"Attack {samples:,} {'sample' if samples == 1 else 'samples'}"


def duration(seconds: float) -> str:
    """Return a duration, rounded as well as it is known."""
    if seconds < 90:
        return f"about {max(10 * round(seconds / 10), 10)} seconds"
    minutes = seconds / 60
    if minutes < 90:
        return f"about {round(minutes)} minutes"
    return f"about {round(minutes / 60)} hours" if minutes < 48 * 60 else f"about {round(minutes / 60 / 24)} days"


def estimate(seconds: float, *, is_stopped: bool) -> str:
    """Return how long the attack will take on this machine, or what is left of it."""
    begin = "What is left takes" if is_stopped else "It takes"
    return f"{begin} {duration(seconds + MAP_SECONDS)} on this machine. {STOPPABLE}"


def best_told_apart(title: str, area: Area, groups: tuple[str, str]) -> str:
    """Return by which score both groups are told apart best; empty where none is known."""
    if isnan(area.auc):
        return ""
    return (
        f"{groups[0].capitalize()} and {groups[1]} samples are told apart best by **{title}** (AUC {area.auc:.3f}, "
        f"95 % interval {area.low:.3f} to {area.high:.3f})."
    )


def attacked(changed: int, tried: int, kept: int) -> str:
    """Return how many samples changed their predicted class, and what became of the others."""
    left_out = "" if changed == tried else f"; the other {tried - changed:,} are left out"
    return (
        f"**{changed:,} of {tried:,}** samples changed their predicted class{left_out}. {kept:,} stay changed when the "
        "picture is saved with 8 bits."
    )


def compared(suspicious: int, candidates: int, trusted: int) -> str:
    """Return how many samples are compared, of how many suspicious ones, and what the scores then mean."""
    of_all = f" (of {candidates:,})" if candidates > suspicious else ""
    return (
        f"{suspicious:,} suspicious samples{of_all} beside {trusted:,} trusted ones. Whether any is attacked is not "
        "known: the areas say how far the two differ, for whatever reason."
    )


def overlap(share: float, groups: tuple[str, str]) -> str:
    """Return how much the histograms of one score overlap."""
    return "" if isnan(share) else f"The histograms of {groups[0]} and {groups[1]} samples overlap by {share:.0%}."


def criticisms(found: ShareComparison) -> str:
    """Return whether clean samples that look attacked are criticisms more often than others."""
    if isnan(found.difference):
        return ""
    verdict = (
        "more often than others"
        if found.low > 0
        else "less often than others"
        if found.high < 0
        else "not measurably more often than others"
    )
    return (
        f"{found.marked_inside:,} of {found.inside:,} are criticisms ({found.share_inside:.0%}), "
        f"{found.marked_outside:,} of the {found.outside:,} other clean samples "
        f"({found.share_outside:.0%}): {verdict} "
        f"(difference {100 * found.difference:+.0f} points, 95 % interval {100 * found.low:+.0f} to "
        f"{100 * found.high:+.0f})."
    )


def share_of(group: str) -> str:
    """Return what the chart of areas by the share of one group is called."""
    return f"Share of {group} samples"


def first_shown(shown: int, total: int) -> str:
    """Return how many samples are shown, of how many."""
    if shown < total:
        return f"The first {shown:,} of {total:,}."
    return f"{total:,} {'sample' if total == 1 else 'samples'}."


def map_shows(shown: int, total: int) -> str:
    """Return that the map shows some samples only; empty where it shows all."""
    return "" if shown >= total else f"Shown are {shown:,} of {total:,}, selected at random."


def hover(sample: str, name: str, before: str, now: str, score: float) -> str:
    """Return what is shown of a point of the map under the pointer."""
    classes = f"{before} → {now}" if before != now else now
    return f"#{sample} · {name}<br>{classes or NO_CLASS}<br>scores above {score:.0%} of all"
