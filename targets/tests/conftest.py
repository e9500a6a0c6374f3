import pytest

from targets.tests.world import World, make_world


@pytest.fixture
def world(db: None) -> World:
    """A district in the middle of its year; see `targets.tests.world`."""
    return make_world()
