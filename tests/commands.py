"""Sources for the command line, and the command as a user runs it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from planted import blobs

REPOSITORY = Path(__file__).resolve().parents[1]


SAMPLES, FLIPPED = 90, 5

PROGRESS = re.compile(r"^ {0,2}\d{1,3}%  .*\n", re.MULTILINE)
"""A line of the progress that a log gets of a command that takes a while."""

READ = re.compile(r"^(Read|Label|Classes|Features|Model): .*\n", re.MULTILINE)
"""A line that says what was read."""


def without_reading(text):
    """Leave out what a command says of its source."""
    return READ.sub("", text)


def without_progress(text):
    """Leave out what a command says while it works: how far it is, and what it has read."""
    return without_reading(PROGRESS.sub("", text))


def write_source(path, **changes):
    planted = blobs(each=30, flips=FLIPPED)
    arrays = {"embedding": planted.study.embedding, "labels": planted.study.labels,
              "class_names": np.array(["cat", "dog", "=owl"])} | changes  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)
    return path


def run(*arguments, cwd=None):
    """Run the command as a user does."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-m", "margin_core", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=600, check=False)


def write_pictures(folder, each=3):
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
        for number in range(each):
            Image.new("RGB", (8, 8), (number * 40, 90, 20)).save(folder / name / f"{number}.png")
    return folder


def made(folder):
    folder.mkdir()
    return folder
