"""What a person reads to judge a label: the words of a text that count, and the place of each value among classes."""

from margin_core.evidence.column_places import ColumnPlaces, PlacedValue, ValuePlace
from margin_core.evidence.marked_text import MarkedPiece, fold_text, mark_words
from margin_core.evidence.word_evidence import WordEvidence

__all__ = ["ColumnPlaces", "MarkedPiece", "PlacedValue", "ValuePlace", "WordEvidence", "fold_text", "mark_words"]
