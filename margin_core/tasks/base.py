"""The base of all tasks: a question, and its choice of domain, function and interpretation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from margin_core.graph import GraphRecipe, Knn
from margin_core.influence import HighPass, PaperAppendixFilter
from margin_core.parameters import Recipe
from margin_core.storage.engine import Run
from margin_core.tasks.finding_text import FindingText, Role, describe_columns, in_words
from margin_core.values import Domain, Explanation, Findings, Graph, Need, Signal, Steps, Study


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
    title: ClassVar[str] = ""
    """What the findings are called; the name in words where it is empty."""
    roles: ClassVar[tuple[Role, ...]] = ()
    """What findings of each role are called, where it is more than the name of the role."""
    compared: ClassVar[tuple[str, str] | None] = None
    """Columns of the evidence that hold the two classes, as places in `Study.class_names`, that a finding is about."""
    version: ClassVar[int] = 1
    """Raised whenever the same study would be answered otherwise."""
    ranks_every_sample: ClassVar[bool] = True
    """Whether every node is among the findings; else only those that are picked."""
    nodes: ClassVar[str] = "samples"
    """What nodes are, for a person."""
    takes_given_graph: ClassVar[bool] = True
    """Whether `GivenGraph` may be its graph: nodes are the samples of the study."""
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

    @classmethod
    def heading(cls) -> str:
        """Return what the findings are called.

        Returns
        -------
        str
        """
        return cls.title or in_words(cls.name)

    @classmethod
    def role(cls, name: str) -> Role:
        """Return what findings of a role are called.

        Parameters
        ----------
        name : str
            As in `Findings.roles`.

        Returns
        -------
        Role
        """
        for role in cls.roles:
            if role.name == name:
                return role
        node, words = cls.nodes.removesuffix("s"), name.replace("_", " ")
        one = node if words == node else f"{words} {node}"
        return Role(name, one, f"{one}s", in_words(name))

    @classmethod
    def describe(cls, study: Study, explanation: Explanation, place: int) -> FindingText:
        """Return what a list of findings states of one.

        Parameters
        ----------
        study : Study
        explanation : Explanation
            Of this task.
        place : int
            Of the finding.

        Returns
        -------
        FindingText
            Its score and every column of the evidence, unless the task says otherwise.
        """
        return describe_columns(explanation, place)

    @classmethod
    def remarks(cls, explanation: Explanation) -> tuple[str, ...]:
        """Return what is to be known of all findings together, for a report and the command line.

        Parameters
        ----------
        explanation : Explanation
            Of this task.

        Returns
        -------
        tuple of str
            Whole sentences; none unless the task has any.
        """
        return ()

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
