"""A network of which it is known what it depends on."""

import numpy as np

from margin_core.tasks.variable_importance.held_out import HeldOut
from margin_core.tasks.variable_importance.network import Network
from margin_core.tasks.variable_importance.variables import Variables

P, USED = 12, [3, 7]


def rectifier():
    """Return weights by which the logit of class 1 is 4 (x3 + x7), and nothing else counts."""
    first = np.zeros((P, 512), np.float32)
    first[USED, 0], first[USED, 1] = 1, -1
    second = np.eye(512, dtype=np.float32)
    last = np.zeros((512, 2), np.float32)
    last[0, 1], last[1, 1] = 4, -4
    nothing = np.zeros(512, np.float32)
    return Network(
        first=first, second=second, last=last, first_bias=nothing, second_bias=nothing,
        last_bias=np.zeros(2, np.float32),
    )  # fmt: skip


def variables(n=1000, p=P):
    names = tuple(f"v{place}" for place in range(p))
    values = np.random.default_rng(0).normal(size=(n, p))
    return Variables(names=names, values=values, variable_of=np.arange(p), kind="columns", column_names=names)


def planted_held_out():
    """Return that network on samples that it has not learned from, all of which it predicts right."""
    given = variables()
    return HeldOut.of(rectifier(), given, labels_of(given))


def labels_of(given):
    return (given.values[:, USED].sum(axis=1) > 0).astype(np.int64)
