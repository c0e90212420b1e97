"""What many tests wait for happens once: memory that stays is not searched for garbage, the default model is loaded."""

import gc
from functools import cache

import pytest


def pytest_collection():
    gc.disable()


def pytest_collection_finish():
    gc.freeze()  # What is imported and collected stays; to search it again and again took a tenth of the time.
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _one_default_model():
    """Load the network of pictures once for all studies of pictures: it is not changed, and takes a second."""
    from margin_core.study.models import named_model

    load = named_model.load_model
    load_once = cache(load)

    def load_model(spec, **how):
        return load_once(spec, **how) if spec == named_model.DEFAULT else load(spec, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(named_model, "load_model", load_model)
        yield
