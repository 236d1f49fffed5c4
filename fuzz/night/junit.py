# SPDX-License-Identifier: BSD-3-Clause
"""junit.py -- junit.xml, for CI systems: a test case for each finding, and one for each oracle
without new findings.

A new finding is a failure, a known or unconfirmed one is skipped, and a fault of the harness is an
error; so the number of failures is that of new findings.

Limits: JUnit's format has no standard; these are the elements that Jenkins and GitLab read.
"""

import re
import xml.etree.ElementTree as xml

from night import oracles
from night.curve import Curve
from night.findings import Findings
from night.state import State
from night.tool import Tool

# not permitted in XML (www.w3.org/TR/xml, 2.2)
FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd]")


def case(suite: xml.Element, group: str, name: str) -> xml.Element:
    return xml.SubElement(suite, "testcase", {"classname": f"defrag-fuzz.{group}", "name": name, "time": "0"})


def add_findings(suite: xml.Element, findings: Findings, night: int) -> None:
    for finding in findings.seen():
        entry = case(suite, "finding", finding.signature)
        if finding.is_new(night):
            banner = finding.folder / "banner.txt"
            text = banner.read_text("latin-1") if banner.exists() else ""
            message = f"{finding.what or oracles.meaning(finding.oracle)} ({finding.share()} replays)"
            failure = xml.SubElement(entry, "failure", {"type": finding.oracle, "message": FORBIDDEN.sub("?", message)})
            failure.text = FORBIDDEN.sub("?", finding.stream.read_text("latin-1") + "\n" + text)
        else:
            xml.SubElement(
                entry,
                "skipped",
                {"message": "known" if finding.confirmed else "unconfirmed: not reproduced by any replay"},
            )


def suite(state: State, findings: Findings, curve: Curve, tools: list[Tool]) -> str:
    """The whole file, as text."""
    night = state.night
    root = xml.Element("testsuite", {"name": "defrag-fuzz nightly", "time": str(state["spent"])})
    properties = xml.SubElement(root, "properties")
    for tool in tools:
        for key in ("execs", "coverage", "corpus"):
            xml.SubElement(
                properties, "property", {"name": f"{tool.name} {key}", "value": str(curve.last(tool.name)[key])}
            )
    broken = {f.oracle for f in findings.new()}
    for oracle in oracles.words():
        if oracle not in broken:
            case(root, "oracle", oracle)
    if state["faults"]:
        xml.SubElement(
            case(root, "night", "harness"), "error", {"message": FORBIDDEN.sub("?", "; ".join(state["notes"]))}
        )
    add_findings(root, findings, night)
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        root.set(name, str(len(list(root.iter(tag)))))
    xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + xml.tostring(root, encoding="unicode") + "\n"
