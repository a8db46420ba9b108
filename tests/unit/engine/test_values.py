"""Property values: comparing them, hiding them, and taking them across Pulumi's wire and into its files."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbook_lib.rehearsal.engine.passphrase import Crypter
from runbook_lib.rehearsal.engine.serialize import deserialize, masked_json, serialize
from runbook_lib.rehearsal.engine.values import Asset, Reference, contains, masked, same
from runbook_lib.rehearsal.engine.wire import pack, unpack
from runbook_lib.rehearsal.values import UNKNOWN, Secret, Unknown

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
VALUES = st.recursive(
    PLAIN | st.just(UNKNOWN) | st.builds(Reference, st.text(min_size=1), st.none() | st.text(min_size=1)),
    lambda inner: st.builds(Secret, inner) | st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


class TestWire:
    """To a struct and back."""

    @given(st.dictionaries(st.text(), VALUES, max_size=3))
    def test_what_is_packed_is_unpacked(self, properties: dict[str, object]) -> None:
        """Nothing is lost or gained on the way."""
        assert same(unpack(pack(properties)), properties)

    def test_a_reader_without_secrets_gets_them_open(self) -> None:
        """And never the wrapping."""
        packed = unpack(pack({"a": [Secret({"b": Secret(1)})]}, secrets=False))
        assert packed == {"a": [{"b": 1}]}

    def test_a_reader_without_references_gets_ids(self) -> None:
        """Or the URN of what has none; an id that is not known yet is not known to it either."""
        given = {"a": Reference("urn", "id"), "b": Reference("urn"), "c": Reference("urn", UNKNOWN)}
        assert unpack(pack(given, references=False)) == {"a": "id", "b": "urn", "c": UNKNOWN}
        assert unpack(pack(given)) == given

    def test_an_asset_survives(self) -> None:
        """With its hash."""
        asset = Asset(archive=True, hash="h", assets={"x": Asset(archive=False, hash="i", text="")})
        assert unpack(pack({"a": asset}))["a"] == asset


class TestSame:
    """Equality as Pulumi sees it."""

    @pytest.mark.parametrize(
        ("left", "right", "equal"),
        [
            (1, True, False),
            (0, False, False),
            (1, 1.0, True),
            (Secret("x"), "x", True),
            ([1, 2], [1, 2, 3], False),
            ({"a": None}, {}, False),
            (Asset(archive=False, hash="h", path="a"), Asset(archive=False, hash="h", path="b"), True),
            (Asset(archive=False, hash="h"), Asset(archive=True, hash="h"), False),
        ],
    )
    def test_pairs(self, left: object, right: object, equal: bool) -> None:  # noqa: FBT001 - a table's column
        """Each pair, both ways."""
        assert same(left, right) is equal
        assert same(right, left) is equal


class TestFiles:
    """Into a checkpoint and out again."""

    @given(VALUES)
    def test_show_secrets_round_trip(self, value: object) -> None:
        """In clear."""
        assert same(deserialize(json.loads(json.dumps(serialize(value, None))), None), value)

    def test_a_secret_is_encrypted_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same secret keeps its ciphertext from write to write, and none shows its content."""
        monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "p")
        crypter = Crypter()
        secret = Secret(["qanary"])
        first = serialize({"a": secret}, crypter)
        assert first == serialize({"a": secret}, crypter)
        assert "qanary" not in json.dumps(first)
        assert same(deserialize(first, Crypter(crypter.salt)), {"a": ["qanary"]})

    @given(VALUES)
    def test_masking_leaves_no_secret(self, value: object) -> None:
        """At any depth."""
        assert not contains(masked(Secret(value)), Secret)
        assert masked_json({"a": Secret(value)}, ciphertext=False) == {"a": "[secret]"}

    def test_unknowns_are_found_inside_secrets(self) -> None:
        """So that no half-known secret reaches a provider."""
        assert contains({"a": [Secret(UNKNOWN)]}, Unknown)
