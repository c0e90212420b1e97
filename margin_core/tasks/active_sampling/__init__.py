"""Active sampling: which samples to label next."""

from margin_core.tasks.active_sampling.simulation import AccuracyCurves, simulate_curves
from margin_core.tasks.active_sampling.strategies import STRATEGIES, SamplingPool, Strategy
from margin_core.tasks.active_sampling.task import ActiveSampling

__all__ = ["STRATEGIES", "AccuracyCurves", "ActiveSampling", "SamplingPool", "Strategy", "simulate_curves"]
