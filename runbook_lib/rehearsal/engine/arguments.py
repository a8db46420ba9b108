"""The flags and arguments of every command: Pulumi's, as far as the embedded engine does what they say.

A flag that is accepted and has no effect here changes only how something is shown.
"""

from __future__ import annotations

import argparse
import os
import sys
from functools import cache
from typing import Any, NoReturn

from runbook_lib.rehearsal.engine.errors import UsageError

OUTSIDE = "is outside the embedded engine"


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are ordinary errors of this engine."""

    def error(self, message: str) -> NoReturn:
        """Refuse a command line."""
        raise UsageError(f"{message} (`{self.prog} --help` lists what there is)")


def _flags(parser: argparse.ArgumentParser, *names: str) -> None:
    for name in names:
        parser.add_argument(name, action="store_true")


def _common(parser: argparse.ArgumentParser, *, again: bool) -> None:
    """Flags that every command takes, before its name and (`again`) after it, where silence keeps what was said before."""
    default: dict[str, Any] = {"default": argparse.SUPPRESS} if again else {}
    for name in ("--non-interactive", "--logtostderr", "--logflow", "--emoji", "--disable-integrity-checking"):
        parser.add_argument(name, action="store_true", help=argparse.SUPPRESS, **default)
    for name in ("--color", "--tracing", "--profiling", "--memprofilerate"):
        parser.add_argument(name, help=argparse.SUPPRESS, **default)
    parser.add_argument("-v", "--verbose", nargs="?", help=argparse.SUPPRESS, **default)
    parser.add_argument("-C", "--cwd", help="run as if started in this folder", **default)
    parser.add_argument("-s", "--stack", help="the stack to work on; default is the selected one", **default)
    parser.add_argument("-j", "--json", action="store_true", help="answer in JSON", **default)
    parser.add_argument(
        "--show-secrets", nargs="?", const=True, type=_boolean, help="show secrets", **(default or {"default": False})
    )
    parser.add_argument("--config-file", help="read this file instead of Pulumi.<stack>.yaml", **default)


def _boolean(text: str) -> bool:
    return text == "true"


def _operation(parser: argparse.ArgumentParser) -> None:
    _flags(
        parser, "--expect-no-changes", "--target-dependents", "--exclude-dependents", "--continue-on-error", "--diff",
        "--skip-preview", "--suppress-outputs", "--suppress-progress", "--suppress-permalink", "--show-replacement-steps",
        "--show-sames", "--show-reads", "--show-config", "--show-full-output",
    )  # fmt: skip
    parser.add_argument("-y", "--yes", "-f", action="store_true")
    parser.add_argument("-d", "--debug", action="store_true", help="let the program's debug messages through")
    parser.add_argument("-m", "--message", default="", help="a note for the history")
    parser.add_argument("-p", "--parallel", type=int, help="how many steps at a time")
    parser.add_argument("-t", "--target", action="append", metavar="URN")
    parser.add_argument("-e", "--exclude", action="append", metavar="URN")
    parser.add_argument("-r", "--refresh", nargs="?", const="true", default="", choices=("true", "false", ""))
    parser.add_argument("--event-log", metavar="FILE|tcp://HOST:PORT")
    parser.add_argument("--exec-kind", "--exec-agent", "--stack-config", help=argparse.SUPPRESS)
    parser.add_argument("--run-program", nargs="?", const="true", default="", choices=("true", "false", ""))
    _outside(parser, "--client", "inline programs", value=True)
    _outside(parser, "--import-file", "writing an import file", value=True)
    _outside(parser, "--policy-pack", "policy packs", value=True)
    _outside(parser, "--policy-pack-config", "policy packs", value=True)
    _outside(parser, "--attach-debugger", "debugging", value=False)


def _outside(parser: argparse.ArgumentParser, name: str, what: str, *, value: bool) -> None:
    class Refuse(argparse.Action):
        def __call__(self, *_arguments: Any, **_options: Any) -> None:
            raise UsageError(f"{name}: {what} {OUTSIDE}; use the real pulumi command")

    parser.add_argument(name, action=Refuse, nargs=None if value else 0, help=argparse.SUPPRESS)


def runs_program(arguments: argparse.Namespace) -> bool:
    """Whether an operation runs the program that could do without: `--run-program`, else PULUMI_RUN_PROGRAM."""
    said = getattr(arguments, "run_program", "") or os.environ.get("PULUMI_RUN_PROGRAM", "").lower()
    return said in {"true", "1"}


@cache
def parser() -> Parser:
    """Every command with its flags; made once, for it takes as long as all that a short command does."""
    whole = Parser(prog="pulumi", description="The embedded engine of the migration runbook.", allow_abbrev=False)
    _common(whole, again=False)
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)

    def command(group: Any, name: str, run: str, help_text: str) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = group.add_parser(
            name, help=help_text, description=help_text, allow_abbrev=False, conflict_handler="resolve"
        )
        _common(added, again=True)
        added.set_defaults(run=run)
        return added

    command(commands, "version", "info:version", "print the version")
    command(commands, "whoami", "info:whoami", "print the user and the backend")
    cancel = command(commands, "cancel", "info:cancel", "remove a stack's locks")
    cancel.add_argument("name", nargs="?")
    cancel.add_argument("-y", "--yes", action="store_true")
    plugins = command(commands, "plugin", "info:plugins", "list plugins")
    plugins.add_argument("action", nargs="*")
    command(commands, "install", "info:install", "nothing to install").add_argument("words", nargs="*")

    for name, help_text in (("up", "bring the stack to what the program wants"), ("preview", "show what up would do")):
        added = command(commands, name, f"operations:{name}", help_text)
        _operation(added)
        added.add_argument("--replace", action="append", metavar="URN")
        added.add_argument("--target-replace", action="append", metavar="URN")
        if name == "up":
            added.add_argument("--plan", metavar="FILE", help="do nothing that exceeds a plan saved by a preview")
        else:
            added.add_argument("--save-plan", metavar="FILE", help="save what is planned, for up --plan")
    refresh = command(commands, "refresh", "operations:refresh", "take over what the providers see")
    destroy = command(commands, "destroy", "operations:destroy", "delete everything in the stack")
    for added in (refresh, destroy):
        _operation(added)
        added.add_argument("--preview-only", action="store_true")
    _flags(refresh, "--clear-pending-creates", "--skip-pending-creates")
    _flags(destroy, "--exclude-protected", "--remove")
    imported = command(commands, "import", "imports:run", "adopt existing resources")
    _operation(imported)
    imported.add_argument("resource", nargs="*", metavar="TYPE NAME ID")
    imported.add_argument("--file", help="a JSON file of resources")
    imported.add_argument("--protect", nargs="?", const="true", default="true", choices=("true", "false"))
    imported.add_argument("--generate-code", nargs="?", const="true", default="true", choices=("true", "false"))
    imported.add_argument("-o", "--out", help="where to write the code")
    imported.add_argument("--parent", "--provider", "--properties", default=None)
    _outside(imported, "--from", "converting from other tools", value=True)

    _stack_commands(command, commands)
    _state_commands(command, commands)
    _config_commands(command, commands)
    return whole


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read a command line; `run` in the result names the function to call.

    Raises:
        UsageError: if it makes no sense.
    """
    import os

    # argparse cannot tell an optional value after `--` from the flags before it, so what follows is kept apart.
    end = arguments.index("--") if "--" in arguments else len(arguments)
    parsed = parser().parse_args(arguments[:end])
    parsed.rest = arguments[end + 1 :]
    if not parsed.command:
        parser().print_help()
        sys.exit(0)
    if parsed.cwd:
        os.chdir(parsed.cwd)
    return parsed


