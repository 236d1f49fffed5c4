# SPDX-License-Identifier: BSD-3-Clause
"""trouble.py -- what ends a measurement: one line for people, and the exit status.

Limits: an exception that is no Trouble and no OSError is a fault of this tool, and shows its
traceback.
"""

USAGE, HARNESS, TIMEOUT = 2, 3, 4  # exit statuses, as those of defrag-fuzz (harness/finding/finding.h)


class Trouble(Exception):
    """The measurement cannot go on. The text is one line that says what to do."""

    def __init__(self, text: str, status: int = USAGE) -> None:
        super().__init__(text)
        self.status = status
