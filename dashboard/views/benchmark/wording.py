"""What the page of the benchmark says."""

TITLE = "Benchmark"
HELP = "This study keeps its true labels in a separate file that no ranking reads. Only this page does."
RANKING, AVERAGE_PRECISION = "ranking", "average precision"
FOUND_IN_TENTH, PRECISION_AT_WRONG = "found in the first 10 %", "wrong among as many first"
PRECISION_AT_WRONG_HELP = "Precision@k, k = number of wrong labels: the share of the first k labels that are wrong."
NOTE = "One data set with planted flips says how the methods compare here, not how they do on yours."
COMPUTING = "Ranking with each method"


def count_of_wrong(wrong: int, total: int) -> str:
    """Return how many labels are wrong."""
    return f"**{wrong:,} of {total:,} labels are wrong** ({wrong / total:.1%})."
