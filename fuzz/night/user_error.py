# SPDX-License-Identifier: BSD-3-Clause
"""user_error.py -- what ends a night early: one line for people, and the exit status.

Limits: an exception that is no UserError and no OSError is a fault of this tool, and shows its
traceback.
"""

NOTHING, FINDING, USAGE, HARNESS = 0, 1, 2, 3  # exit statuses, as those of defrag-fuzz (harness/finding/finding.h)


class UserError(Exception):
    """The night cannot go on. The text is one line that says what to do."""

    def __init__(self, text: str, status: int = USAGE) -> None:
        super().__init__(text)
        self.status = status
