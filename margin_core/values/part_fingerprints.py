"""The fingerprints of the parts of a study: computed once, and carried over to a study that shares the parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from margin_core.storage.fingerprint import fingerprint

NAMED_PARTS = {"columns": "column", "signals": "signal"}
"""Parts of which there are several by name, and what the fingerprint of one is listed under: ``column split``."""


def fingerprint_parts(parts: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    """Return the fingerprint of every part that is present.

    Parameters
    ----------
    parts : mapping of str to object
        ``ids``, ``class_names``, ``labels`` and so on; None where a part is absent; ``columns`` and ``signals`` map
        names to arrays.
    known : mapping of str to str
        Fingerprints that need not be computed again.

    Returns
    -------
    dict of str to str
        Those that are known of other things are among them.
    """
    found = dict(known)
    found["class_names"] = fingerprint(parts["class_names"])
    for part, value in parts.items():
        if part in NAMED_PARTS:
            for name, values in value.items():
                key = f"{NAMED_PARTS[part]} {name}"
                if key not in found:
                    found[key] = fingerprint(values)
        elif value is None:
            found.pop(part, None)
        elif part not in found:
            found[part] = getattr(value, "fingerprint", None) or fingerprint(value)
    return found


def unchanged_fingerprints(
    known: Mapping[str, str], parts: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, str]:
    """Return the fingerprints that hold after some parts are replaced.

    Parameters
    ----------
    known : mapping of str to str
        As `fingerprint_parts` returns them.
    parts : mapping of str to object
        As they were.
    changes : mapping of str to object
        New parts; an array of ``columns`` or ``signals`` that is the same object as before has not changed.

    Returns
    -------
    dict of str to str
    """
    held = {key: value for key, value in known.items() if key not in changes}
    for part, one in NAMED_PARTS.items():
        for name, values in parts[part].items():
            if part in changes and (changes[part] or {}).get(name) is not values:
                held.pop(f"{one} {name}", None)
    return held
