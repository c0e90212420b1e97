"""What a task is: a question, and its choice of domain, function and interpretation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from margin_core.graph import Knn
from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.parameters import Recipe
from margin_core.storage.engine import Run
from margin_core.values import Domain, Findings, Graph, Need, Signal, Steps, Study


@dataclass(frozen=True)
class Task(Recipe, ABC):
    """A question put to a study. Every concrete task is final and lives in a file of its own."""

    name: ClassVar[str]
    question: ClassVar[str]
    needs: ClassVar[frozenset[Need]]
    version: ClassVar[int] = 1
    """Raised whenever the same study would be answered otherwise."""
    ranks_every_sample: ClassVar[bool] = True
    """Whether every node is among the findings; else only those that are picked."""
    nodes: ClassVar[str] = "samples"
    """What nodes are, for a person."""
    domain_takes: ClassVar[float] = 0.0
    """The share of the whole work that finding the domain is."""
    function_ends: ClassVar[float] = 0.4
    """How far the rest of the work is when the function is there."""

    graph: Knn = Knn()
    high_pass: HighPass | PaperAppendixFilter = HighPass()

    def check(self, study: Study) -> None:
        """Raise `MissingPart` for the first part that the task needs and the study lacks."""
        for need in Need:
            if need in self.needs:
                study.require(need)

    @abstractmethod
    def domain(self, study: Study, run: Run) -> Domain:
        """Step 1: say what a node is, and where it lies; where that takes long, it is a step of the run."""

    @abstractmethod
    def function(self, study: Study, domain: Domain, graph: Graph, run: Run) -> Signal:
        """Step 3: put the explanation function on the nodes; what takes long is a step of the run."""

    @abstractmethod
    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """Step 5: read the influence as an answer."""
