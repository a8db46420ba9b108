"""The program's process, from inside: it configures Pulumi's runtime and runs the program's `__main__`.

It stands where `pulumi-language-python-exec` stands for the real command. What to run comes as one line of JSON on
standard input, from `program.py`, after the SDK has been imported: configuration appears in no argument list.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import json
import logging
import os
import runpy
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

SHOWN_ITS_ERROR = 32
THREADS_PER_SLOT = 4
RARER = 5
"""How much more seldom all objects of the program are searched for garbage: there is hardly any, and the search takes as long as
there are objects."""


def main() -> int:
    """Run the program; the exit code tells whether it failed, and whether its error was shown."""
    try:
        import pulumi
        import pulumi.runtime
    except ImportError:
        sys.stderr.write(traceback.format_exc())
        sys.stderr.write("It looks like the Pulumi SDK has not been installed for this interpreter.\n")
        return 1
    line = sys.stdin.readline()
    if not line:
        return 1  # the engine has ended without a program to run
    arguments: dict[str, Any] = json.loads(line)
    os.environ["PULUMI_CONFIG"] = json.dumps(arguments["config"])
    os.environ["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(arguments["secret_keys"])
    if not arguments["debug"]:
        pulumi.log.debug = _silent  # each message would be a call to the engine, thousands in one run
    pulumi.runtime.set_all_config(arguments["config"], arguments["secret_keys"])
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            project=arguments["project"],
            stack=arguments["stack"],
            monitor=arguments["address"],
            engine=arguments["address"],
            parallel=arguments["parallel"],
            dry_run=arguments["dry_run"],
            organization="organization",
            root_directory=arguments["root"],
        )
    )
    _grow_cheaply()
    program = arguments["program"]
    sys.argv = [program]
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    threads = ThreadPoolExecutor(max_workers=arguments["parallel"] * THREADS_PER_SLOT)
    loop.set_default_executor(threads)
    # When one step fails the futures of all that needed it stay unobserved; asyncio would report each of them.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: _run(program)))
    except _NoProgramError as error:
        pulumi.log.error(str(error))
        return SHOWN_ITS_ERROR
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except Exception:  # noqa: BLE001 - whatever the program raises is shown to its author
        pulumi.log.error(f"Program failed with an unhandled exception:\n{_own_traceback(program)}")
        return SHOWN_ITS_ERROR
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _grow_cheaply() -> None:
    """Let a program of thousands of resources cost no more than so many times one of a few: what it makes, it keeps."""
    # By its file: the program's interpreter need not have this package, nor the program see its modules.
    spec = importlib.util.spec_from_file_location("awaiting", Path(__file__).with_name("awaiting.py"))
    assert spec is not None and spec.loader is not None, "it lies beside this file"  # noqa: S101, PT018
    awaiting = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(awaiting)
    awaiting.install()
    young, middle, old = gc.get_threshold()
    gc.set_threshold(young, middle, old * RARER)


class _NoProgramError(Exception):
    """Raised when the folder of the program has none."""


def _run(program: str) -> None:
    if Path(program).is_dir() and not any(Path(program, name).exists() for name in ("__main__.py", "__main__.pyc")):
        raise _NoProgramError(f"unable to find main python program `__main__.py` in `{program}`")
    runpy.run_path(program, run_name="__main__")


def _silent(*_arguments: object, **_options: object) -> None:
    """Say nothing."""


def _own_traceback(program: str) -> str:
    """The traceback from the program's own first frame on."""
    start = Path(program, "__main__.py") if Path(program).is_dir() else Path(program)
    frames = traceback.extract_tb(sys.exc_info()[2])
    for position, frame in enumerate(frames):
        if Path(frame.filename).resolve() == start.resolve():
            return traceback.format_exc(limit=position - len(frames))
    return traceback.format_exc()


if __name__ == "__main__":
    sys.path.pop(0)  # the engine's own folder: its module names are no business of the program's
    code = main()
    if code == 0:
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - waits for the program's threads, as its end would
    sys.stdout.flush()
    os._exit(code)  # threads that still wait for a stopped engine must not keep the process
