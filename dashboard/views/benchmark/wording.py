"""What the page of the benchmark says."""

TITLE = "Benchmark"
HELP = "The true labels of this study are in a separate file that only this page reads; no ranking uses it."
RANKING, AVERAGE_PRECISION = "ranking", "average precision"
FOUND_IN_TENTH, PRECISION_AT_WRONG = "found in the first 10 %", "precision@k"
PRECISION_AT_WRONG_HELP = "Precision@k, k = number of wrong labels: the share of the first k labels that are wrong."
NOTE = "The methods are compared on this data set, with planted errors. On your data the order may be different."
COMPUTING = "Ranking with each method"


def count_of_wrong(wrong: int, total: int) -> str:
    """Return how many labels are wrong."""
    return f"**{wrong:,} of {total:,} labels are wrong** ({wrong / total:.1%})."
