"""T1: names, their form, their limits, and that two suffixes never meet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from naming import Limit, Names, NameTooLongError

ENVIRONMENTS = st.from_regex(r"[a-z][a-z0-9]{1,9}", fullmatch=True)
SUFFIXES = st.from_regex(r"[a-z0-9]{2,12}", fullmatch=True)


def test_a_name_is_resource_environment_suffix() -> None:
    assert Names("staging", "t1")("payments-audit") == "payments-audit-staging-t1"


@given(ENVIRONMENTS, SUFFIXES)
def test_the_load_balancer_fits_whatever_the_configuration_allows(environment: str, suffix: str) -> None:
    """A name that fits in a rehearsal and not in production would be found too late."""
    assert len(Names(environment, suffix)("payments", Limit.LOAD_BALANCER)) <= 32


@given(ENVIRONMENTS, SUFFIXES)
def test_the_longest_bucket_fits_whatever_the_configuration_allows(environment: str, suffix: str) -> None:
    assert len(Names(environment, suffix)("payments-audit-123456789012", Limit.BUCKET)) <= 63


@given(ENVIRONMENTS, SUFFIXES, SUFFIXES)
def test_two_suffixes_give_two_names(environment: str, one: str, other: str) -> None:
    assert (Names(environment, one)("x") == Names(environment, other)("x")) == (one == other)


def test_a_name_that_does_not_fit_is_refused_and_never_cut() -> None:
    with pytest.raises(NameTooLongError, match="has 33 characters, LOAD_BALANCER takes 32"):
        Names("staging", "t1")("a" * 22, Limit.LOAD_BALANCER)
