"""No spelling of a known secret is left, whatever stands beside it."""

from __future__ import annotations

import base64
import pprint
import random
import re
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.redaction.secrets_of_odd_shapes import ENCODED, ODD, SPELLINGS

from runbook_lib.redaction.masking import Masker
from runbook_lib.redaction.strength import ordinary

SPECIAL = "\\%&'\"$=<>[];:{}0123456789abcdefux#+/ éß密🔑\x1b"
SECRETS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Z")), min_size=12, max_size=40),
    st.text(st.sampled_from(SPECIAL.replace("\x1b", "").replace(" ", "")), min_size=12, max_size=40),
).filter(lambda secret: not ordinary(secret) and "<" not in secret)
AROUND = st.text(st.sampled_from(SPECIAL.replace("\\", "").replace("<", "") + "xyz"), max_size=8).filter(
    lambda text: not re.search(r"(%\w?|=\w?|&#?\w*|\x1b.*)$", text)  # an escape that has begun goes on with what follows
)
MASKED = "[redacted:it]"


@pytest.mark.parametrize("how", SPELLINGS)
@pytest.mark.parametrize("secret", ODD)
def test_thirty_odd_ones_in_every_spelling(secret: str, how: str) -> None:
    spelled = SPELLINGS[how](secret)
    found = Masker({secret: "it"})(f"before {spelled} after")
    assert spelled not in found
    assert MASKED in found
    # What stays is what the spelling puts around a secret: quotes, a key, the colour before and after.
    assert len(found.replace(MASKED, "")) <= len("before  after") + 60, found


@pytest.mark.parametrize(
    ("secret", "spelled"),
    [
        ("\x1b[31mAb9kQ\x00zW7\udc80", "".join(f"&#{ord(character)};" for character in "\x1b[31mAb9kQ\x00zW7\udc80")),
        ("\x1b[31mAb9kQ\x00zW7", "".join(f"&#x{ord(character):X};" for character in "\x1b[31mAb9kQ\x00zW7")),
        ("Ab9kQz\r\nW7mPlq", "\x1b[1m".join("Ab9kQz\r\nW7mPlq")),
        ("p\u00e4ssw\u00f6rd-9x", "pa\u0308sswo\u0308rd-9x"),
        ("pa\u0308sswo\u0308rd-9x", "p\u00e4ssw\u00f6rd-9x"),
    ],
)
def test_exotic_spellings(secret: str, spelled: str) -> None:
    assert Masker({secret: "it"})(f"before {spelled} after") == f"before {MASKED} after"


PRINTED = {
    "in a dictionary": lambda s: pprint.pformat({"a": {"k": s, "region": "us-east-1"}}, width=30),
    "by itself": lambda s: pprint.pformat(s, width=10),
    "bytes": lambda s: pprint.pformat({"k": s.encode()}, width=10),
    "its repr, wrapped": lambda s: textwrap.fill(repr({"k": s}), 20, break_long_words=False, break_on_hyphens=False),
}
LONG = (
    "gravel tulip anchor meadow lantern copper violin thunder orchard",
    "line one#7k\nline two$9z\nit's the end 4q",
    'tab\tand "space" 7x é',
)


@pytest.mark.parametrize("before", ["", "nothing in it\n" * 3000], ids=["short", "long"])
@pytest.mark.parametrize("how", PRINTED)
@pytest.mark.parametrize("secret", LONG)
def test_what_a_printer_has_broken_into_lines(secret: str, how: str, before: str) -> None:
    spelled = PRINTED[how](secret)
    found = Masker({secret: "it"})(before + spelled)[len(before) :]
    assert found.count(MASKED) == 1
    assert not any(word in found for word in secret.split())


@given(SECRETS, st.sampled_from(sorted(SPELLINGS)), AROUND, AROUND)
def test_any_secret_among_anything(secret: str, how: str, before: str, after: str) -> None:
    spelled = SPELLINGS[how](secret)
    found = Masker({secret: "it"})(f"{before}{spelled}{after}")
    assert MASKED in found
    if len(spelled) > 1:
        assert spelled not in found.replace(before, "", 1)
    assert len(found) <= len(before) + len(after) + 60 + len(MASKED)