def _stack_commands(command: Any, commands: Any) -> None:
    stack = command(commands, "stack", "stack:show", "look at and manage stacks")
    _flags(stack, "--show-ids", "--show-urns", "--show-name")
    group = stack.add_subparsers(dest="subcommand", metavar="COMMAND", parser_class=Parser)
    added = command(group, "init", "stack:init", "make a stack")
    added.add_argument("name", nargs="?")
    added.add_argument("--secrets-provider", default="passphrase")
    _flags(added, "--no-select")
    added = command(group, "select", "stack:select", "select a stack")
    added.add_argument("name", nargs="?")
    added.add_argument("--secrets-provider", default="passphrase")
    added.add_argument("-c", "--create", action="store_true")
    added = command(group, "rm", "stack:rm", "remove a stack")
    added.add_argument("name", nargs="?")
    _flags(added, "--preserve-config", "--remove-backups")
    added.add_argument("-f", "--force", action="store_true")
    added.add_argument("-y", "--yes", action="store_true")
    added = command(group, "ls", "stack:ls", "list stacks")
    added.add_argument("-a", "--all", action="store_true")
    added = command(group, "rename", "stack:rename", "rename a stack")
    added.add_argument("name")
    added = command(group, "output", "records:output", "show outputs")
    added.add_argument("name", nargs="?")
    added = command(group, "export", "records:export", "print the deployment")
    added.add_argument("--file")
    added.add_argument("--version", help=argparse.SUPPRESS)
    added = command(group, "import", "records:import_", "replace the deployment")
    added.add_argument("--file")
    added.add_argument("-f", "--force", action="store_true")
    added = command(group, "history", "records:history", "what was done")
    added.add_argument("--page-size", type=int, default=0)
    added.add_argument("--page", type=int, default=1)
    _flags(added, "--full-dates")
    added = command(group, "tag", "stack:tag", "tags")
    added.add_argument("action", choices=("get", "set", "rm", "ls"))
    added.add_argument("words", nargs="*")


