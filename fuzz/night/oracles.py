"""oracles.py -- who finds something: the first word of a signature, and what it means.

Limits: a first word that is not in the table is an oracle too, without a description: a new one must not break the reports.
"""

ORACLES = {
    "asan": ("AddressSanitizer", "Freed or foreign memory was accessed, or memory was freed twice."),
    "ubsan": ("UndefinedBehaviorSanitizer", "Something undefined was done: a null or misaligned pointer, an overflow."),
    "assert": ("Assertion", "An assertion of the server failed."),
    "panic": ("Panic", "The server ended itself."),
    "crash": ("Crash", "The process died of a signal without a report."),
    "exit": ("Exit", "The process ended by itself without a report."),
    "heap": ("Heap", "A wild, double or misplaced free, or a size asked of a released block."),
    "value": ("Value", "The data set is not what it was before the move."),
    "twin": ("Twin", "The same stream gives other replies with moves than without."),
    "refs": ("Stale reference", "Right after a move, a live word still points into a block that was released."),
    "account": ("Account", "More or less is allocated after a cycle than before, or a live block is out of reach: a leak."),
    "shape": ("Shape", "A structure is not well-formed: links, spans, counts, tables."),
    "progress": ("Progress", "A defrag cycle does not end within its bound of virtual work."),
    "birth": ("Birth", "The server does not come up."),
    "timeout": ("Timeout", "A stream does not end within its real time."),
    "memory": ("Memory", "A stream used too much memory."),
    "harness-fault": ("Harness fault", "A fault of the harness itself, not of the server."),
}

WEAK = ("timeout", "memory", "crash", "exit")  # a busy machine can cause these: nothing is claimed unless they come again


def of(signature: str) -> str:
    """The oracle of a signature: its first word."""
    return signature.split(":")[0]


def name(oracle: str) -> str:
    """Its name for people."""
    return ORACLES.get(oracle, (oracle, ""))[0]


def meaning(oracle: str) -> str:
    """A sentence about what it finds."""
    return ORACLES.get(oracle, ("", f"The oracle {oracle} failed."))[1]


def is_weak(signature: str) -> bool:
    """May this signature come from a busy machine instead of from the server?"""
    return of(signature) in WEAK
