# SPDX-License-Identifier: BSD-3-Clause
"""user_error.py -- the error that ends a measurement: one line for people, and the exit status.

Limits: any exception other than UserError and OSError is a fault of this tool, and prints a
traceback.
"""

# Exit statuses, as those of defrag-fuzz (harness/finding/finding.h).
USAGE, HARNESS, TIMEOUT = 2, 3, 4


class UserError(Exception):
    """The measurement cannot continue. The text is one line, with what to do about it."""

    def __init__(self, text: str, status: int = USAGE) -> None:
        super().__init__(text)
        self.status = status
