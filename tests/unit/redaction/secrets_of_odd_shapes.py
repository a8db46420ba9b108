"""Secrets, and every way to spell them that somebody's code has."""

from __future__ import annotations

import base64
import html
import json
import shlex
from collections.abc import Callable
from urllib.parse import quote, quote_plus

PEM = """\
-----BEGIN RSA PRIVATE KEY-----
MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu
KUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQJAIJLixBy2qpFoS4DSmoEm
o3qGy0t6z09AIJtH+5OeRV1be+N4cDYJKffGzDa88vQENZiRm0GRq6a+HPGQMd2k
-----END RSA PRIVATE KEY-----"""
ODD = (
    'pa"ss/<wörd>&7',
    "wJalrXUtnFEMI/K7MDENG+bPxRfiCY=",
    "it's $HOME `x` 9q",
    "tab\tand space 7x",
    "back\\slash\\n0t",
    "50%off%41%zz",
    "&amp;literally&lt;9",
    "ключ-от-базы-7",
    "密码是很长的一串七八九",
    "emoji🔑key🔒7q",
    "{{jinja}} {x!r} 5k",
    "'; DROP TABLE x; --7",
    "https://u5er:p%40ss-w0rd-9@db.example.com/x",
    "<script>k3y</script>",
    "a=b&c=d;e=f#9z",
    "line one 7k\nline two 9z\nend 4q",
    PEM,
    "++//==++//==9k",
    "\u200bzero\u200bwidth-8k",
    "trailing backslash 7\\",
    '"quoted-all-0ver"',
    "$$double$$dollar7",
    "0x7f3a-c0ffee-beef",
    "e7b1c1f0-6f3d-4b8e-9d2a-0f6c1a2b3c4d",
    "eyJrIjoxfQ.notajwt.7q8w9e",
    "ünïcödé-8w",
    "[brackets](md)_7*",
    "%s %d {0} 8k",
    "AbCdEfGh1jKl",
    "x" * 3 + "Zq9!" * 9,
)
"""Thirty, no two alike in what is special about them."""


def _sixteen(secret: str) -> str:
    raw = secret.encode("utf-16-be")
    return "".join(f"\\u{raw[i]:02x}{raw[i + 1]:02x}" for i in range(0, len(raw), 2))


def _wrapped(secret: str, width: int) -> str:
    text = base64.b64encode(b"before it " * 5 + secret.encode() + b" after it" * 9).decode()
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as written": str,
    "repr": lambda s: repr(s)[1:-1],
    "ascii": lambda s: ascii(s)[1:-1],
    "json": lambda s: json.dumps(s)[1:-1],
    "json, not ascii": lambda s: json.dumps(s, ensure_ascii=False)[1:-1],
    "json in json": lambda s: json.dumps(json.dumps({"k": s})),
    "json in json in json": lambda s: json.dumps(json.dumps({"k": json.dumps({"k": s})})),
    "html": html.escape,
    "html, no quotes": lambda s: html.escape(s, quote=False),
    "html, decimal": lambda s: "".join(f"&#{ord(c)};" for c in s),
    "html, hexadecimal": lambda s: "".join(f"&#x{ord(c):x};" for c in s),
    "url": quote,
    "url, nothing safe": lambda s: quote(s, safe=""),
    "url, plus": quote_plus,
    "url, lower case": lambda s: "".join(f"%{byte:02x}" for byte in s.encode()),
    "url, upper case": lambda s: "".join(f"%{byte:02X}" for byte in s.encode()),
    "\\uXXXX": _sixteen,
    "hexadecimal": lambda s: s.encode().hex(),
    "HEXADECIMAL": lambda s: s.encode().hex().upper(),
    "hexadecimal with colons": lambda s: s.encode().hex(":"),
    "bytes": lambda s: repr(s.encode())[2:-1],
    "shell": shlex.quote,
    "dollars": lambda s: s.replace("$", "$$"),
    "ansi": "\x1b[1;31m".join,
    "ansi in json": lambda s: json.dumps("\x1b[0m".join(s)),
    "line breaks": lambda s: "\n".join(s[at : at + 5] for at in range(0, len(s), 5)),
    "soft line breaks": lambda s: "=\n".join(s[at : at + 5] for at in range(0, len(s), 5)),
    "html in json": lambda s: json.dumps(html.escape(s)),
    "json in html": lambda s: html.escape(json.dumps(s)),
    "json in url": lambda s: quote(json.dumps(s)),
}
"""Those that leave nothing of a secret in sight; of base64, ``ENCODED``, neighbours share the first and last character."""
ENCODED: dict[str, Callable[[str], str]] = {
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "basic": lambda s: base64.b64encode(f"admin:{s}".encode()).decode(),
    "base64, offset 1": lambda s: base64.b64encode(f"x{s}\n".encode()).decode(),
    "base64, offset 2": lambda s: base64.b64encode(f"xy{s}yz".encode()).decode(),
    "base64, urls": lambda s: base64.urlsafe_b64encode(s.encode()).decode().rstrip("="),
    "base64, 64 a line": lambda s: _wrapped(s, 64),
    "base64, 76 a line": lambda s: _wrapped(s, 76),
    "base64 of json": lambda s: base64.b64encode(json.dumps({"k": s}).encode()).decode(),
    "base64 in base64": lambda s: base64.b64encode(base64.b64encode(f"u:{s}".encode())).decode(),
}
WORDS = (
    "previous",
    "us-east-1",
    "20261125",
    "environment",
    "payments",
    "finished",
    "production",
    "database",
    "password",
    "teardown",
    "operator",
    "rehearsal",
    "eu-central-1",
    "2026-11-25",
    "succeeded",
    "resource",
    "function",
    "postgres",
    "20261126T101500Z-a1b2c3",
    "127.0.0.1",
)
"""What somebody may take for a passphrase, and what is in every record."""
