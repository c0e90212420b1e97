"""Active sampling: which samples to label next."""

from margin_core.tasks.active_sampling.strategies import STRATEGIES, SamplingPool, Strategy
from margin_core.tasks.active_sampling.task import ActiveSampling

__all__ = ["STRATEGIES", "ActiveSampling", "SamplingPool", "Strategy"]
