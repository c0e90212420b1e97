"""The import of decisions made elsewhere, from a table."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from margin_core.errors import ReviewError
from margin_core.review.decision import Decision, Verdict, label_name, study_key
from margin_core.review.export.tables import read_table
from margin_core.storage.fingerprint import fingerprint
from margin_core.values import Study

_VERDICTS = {verdict.value: verdict for verdict in Verdict if verdict is not Verdict.UNDO}


def import_decisions(path: str | Path, study: Study, *, reviewer: str = "", task: str = "import") -> list[Decision]:
    """Read decisions from a CSV, Parquet or JSON-lines table.

    Columns: ``id``; ``verdict`` (keep, relabel, skip, exclude; empty: not decided, left out); ``label``, a class
    name, for relabel; optional ``reviewer``, ``note`` and ``decided_at`` (ISO 8601; without a zone it is UTC). What
    `export` writes as ``csv`` or ``parquet`` can be read back.

    Parameters
    ----------
    path : str or Path
    study : Study
    reviewer : str
        Where the table does not say.
    task : str
        Recorded with every decision.

    Returns
    -------
    list of Decision
        For `ReviewStore.append`. The same file for the same study is recorded once, however often imported.

    Raises
    ------
    ReviewError
        Names the first row that cannot be used; then nothing of the table should be.
    """
    table = read_table(Path(path))
    missing = sorted({"id", "verdict"} - set(table.columns))
    if missing:
        raise ReviewError(
            f"'{path}' has no column '{missing[0]}'. Decisions need the columns id, verdict and, for relabel, label."
        )
    given = dict(zip(study.ids.tolist(), _given_names(study), strict=True))
    client = f"import-{fingerprint(study_key(study), *map(tuple, table.itertuples(index=False)))}"
    now = datetime.now(UTC)
    decisions = []
    for number, row in enumerate(table.to_dict("records"), start=1):
        where = f"'{path}', row {number}"
        if not row["verdict"].strip():
            continue
        sample_id = row["id"]
        if sample_id not in given:
            raise ReviewError(f"{where}: study '{study.name}' has no sample '{sample_id}'. Check the column id.")
        verdict = _verdict(where, row["verdict"])
        old = given[sample_id]
        decisions.append(
            Decision(
                study=study_key(study),
                study_fingerprint=study.fingerprint,
                task=task,
                sample_id=sample_id,
                verdict=verdict,
                old_label=old,
                new_label=_new_label(where, verdict, row.get("label", ""), old, study),
                reviewer=row.get("reviewer", "") or reviewer,
                note=row.get("note", ""),
                decided_at=_time(where, row.get("decided_at", "")) or now,
                client=client,
                seq=number,
            )
        )
    return decisions


def _given_names(study: Study) -> list[str | None]:
    if study.maybe_labels is None:
        return [None] * len(study)
    return [label_name(study, number) for number in study.maybe_labels.tolist()]


def _verdict(where: str, text: str) -> Verdict:
    verdict = _VERDICTS.get(text.strip().lower())
    if verdict is None:
        raise ReviewError(f"{where}: '{text}' is no verdict. There are: {', '.join(_VERDICTS)}.")
    return verdict


def _new_label(where: str, verdict: Verdict, label: str, old: str | None, study: Study) -> str | None:
    if verdict is Verdict.KEEP:
        if label not in ("", old):
            raise ReviewError(
                f"{where}: it keeps the label '{old}' and names '{label}'. Write relabel, or leave the label out."
            )
        return old
    if verdict is not Verdict.RELABEL:
        return None
    if label not in study.class_names:
        some = ", ".join(study.class_names[:10]) + (", ..." if len(study.class_names) > 10 else "")
        raise ReviewError(f"{where}: '{label}' is no class of study '{study.name}'. There are: {some}.")
    return label


def _time(where: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ReviewError(
            f"{where}: '{text}' is no time. Write it like 2026-11-22T01:02:03Z, or leave it out."
        ) from None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)
