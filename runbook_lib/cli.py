"""The command line: ``runbook``, also ``python -m runbook_lib``.

Only argument parsing and printing; the work is in ``operations``. Imports stay in the commands:
``runbook --help`` answers at once.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
import traceback
from typing import Annotated, Any, NoReturn

import typer

from runbook_lib import bootstrap_command, given_paths, prices_command, usage_command
from runbook_lib.errors import ExitCode, RunbookError, UsageError
from runbook_lib.streams import delivered, lasting_streams

app = typer.Typer(
    name="runbook",
    help="A migration runbook made of notebooks: rehearsed on this machine, run against AWS, archived as evidence.",
    no_args_is_help=True,
    rich_markup_mode=None,  # rich costs a quarter of a second, for boxes around the help
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Exit codes: 0 passed, 1 a gate or check failed, 2 bad usage or parameters, 3 reserved for approvals, "
    "4 engine, emulator or AWS failed, 5 records fail verification, 130 interrupted.",
)

app.add_typer(prices_command.app)
app.command()(bootstrap_command.bootstrap)
app.command()(usage_command.usage)

EnvironmentOption = Annotated[str, typer.Option("--environment", "-e", help="A file notebooks/parameters/<environment>.yaml.")]
ParameterOption = Annotated[
    list[str] | None, typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="A step's parameter; repeatable.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for the record.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


@app.command("list")
def list_steps(*, as_json: JsonOption = False) -> None:
    """List the steps, what each asks and may change, and its parameters."""
    from runbook_lib import parameters
    from runbook_lib.catalogue import steps

    if as_json:
        print(json.dumps([step.model_dump(mode="json") for step in steps()], indent=2))
        delivered()
        return
    for step in steps():
        print(f"{step.name}: {step.question}\n    changes: {step.changes}")
        for name, field in step.parameters.items():
            if name in parameters.StepParameters.model_fields:
                continue  # which the command line has options for
            print(f"    -p {name}={field.default}  {' '.join(field.help.split())}")
    delivered()


@app.command()
def rehearse(
    *,
    environment: EnvironmentOption = "staging",
    parameter: ParameterOption = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the emulated AWS running; runbook teardown ends it.")] = False,
    engine: Annotated[
        str, typer.Option("--engine", help="embedded, or pulumi: the CLI on PATH, with the same provider.")
    ] = "embedded",
    port: Annotated[int, typer.Option("--port", help="The emulator's port on 127.0.0.1; 0 is any free one.")] = 0,
    reason: ReasonOption = "rehearsal",
) -> None:
    """Run the whole migration against an emulated AWS on this machine."""
    from runbook_lib import operations

    display = _display()
    run, code, seconds = operations.rehearse(
        environment, _options(parameter), keep=keep, engine=engine, port=port, reason=reason, display=display
    )
    display.said(f"{seconds:.1f} s from the emulator's start to the last record")
    if keep:
        from runbook_lib import kept

        display.said(f"Kept: aws --endpoint-url {run.facts.target.endpoint} ...; end it with: runbook teardown")
        display.said(f"Its steps again: runbook run 04 --run {run.facts.run}")
        display.said(
            f"By hand or by papermill: rehearsal = True, or export {kept.VARIABLE}={shlex.quote(str(kept.state_file()))}"
        )
    _finish(display, run, code)


@app.command()
def run(
    steps: Annotated[list[str] | None, typer.Argument(help="Steps by name or number (02); all forward steps if none.")] = None,
    *,
    environment: EnvironmentOption = "staging",
    parameter: ParameterOption = None,
    run_id: Annotated[str, typer.Option("--run", help="Continue this run instead of beginning one.")] = "",
    wait: Annotated[bool, typer.Option("--wait", help="Wait for whoever works on the stack, instead of giving up.")] = False,
    reason: ReasonOption = "",
) -> None:
    """Run steps against AWS itself, or against the kept rehearsal that --run or RUNBOOK_REHEARSAL names."""
    from runbook_lib import operations, parameters

    chosen = [parameters.step_named(name) for name in steps or ()] or list(parameters.FORWARD)
    display = _display()
    done, code = operations.run_chosen(
        environment, chosen, _options(parameter), run_id=run_id, reason=reason, display=display, wait=wait
    )
    _finish(display, done, code)


@app.command()
def status(
    run_id: Annotated[str, typer.Argument(metavar="[RUN]", help="A run's id; the latest runs if none.")] = "",
    *,
    as_json: JsonOption = False,
) -> None:
    """Show how the latest runs, or one run's steps, ended."""
    from runbook_lib import catalogue

    found = [catalogue.one_run(run_id)] if run_id else catalogue.all_runs()
    for problem in (problem for one in found for problem in one.problems):
        print(f"runbook: {problem}", file=sys.stderr)
    if as_json:
        print(json.dumps([one.model_dump(mode="json") for one in found], indent=2))
    elif not found:
        print("No runs yet. runbook rehearse makes one.")
    for one in () if as_json else found:
        print(f"{one.run}  {one.environment}{' (rehearsal)' if one.rehearsal else ''}  {one.state}  {one.directory}")
        for step in one.steps if run_id else ():
            print(f"  {step.status:<8}{step.name} attempt {step.attempt or '?'}  {step.summary}")
    delivered()
    if any(one.state == catalogue.DAMAGED for one in found):
        raise typer.Exit(ExitCode.RECORDS)


