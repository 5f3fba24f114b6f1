"""The fixtures for pytest. It finds them by itself where the package is installed."""

import pytest

from .server import server


@pytest.fixture(scope="session")
def durward_options():
    """What the server is told: keyword arguments of `durward.server`. Define a fixture of this name
    in your `conftest.py` to say something else."""
    return {}


@pytest.fixture(scope="session")
def durward(durward_options):
    """A Durward with one administrator, for all tests of this run: see `durward.Server`."""
    with server(**durward_options) as started:
        yield started


@pytest.fixture
def fresh_durward(durward):
    """The same server, as it was when it began: for a test that wants to find nothing of others.
    `durward_options` must say `"testing": True`."""
    durward.reset()
    return durward
