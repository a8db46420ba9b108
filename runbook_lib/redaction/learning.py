"""What a process learns while it works is known before its caller has it: credentials, and what AWS and Pulumi answer.

Other people's code is listened to from outside (``wrapt``), once it is imported: whoever makes the call, a step, a cell or
somebody's own library, the secret in the answer is registered before the call returns.
"""

from __future__ import annotations

import base64
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from runbook_lib.redaction.known import register
from runbook_lib.redaction.leaves import telling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_CERTAIN = re.compile(
    r"secret_?access_?key|secret_?key|session_?token|secret_?(?:string|binary)|plaintext|random_?password|(?:auth|authorization)_?token"
    r"|(?:access|refresh|id|bearer|web|cli|web_?identity)_?token|client_?secret(?:_?value)?|private_?key(?:_?\w+)?|key_?material"
    r"|password|service_?password|service_?credential_?secret|shared_?secret|pre_?shared_?key",
    re.IGNORECASE,
)
"""Members of AWS's answers that are secret whether its model says so or not: of a session token it does not."""


def watch() -> None:
    """Listen from now on; asking again changes nothing.

    Only a process that works for a run asks: one that others are forked from would listen in Lambda functions, too.
    """
    _watch()


@cache
def _watch() -> None:
    import wrapt

    wrapt.register_post_import_hook(_watch_credentials, "botocore.credentials")
    wrapt.register_post_import_hook(_watch_answers, "botocore.client")
    wrapt.register_post_import_hook(_watch_pulumi, "pulumi.automation._local_workspace")


def _watch_credentials(module: Any) -> None:
    import wrapt

    def resolved(wrapped: Any, instance: Any, args: Any, kwargs: Any) -> Any:
        """Each kind of credentials ends its making, and each refresh, with this."""
        done = wrapped(*args, **kwargs)
        held = vars(instance)
        register(held.get("secret_key") or held.get("_secret_key") or "", "AWS_SECRET_ACCESS_KEY")
        register(held.get("token") or held.get("_token") or "", "AWS_SESSION_TOKEN")
        return done

    for kind in ("Credentials", "RefreshableCredentials"):
        wrapt.wrap_function_wrapper(module, f"{kind}._normalize", resolved)


def _watch_answers(module: Any) -> None:
    import wrapt

    def answered(wrapped: Any, instance: Any, args: Any, kwargs: Any) -> Any:
        answer = wrapped(*args, **kwargs)
        model = instance.meta.service_model
        operation = args[0] if args else kwargs["operation_name"]
        for secret, name in in_answer(answer, model.operation_model(operation).output_shape):
            _register(secret, f"{model.service_name}:{name}")
        return answer

    wrapt.wrap_function_wrapper(module, "BaseClient._make_api_call", answered)


def in_answer(value: Any, shape: Any, name: str = "", *, within: bool = False) -> Iterator[tuple[str | bytes, str]]:
    """The secrets in an answer of AWS.

    Args:
        value: What was answered, parsed.
        shape: botocore's shape for it, or ``None``.
        name: The member it is.
        within: Whether it is part of something that the model says is sensitive.
    """
    sensitive = within or bool(shape is not None and shape.metadata.get("sensitive"))
    if isinstance(value, dict):
        kind = getattr(shape, "type_name", "")
        members = shape.members if kind == "structure" else {}
        for key, inner in value.items():
            inside = members.get(key) or (shape.value if kind == "map" else None)
            if isinstance(inner, str) and _by_company(key, inner, value, shape):
                yield inner, str(value.get("Name") or value.get("name") or key)
            elif kind == "map" and isinstance(inner, str):
                yield from [(inner, key)] if telling(key) and not inner.startswith("arn:") else []
            else:
                yield from in_answer(inner, inside, key, within=sensitive)
    elif isinstance(value, list):
        for inner in value:
            yield from in_answer(inner, getattr(shape, "member", None), name, within=sensitive)
    elif isinstance(value, str | bytes) and (_CERTAIN.fullmatch(name) or (sensitive and telling(name))):
        yield value, name


def _by_company(key: str, value: str, beside: dict[str, Any], shape: Any) -> bool:
    """Whether a value is secret because of what stands beside it: a parameter's type, a variable's name."""
    if key.lower() != "value":
        return False
    named = str(beside.get("Name") or beside.get("name") or "")
    return (
        beside.get("Type") == "SecureString"
        or getattr(shape, "name", "") == "ApiKey"
        or (telling(named) and not value.startswith("arn:") and "Type" not in beside)
    )


def configuration(stack: Any, file: Path) -> None:
    """Learn what is secret in a stack's configuration, which takes Pulumi a while, if anything is.

    Args:
        stack: The Automation API's.
        file: Its ``Pulumi.<stack>.yaml``.
    """
    watch()
    if file.exists() and "secure:" in file.read_text(encoding="utf-8"):
        stack.get_all_config()


def _watch_pulumi(module: Any) -> None:
    import wrapt

    def several(wrapped: Any, _: Any, args: Any, kwargs: Any) -> Any:
        found = wrapped(*args, **kwargs)
        for name, value in found.items():
            if value.secret:
                _register(value.value, f"pulumi:{name}")
        return found

    def one(wrapped: Any, _: Any, args: Any, kwargs: Any) -> Any:
        for value in (*args, *kwargs.values(), found := wrapped(*args, **kwargs)):
            if getattr(value, "secret", False):
                _register(value.value, f"pulumi:{args[1] if len(args) > 1 else kwargs.get('key', '')}")
        return found

    wrapt.wrap_function_wrapper(module, "LocalWorkspace.stack_outputs", several)
    wrapt.wrap_function_wrapper(module, "LocalWorkspace.get_all_config", several)
    wrapt.wrap_function_wrapper(module, "LocalWorkspace.get_config", one)
    wrapt.wrap_function_wrapper(module, "LocalWorkspace.set_config", one)


def _register(secret: Any, name: str) -> None:
    """Any value: bytes as they are printed, a structure as its JSON."""
    if isinstance(secret, bytes):
        try:
            register(secret.decode(), name)
        except UnicodeDecodeError:
            for spelling in (base64.b64encode(secret).decode(), secret.hex(), repr(secret)[2:-1]):
                register(spelling, name)
    else:
        register(secret if isinstance(secret, str) else json.dumps(secret, default=str), name)
