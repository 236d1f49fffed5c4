# SPDX-License-Identifier: BSD-3-Clause
"""user_error.py -- the error that ends a night early: a message of one line, and the exit status.

Limits: any exception other than UserError and OSError is a fault of this tool, and prints its
traceback.
"""

# exit statuses, as those of defrag-fuzz (harness/finding/finding.h)
CLEAN, FINDING, USAGE, HARNESS = 0, 1, 2, 3


class UserError(Exception):
    """The night cannot continue. The text is one line that says what to do."""

    def __init__(self, text: str, status: int = USAGE) -> None:
        super().__init__(text)
        self.status = status
