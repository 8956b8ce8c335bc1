"""The end of a command from outside. The module imports nothing, so that it is there before all others."""


class Stopped(BaseException):
    """Ends the process from outside its work: a signal, or a standard output that cannot be written.

    It is no `Exception`, so that nothing on the way takes it for an error of its own. `status` is the exit status, and
    `reason` the line for standard error, which may be empty.
    """

    def __init__(self, status: int, reason: str = "") -> None:
        self.status = status
        self.reason = reason
        super().__init__(status, reason)
