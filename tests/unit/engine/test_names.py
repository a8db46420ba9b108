"""Names and selections: URNs, aliases, targets, configuration paths, durations, versions."""

from __future__ import annotations

import pytest

from runbook_lib.rehearsal.engine import config_path
from runbook_lib.rehearsal.engine.aliases import Alias, alias_urns
from runbook_lib.rehearsal.engine.arguments import parse
from runbook_lib.rehearsal.engine.backend import Backend
from runbook_lib.rehearsal.engine.errors import EngineError, UsageError
from runbook_lib.rehearsal.engine.goal import seconds
from runbook_lib.rehearsal.engine.state import Resource
from runbook_lib.rehearsal.engine.targets import Targets
from runbook_lib.rehearsal.engine.urn import Urn, is_default_provider, make_urn
from runbook_lib.rehearsal.engine.version import satisfies

STACK = "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s"
BOX = "urn:pulumi:s::p::box::b"


def test_urns() -> None:
    """A parent's types precede one's own, the stack's do not."""
    assert make_urn(stack="s", project="p", parent=STACK, kind="t", name="n") == "urn:pulumi:s::p::t::n"
    inner = make_urn(stack="s", project="p", parent=BOX, kind="t", name="n::m")
    assert inner == "urn:pulumi:s::p::box$t::n::m"
    assert (Urn.parse(inner).type, Urn.parse(inner).name) == ("t", "n::m")
    with pytest.raises(ValueError, match="invalid URN"):
        Urn.parse("nonsense")


def test_default_providers() -> None:
    """Told from those of a program by their name and their lack of a parent."""
    assert is_default_provider("urn:pulumi:s::p::pulumi:providers:aws::default_7_51_1")
    assert not is_default_provider("urn:pulumi:s::p::box$pulumi:providers:aws::default")
    assert not is_default_provider("urn:pulumi:s::p::pulumi:providers:aws::mine")


def test_aliases() -> None:
    """One's own, and those a parent's renaming gives."""
    urn = "urn:pulumi:s::p::box$t::b-inner"
    assert alias_urns(urn, BOX, [Alias(name="old")], []) == ["urn:pulumi:s::p::box$t::old"]
    assert alias_urns(urn, BOX, [], ["urn:pulumi:s::p::crate::c"]) == ["urn:pulumi:s::p::crate$t::c-inner"]
    assert alias_urns(urn, BOX, [Alias(no_parent=True)], []) == ["urn:pulumi:s::p::t::b-inner"]


def test_targets() -> None:
    """By URN or pattern; the stack and default providers always."""
    thing = Resource(urn="urn:pulumi:s::p::t::n", type="t", custom=True)
    other = Resource(urn="urn:pulumi:s::p::t::o", type="t", custom=True, dependencies=[thing.urn])
    stack = Resource(urn=STACK, type="pulumi:pulumi:Stack", custom=False)
    assert thing in Targets()
    assert other not in Targets(include=[thing.urn])
    assert stack in Targets(include=[thing.urn])
    assert other in Targets(include=["**o"])
    assert other not in Targets(exclude=["urn:pulumi:s::p::t::*"])
    spreading = Targets(include=[thing.urn], dependents=True)
    assert thing in spreading
    assert other in spreading


def test_configuration_paths() -> None:
    """Reading, writing and removing by path."""
    assert config_path.split('a.b[0]["c.d"]') == ["a", "b", 0, "c.d"]
    built = config_path.put(None, ["a", 0, "b"], 1)
    assert built == {"a": [{"b": 1}]}
    assert config_path.remove(built, ["a", 0, "b"]) == {"a": [{}]}
    with pytest.raises(EngineError, match="beyond the end"):
        config_path.put([], [1], "x")
    with pytest.raises(EngineError, match="invalid config key path"):
        config_path.split("a[")


@pytest.mark.parametrize(("text", "length"), [("", 0), ("90s", 90), ("1h30m", 5400), ("1.5m", 90), ("250ms", 0.25)])
def test_durations(text: str, length: float) -> None:
    """As Go writes them, in seconds."""
    assert seconds(text) == length


def test_bad_durations() -> None:
    """Are refused with the way to write them."""
    with pytest.raises(UsageError, match="write it as 90s"):
        seconds("soon")


@pytest.mark.parametrize(
    ("ranges", "holds"), [(">=3.1.0", True), (">=4", False), (">=3.0.0 !3.260.0", False), ("<3 || >=3.200", True)]
)
def test_version_ranges(ranges: str, holds: bool) -> None:  # noqa: FBT001 - a table's column
    """Semver ranges as `pulumi.require_pulumi_version` takes them."""
    assert satisfies(ranges) is holds


@pytest.mark.parametrize("url", ["https://api.pulumi.com", "s3://bucket", "azblob://x"])
def test_other_backends_are_refused(url: str) -> None:
    """In one clear line with the remedy."""
    with pytest.raises(UsageError, match=r"file backend only.*PULUMI_BACKEND_URL=file:///"):
        Backend(url)


@pytest.mark.parametrize("flag", ["--policy-pack=x", "--client=127.0.0.1:1", "--import-file=x"])
def test_what_lies_outside_says_so(flag: str) -> None:
    """In one clear line that names the flag."""
    with pytest.raises(UsageError, match=f"{flag.partition('=')[0]}: .* outside the embedded engine"):
        parse(["up", "--yes", flag])


def test_flags_before_and_after_the_command() -> None:
    """Mean the same, and what follows `--` is kept apart."""
    for arguments in (["--stack", "dev", "config", "set", "k"], ["config", "set", "k", "--stack", "dev", "--", "-v"]):
        parsed = parse(arguments)
        assert (parsed.stack, parsed.key) == ("dev", "k")
    assert parsed.rest == ["-v"]
