import numpy as np
import pytest

from margin_core.probe.principal import compute_principal_axes, project_on_principal_axes


@pytest.mark.parametrize("shape", [(40, 6), (6, 40)])
def test_projection_and_axes_are_those_of_the_singular_value_decomposition(shape):
    points = np.random.default_rng(0).normal(size=shape) * np.linspace(3, 1, shape[1])
    centered = points - points.mean(axis=0)
    _, sizes, directions = np.linalg.svd(centered, full_matrices=False)
    axes, projected = compute_principal_axes(centered, 3), project_on_principal_axes(centered, 3)
    np.testing.assert_allclose(np.abs((axes * directions[:3].T).sum(axis=0)), 1)
    np.testing.assert_allclose(np.abs(projected), np.abs(centered @ axes), atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(projected, axis=0), sizes[:3])


def test_with_fewer_rows_than_columns_only_directions_with_variance_count():
    centered = np.array([[1.0, 0, 0], [-1.0, 0, 0]])
    assert compute_principal_axes(centered, 3).shape == (3, 1)
    assert compute_principal_axes(np.zeros((2, 3)), 3).shape == (3, 0)