def _decodable(masked: str, secret: str) -> int:
    """The longest part of a secret that somebody still gets out of what looks like base64 in a text."""
    longest = 0
    for run in re.findall(r"[A-Za-z0-9+/_-]+", re.sub(r"\s", "", masked)):
        plain = run.replace("-", "+").replace("_", "/")
        for skip in range(4):
            part = plain[skip:]
            read = base64.b64decode(part + "A" * (-len(part) % 4))
            for size in range(3, len(secret.encode()) + 1):
                if any(secret.encode()[at : at + size] in read for at in range(len(secret.encode()) - size + 1)):
                    longest = max(longest, size)
    return longest


PRINTABLE = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=8, max_size=40).filter(
    lambda secret: not ordinary(secret)
)


@given(
    PRINTABLE,
    st.binary(max_size=70), st.binary(max_size=70), st.sampled_from(["standard", "urls", "64", "76"]),
)  # fmt: skip
def test_nothing_can_be_decoded_from_base64(secret: str, before: bytes, after: bytes, how: str) -> None:
    encode = base64.urlsafe_b64encode if how == "urls" else base64.b64encode
    text = encode(before + secret.encode() + after).decode()
    if how == "urls":
        text = text.rstrip("=")
    if how.isdigit():
        text = "\n".join(text[at : at + int(how)] for at in range(0, len(text), int(how)))
    masked = Masker({secret: "it"})(text)
    assert MASKED in masked
    # Every character of base64 that holds nothing but the secret is gone: what is left around the mask is what was around it.
    core = 8 * len(secret) // 6 - 2
    assert len(re.sub(r"\s", "", masked.replace(MASKED, ""))) <= len(re.sub(r"\s", "", text)) - core


@pytest.mark.parametrize("how", ENCODED)
@pytest.mark.parametrize("secret", ODD)
def test_encodings_of_thirty_odd_ones(secret: str, how: str) -> None:
    masked = Masker({secret: "it"})(f"before {ENCODED[how](secret)} after")
    assert MASKED in masked
    if "base64 in" not in how:
        assert _decodable(masked.replace(MASKED, " "), secret) < 4


def test_many_secrets_at_once() -> None:
    letters = random.Random(7)
    secrets = {f"{letters.getrandbits(160):x}": f"s{number}" for number in range(200)}
    masker = Masker(secrets)
    text = " and ".join(SPELLINGS["url, upper case"](secret) for secret in secrets)
    assert masker(text) == " and ".join(f"[redacted:{name}]" for name in secrets.values())


def test_the_longest_names_it_and_none_leaves_a_tail() -> None:
    masker = Masker({"s3cret-one": "short", "s3cret-one-and-m0re": "long", "m0re-of-an0ther": "other"})
    assert masker("x s3cret-one-and-m0re y") == "x [redacted:long] y"
    assert masker("x s3cret-one-and-m0re-of-an0ther y") == "x [redacted:long] y"
    assert masker("x s3cret-one y") == "x [redacted:short] y"


def test_masks_tell_no_length() -> None:
    masker = Masker({"k3y" * 5: "", "k4y" * 50: ""})
    assert masker("k3y" * 5) == masker("k4y" * 50) == "[redacted]"


def test_pieces_of_one_text() -> None:
    masker = Masker({"s3cret-in-halves": "it"})
    assert masker.pieces(["a s3cret-", "in-hal", "ves b"]) == ["a [redacted:it]", "", " b"]
    assert masker.pieces(["a s3cret-in", "-halves", "b"], "\n") == ["a [redacted:it]", "", "b"]
    assert masker.pieces(["nothing", "here"]) == ["nothing", "here"]


def test_a_short_one_wherever_it_stands() -> None:
    masker = Masker({"q1w2e3r4": "it"})
    for before in range(20):
        for after in range(5):
            assert masker(f"{'x' * before}q1w2e3r4{'y' * after}") == f"{'x' * before}{MASKED}{'y' * after}"


@pytest.mark.parametrize(
    "how", ["json", "json in json", "json in json in json", "ansi in json", "url, lower case", "html, decimal"]
)
@pytest.mark.parametrize("secret", ["back\\slash\\n0t", '%41%42"%43%44"q'])
def test_in_a_long_text(how: str, secret: str) -> None:
    text = f"{'x ' * 30_000}{SPELLINGS[how](secret)}{' y' * 30_000}"
    masked = Masker({secret: "it"})(text)
    assert MASKED in masked
    assert len(masked) < 120_000 + 80