@app.command()
def report(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="A run's id.")],
    *,
    kind: Annotated[str, typer.Option("--format", help="markdown (for a pull request) or html (a document).")] = "markdown",
    limit: Annotated[
        int, typer.Option("--limit", help="The bytes that Markdown may have: GitHub takes 65536 as a comment.")
    ] = 65_536,
) -> None:
    """Print the page to decide on of a run's latest plan."""
    from runbook_lib import reports

    print(reports.report(run_id, reports.format_named(kind), limit))
    delivered()


@app.command()
def teardown(
    *,
    environment: EnvironmentOption = "staging",
    confirm: Annotated[str, typer.Option("--confirm", help="The environment's name once more: teardown deletes data.")] = "",
) -> None:
    """Delete everything: of the rehearsal that is being kept, or else of the environment on AWS."""
    from runbook_lib import undo

    display = _display()
    ask = (lambda question: str(typer.prompt(question))) if sys.stdin.isatty() and sys.stdout.isatty() else None
    done, code = undo.teardown(environment, confirm, display, ask)
    _finish(display, done, code)


@app.command()
def unlock(*, environment: EnvironmentOption = "staging") -> None:
    """Remove the lock that a dead process on another machine left on the environment's stack, or a damaged one; on record."""
    from runbook_lib import undo

    for line in undo.unlock(environment) or [f"Nobody holds a stack of {environment}."]:
        print(line)


def main() -> None:
    """Run the command line; every error the runbook raises on purpose becomes one clear message and an exit code."""
    # Where it can, jsonschema builds a parser for IRIs (RFC 3987) as nbformat imports it: two seconds for what no command checks.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # which is how an import is refused
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, _end)
    given_paths.absolute()
    with lasting_streams():
        sys.exit(_run())


def _end(*_: object) -> NoReturn:
    """End in order, as with Ctrl-C. A terminal that is closed hangs up more than once: that does not cut the end itself short."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    raise KeyboardInterrupt


def _run() -> int:
    try:
        app(standalone_mode=True)
    except RunbookError as error:
        print(f"runbook: {error.diagnostics()}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("runbook: interrupted", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - nobody foresaw it; exit code 1 would say that a gate or a check failed
        print(f"runbook: {_unforeseen(error)}", file=sys.stderr)
        return ExitCode.ENGINE
    return ExitCode.PASSED


def _unforeseen(error: Exception) -> str:
    """One line for an error that nobody foresaw, and the traceback for who wants it."""
    if os.environ.get("RUNBOOK_TRACEBACK"):
        traceback.print_exception(error)
    from runbook_lib.redaction import redact

    return redact(f"{type(error).__name__}: {error}\n  Set RUNBOOK_TRACEBACK=1 to see where.")


def _display() -> Any:
    from rich.console import Console

    from runbook_lib.display import ConsoleDisplay

    return ConsoleDisplay(Console())


def _finish(display: Any, done: Any, code: ExitCode) -> None:
    display.said(f"Evidence: {done.directory}")
    raise typer.Exit(code)


def _options(given: list[str] | None) -> dict[str, str]:
    options = {}
    for item in given or ():
        name, equals, value = item.partition("=")
        if not equals or not name:
            raise UsageError(f"-p {item!r} is not NAME=VALUE.")
        options[name] = value
    return options
