"""The base of all tasks: a question, and its choice of domain, function and interpretation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from margin_core.graph import GraphRecipe, Knn
from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.parameters import Recipe
from margin_core.storage.engine import Run
from margin_core.values import Domain, Findings, Graph, Need, Signal, Steps, Study


@dataclass(frozen=True)
class Task(Recipe, ABC):
    """A question about a study. Every concrete task is final, in a folder of its own.

    Attributes
    ----------
    name : str
        In snake case; used by the command line and in the addresses of the dashboard.
    question : str
        For a person.
    needs : frozenset of Need
        Parts that a study must have.
    graph : Knn or GivenGraph
        Step 2.
    high_pass : HighPass or PaperAppendixFilter
        Step 4.
    """

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

    graph: GraphRecipe = Knn()
    high_pass: HighPass | PaperAppendixFilter = HighPass()

    def check(self, study: Study) -> None:
        """Raise an error for the first part that the task needs and the study lacks.

        Parameters
        ----------
        study : Study

        Raises
        ------
        MissingPart
            The message says how to provide the part.
        """
        for need in Need:
            if need in self.needs | self.graph.needs:
                study.require(need)

    @abstractmethod
    def domain(self, study: Study, run: Run) -> Domain:
        """Step 1: define the nodes and their points; if this takes long, as a step of the run.

        Parameters
        ----------
        study : Study
        run : Run
            Runs expensive steps and reports progress.

        Returns
        -------
        Domain
        """

    @abstractmethod
    def function(self, study: Study, domain: Domain, graph: Graph, run: Run) -> Signal:
        """Step 3: compute the signal on the nodes; if this takes long, as a step of the run.

        Parameters
        ----------
        study : Study
        domain : Domain
        graph : Graph
        run : Run

        Returns
        -------
        Signal
        """

    @abstractmethod
    def interpret(self, study: Study, steps: Steps, run: Run) -> Findings:
        """Step 5: turn the influence into findings.

        Parameters
        ----------
        study : Study
        steps : Steps
            The first four steps.
        run : Run

        Returns
        -------
        Findings
            Best first.
        """
