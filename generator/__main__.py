"""The process of the command: `python -m generator`, or the installed console script.

It ends without a traceback, whatever happens: signals, streams that cannot be written, and a folder that is gone.
"""

from __future__ import annotations

import sys

try:
    import os
    import signal
    from types import FrameType

    from generator import garbage
    from generator.stopped import Stopped
except KeyboardInterrupt:
    print("stopped", file=sys.stderr)
    sys.exit(130)

SIGNALS = (signal.SIGINT, signal.SIGTERM)
AFTER_CALLBACK = 0.01
"""Seconds until a callback that was stopped has returned."""
NO_FOLDER = "the current folder: it does not exist any more; change to a folder that exists."


def main() -> None:
    """Run the command on the project of the current folder, and exit with its status."""
    garbage.search_rarely()
    sys.unraisablehook = _stop_later
    try:
        for number in SIGNALS:
            # SIGTERM unwinds the stack, as Ctrl-C does, so that the servers and folders of a command are removed.
            signal.signal(number, _stop)
        status = _run()
    except Stopped as stopped:
        _end_on_signals()
        if stopped.reason:
            print(stopped.reason, file=sys.stderr)
        status = stopped.status
    _end_on_signals()
    garbage.leave_to_the_system()
    sys.exit(status)


def _run() -> int:
    """Everything is imported here, where a signal already stops the process without a traceback."""
    from generator.standard_streams import guard_standard_streams

    guard_standard_streams()
    try:
        os.getcwd()
    except OSError:
        print(NO_FOLDER, file=sys.stderr)
        return 2
    try:
        status = _run_command()
    except SystemExit as help_or_version:
        status = int(help_or_version.code or 0)
    sys.stdout.flush()
    return status


def _run_command() -> int:
    try:
        from generator.packages import install

        install()
        from generator.cli import main as run
    except Exception as error:
        from generator.errors import print_internal_error

        return print_internal_error(error, "--debug" in sys.argv)
    return run()


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped(128 + number, "stopped")


def _stop_later(unraisable: sys.UnraisableHookArgs) -> None:
    """Python ignores an exception that is raised in a callback, such as a finalizer, or here: it is raised again."""
    stopped = unraisable.exc_value
    if not isinstance(stopped, Stopped):
        sys.__unraisablehook__(unraisable)
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise stopped

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, AFTER_CALLBACK)


def _end_on_signals() -> None:
    """From now on a signal ends the process at once: nothing is left to remove, and Python's exit has no handlers."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)


if __name__ == "__main__":
    main()
