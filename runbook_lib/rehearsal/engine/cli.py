"""The command line: what `bin/pulumi` runs. Commands are imported only when they are called."""

from __future__ import annotations

import importlib
import sys

from runbook_lib.rehearsal.engine.version import VERSION

USAGE_EXIT = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: The command line without the program's name; `sys.argv` if not given.

    Returns:
        The exit code, from the real command's taxonomy: 0, 1 failed, 2 bad usage, 6 no such stack, 7 changes where
        none were expected, 8 interrupted.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    if [item for item in arguments if not item.startswith("-")][:1] == ["version"]:
        sys.stdout.write(f"{VERSION}\n")
        return 0
    from runbook_lib.rehearsal.engine.arguments import parse
    from runbook_lib.rehearsal.engine.errors import EngineError

    try:
        parsed = parse(arguments)
        module, _, name = parsed.run.partition(":")
        getattr(importlib.import_module(f"runbook_lib.rehearsal.engine.commands.{module}"), name)(parsed)
    except EngineError as error:
        if str(error):
            sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("error: interrupted\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
