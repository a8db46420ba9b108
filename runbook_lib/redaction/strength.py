"""Whether a secret can be told from ordinary text.

Secrets are masked by value. A passphrase ``previous`` or ``us-east-1`` would mask half of every record, so it is masked
nowhere: the runbook's own passphrase is refused where it is given, and for credentials that others chose a warning says so.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

SHORTEST = 8
_WORDS = 2
"""What has so many words, or fewer, and nothing else but numbers, is found in a sentence."""
_DIGITS = 16
"""A number of fewer digits is an amount, a date, an account."""
_GUESSES = 10**8
_DRAWN = 16
"""What was drawn at random to be a secret has so many characters."""
_READ = 100
"""The characters that are judged; whatever is longer is strong if these are."""

_REGION = re.compile(r"[a-z]{2}(-[a-z]+){1,3}-\d[a-z]?")
_RUN = re.compile(r"\d{4}-?\d\d-?\d\d[T ][\d:.]{6,}(Z|[+-]\d\d:?\d\d)?(-[0-9a-f]{6})?")
_PARTS = re.compile(r"[A-Za-z][a-z]+|[A-Z]+(?![a-z])|\d+")
_PLAIN = re.compile(r"[A-Za-z0-9\s_./:,;-]+")


def ordinary(secret: str) -> str:
    """Why ``secret`` cannot be told from ordinary text, e.g. ``it is a region``; empty if it can."""
    if len(secret) < SHORTEST:
        return f"it has fewer than {SHORTEST} characters"
    if len(set(secret)) < SHORTEST // 2:
        return "it repeats itself"
    if sum(map(str.isdigit, secret)) < _DIGITS and not any(map(str.isalpha, secret)):
        return "it is a number or a date"
    if _REGION.fullmatch(secret):
        return "it is a region"
    if _RUN.fullmatch(secret):
        return "it is a time or the id of a run"
    if secret.startswith("arn:"):
        return "it is the name of a resource"
    if _PLAIN.fullmatch(secret):
        parts = _PARTS.findall(secret)
        tokens = re.split(r"[\s_./:,;-]+", secret)
        mixed = any(re.search(r"[A-Za-z]", token) and re.search(r"\d", token) for token in tokens)
        words = [part for part in parts if not part.isdigit() and len(part) > 1]
        if not mixed and 0 < len(words) <= _WORDS and all(_word(word.lower()) for word in words):
            return "it is made of ordinary words"
        if not mixed and _project(secret.lower()):
            return "it is a word of this project"
    return ""


def random(value: str) -> bool:
    """Whether a value looks as if it had been drawn: long, without a space, of all kinds of characters, and not of words."""
    if len(value) < _DRAWN or re.search(r"\s", value):
        return False
    runs = re.findall(r"[A-Za-z0-9]+", value)
    if any(len(run) >= _DRAWN and len(re.findall(r"[A-Za-z]+|\d+", run)) > _DRAWN // 4 for run in runs):
        return True
    kinds = all(re.search(kind, value) for kind in ("[a-z]", "[A-Z]", r"\d"))
    words = [part for part in _PARTS.findall(value) if not part.isdigit() and len(part) > 1]
    return kinds and not (words and all(_word(word.lower()) for word in words))


def guessable(secret: str) -> str:
    """Why ``secret`` is no passphrase; empty if it is one."""
    if why := ordinary(secret):
        return why
    from zxcvbn import zxcvbn

    judged = zxcvbn(secret[:_READ], max_length=_READ)
    return f"it can be guessed ({judged['guesses']:,} attempts)" if judged["guesses"] < _GUESSES else ""


def _word(word: str) -> bool:
    return word in _english() or _project(word)


@cache
def _english() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    lists = ("english_wikipedia", "us_tv_and_film", "female_names", "male_names", "surnames")
    return frozenset(word for name in lists for word in FREQUENCY_LISTS[name])


def _project(word: str) -> bool:
    return word in _own_words()


@cache
def _own_words() -> frozenset[str]:
    """The words that this project is made of: whatever names a key, a state, a service or a parameter is one."""
    package = Path(__file__).parents[1]
    folders = ((package, "*.py"), (package.parent / "notebooks", "*"), (package.parent / "stack", "*"))
    files = [
        path for folder, pattern in folders for path in folder.rglob(pattern) if path.suffix in {".py", ".yaml", ".ipynb", ".sql"}
    ]
    text = " ".join(path.read_text(encoding="utf-8", errors="replace") for path in files)
    names = re.findall(r"[A-Za-z][A-Za-z0-9]*(?:[_.-][A-Za-z0-9]+)*", text)
    return frozenset(name.lower() for name in names) | frozenset(part.lower() for name in names for part in _PARTS.findall(name))
