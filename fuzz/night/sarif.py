# SPDX-License-Identifier: BSD-3-Clause
"""sarif.py -- findings.sarif, for code scanning: SARIF 2.1.0
(docs.oasis-open.org/sarif/sarif/v2.1.0), a rule for each oracle, a result for each finding.

The location of a result is the last step of its stream, because a stale pointer has no source line;
the function in the signature is its logical location. baselineState separates new and known
findings, and partialFingerprints has the signature.

Limits: unconfirmed findings are not included.
"""

import pathlib
from typing import Any

from night import oracles
from night.findings import Finding, Findings
from night.state import State
from night.tool import Tool

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def rule(oracle: str) -> dict[str, Any]:
    return {
        "id": oracle,
        "name": "".join(word.capitalize() for word in oracles.name(oracle).split()),
        "shortDescription": {"text": oracles.name(oracle)},
        "fullDescription": {"text": oracles.meaning(oracle)},
        "defaultConfiguration": {"level": "error"},
    }


def last_step(path: pathlib.Path) -> int:
    """The line number of the last step."""
    lines = path.read_text("latin-1").splitlines()
    return max((n for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")), default=1)


def result(out: pathlib.Path, finding: Finding, rules: list[str], is_new: bool) -> dict[str, Any]:
    words = [
        f"{finding.signature}: {finding.what or oracles.meaning(finding.oracle)}.",
        f"Reproduced by {finding.share()} replays.",
    ]
    if finding.step:
        words.append(f"Step {finding.step}.")
    place: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": str(finding.stream.relative_to(out)), "uriBaseId": "OUT"},
            "region": {"startLine": last_step(finding.stream)},
        }
    }
    function = finding.signature.split(":")[-1]
    if ":" in finding.signature and function.isidentifier():
        place["logicalLocations"] = [{"name": function, "kind": "function"}]
    return {
        "ruleId": finding.oracle,
        "ruleIndex": rules.index(finding.oracle),
        "level": "error" if is_new else "note",
        "message": {"text": " ".join(words)},
        "locations": [place],
        "baselineState": "new" if is_new else "unchanged",
        "partialFingerprints": {"signature/v1": finding.signature},
        "occurrenceCount": max(1, finding.times),
    }


def log(out: pathlib.Path, state: State, findings: Findings, tools: list[Tool]) -> dict[str, Any]:
    """The complete file, as a value for JSON."""
    seen = [f for f in findings.seen() if f.confirmed]
    rules = oracles.words() + sorted({f.oracle for f in seen} - set(oracles.words()))
    driver = {"name": "defrag-fuzz", "version": tools[0].version, "rules": [rule(oracle) for oracle in rules]}
    notes = [{"level": "warning", "message": {"text": text}} for text in state["notes"]]
    run = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {"OUT": {"description": {"text": "the folder given to nightly --out"}}},
        "invocations": [
            {
                "executionSuccessful": state["status"] in (0, 1),
                "exitCode": state["status"],
                "toolExecutionNotifications": notes,
            }
        ],
        "results": [result(out, f, rules, f.is_new(state.night)) for f in seen],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