def _state_commands(command: Any, commands: Any) -> None:
    state = command(commands, "state", "stack:show", "change a stack's record")
    group = state.add_subparsers(dest="subcommand", metavar="COMMAND", parser_class=Parser, required=True)
    for name, help_text in (
        ("unprotect", "take the protection from resources"), ("protect", "protect resources"),
        ("delete", "take resources off the record; they themselves stay"),
    ):  # fmt: skip
        added = command(group, name, f"state:{name}", help_text)
        added.add_argument("urns", nargs="*", metavar="URN")
        _flags(added, "--all", "--force", "--target-dependents")
        added.add_argument("-y", "--yes", action="store_true")
    for name in ("taint", "untaint", "repair", "move", "edit", "upgrade"):
        command(group, name, "state:refuse", f"{OUTSIDE[3:]}").add_argument("words", nargs="*")
    added = command(group, "rename", "state:rename", "give a resource another name on record")
    added.add_argument("urn", metavar="URN")
    added.add_argument("name", metavar="NEW_NAME")
    added.add_argument("-y", "--yes", action="store_true")


def _config_commands(command: Any, commands: Any) -> None:
    config = command(commands, "config", "config:show", "look at and change configuration")
    group = config.add_subparsers(dest="subcommand", metavar="COMMAND", parser_class=Parser)
    added = command(group, "get", "config:get", "one value")
    added.add_argument("key")
    _flags(added, "--path", "--open")
    added = command(group, "set", "config:set_", "set a value, read from standard input if not given")
    added.add_argument("key")
    added.add_argument("value", nargs="?")
    _flags(added, "--path", "--secret", "--plaintext")
    added.add_argument("--type", choices=("string", "bool", "int", "float"))
    added = command(group, "set-all", "config:set_all", "set several values")
    added.add_argument("--plaintext", action="append", metavar="KEY=VALUE")
    added.add_argument("--secret", action="append", metavar="KEY=VALUE")
    added.add_argument("--json", dest="json_text", metavar="JSON")
    _flags(added, "--path")
    added = command(group, "rm", "config:rm", "remove a value")
    added.add_argument("key")
    _flags(added, "--path")
    added = command(group, "rm-all", "config:rm_all", "remove several values")
    added.add_argument("keys", nargs="*")
    _flags(added, "--path")
    added = command(group, "refresh", "config:refresh", "take over the configuration of the last update")
    added.add_argument("-f", "--force", action="store_true")
    command(group, "env", "config:env", "environments (ESC)").add_argument("words", nargs="*")
