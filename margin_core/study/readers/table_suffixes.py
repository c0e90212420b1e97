"""The suffixes of tables, in a module that costs nothing to import."""

from __future__ import annotations

PARQUET = (".parquet", ".pq")
ARROW = (".arrow",)
WORKBOOK = ".xlsx"
MANIFESTS = (".csv", ".tsv", ".txt", ".csv.gz", ".jsonl", WORKBOOK, *PARQUET)
"""Suffixes of the tables that `margin_core.study.readers.manifest` reads."""
