# SPDX-License-Identifier: BSD-3-Clause
"""campaign.py -- the stages of a night.

    replay     runs the seeds, corpus/found, corpus/museum and the kept corpus; what fails is a
               finding, and the engines do not get it
    fuzz       rounds: `run` with all cores on each tool in turn, and sometimes `explore` of one
               type; findings are verified, stored and shrunk after each round
    minimise   reduces the corpora
    report     writes the reach table, the reports and the baseline

Every stage can be killed and repeated: a finding is in an inbox or stored (findings.py), a corpus
entry is in the corpus (corpus.py), and the state records where to resume (state.py).

Limits: one night at a time in a folder. A tenth of the night's time is reserved for the last
stages; a night of a few minutes ends late.
"""

import argparse
import os
import pathlib
import shutil
import time
from collections.abc import Callable
from typing import Any, TextIO

from night import corpus, curve, disk, findings, known, oracles, pages, reach, salvage, state, tool
from night.tool import Output, Tool
from night.user_error import FINDING, HARNESS, CLEAN, USAGE, UserError

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEEDS = ("corpus/seeds", "corpus/museum", "corpus/found")
ROUNDS = ("run", "run", "explore", "run", "run")
BOUND = 12  # explore --bound
MAX_FAULTS = 3  # faults of the harness after which fuzzing stops
SHORTEST = 10  # seconds of a round; each tool gets at least one round
LATE = 30  # seconds that a round may overrun before it is stopped


def clamp(value: float, low: float, high: float) -> int:
    return int(min(max(value, low), high))


class Build:
    """A tool with its own folders: scratch, inbox, the seeds that pass, the corpus."""

    def __init__(
        self, path: str | os.PathLike[str], number: int, work: pathlib.Path, corpora: pathlib.Path, lock: TextIO
    ) -> None:
        place = work / str(number)
        scratch = place / "scratch"
        scratch.mkdir(parents=True, exist_ok=True)
        self.tool = tool.Tool(path, scratch, lock)
        self.inbox = findings.Inbox(place / "inbox")
        self.seeds, self.work = place / "seeds", place
        self.corpus = corpus.Corpus(corpora, self.tool.series)
        self.types: list[str] = []


class Campaign:
    """One night. `options` are the parsed command line."""

    def __init__(self, options: argparse.Namespace, log: Callable[[str], None]) -> None:
        self.options, self.log = options, log
        self.out = pathlib.Path(options.out).resolve()
        self.out.mkdir(parents=True, exist_ok=True)
        self.lock = disk.lock(self.out)
        corpora = pathlib.Path(options.corpus).resolve()
        corpora.mkdir(parents=True, exist_ok=True)
        disk.check_room(self.out, corpora)
        self.corpora = corpora
        self.work = self.out / "work"
        self.builds = [Build(path, n, self.work, corpora, self.lock) for n, path in enumerate(options.tool)]
        self.tools = [build.tool for build in self.builds]
        for one in self.tools:
            oracles.learn(one.oracles())
        baseline = known.Known(self.out, options.known, self.tools, ROOT / "corpus" / "found")
        self.state = state.State(self.out, options.hours)
        self.total = options.hours * 3600
        self.curve = curve.Curve(self.out, self.state.night)
        self.findings = findings.Findings(self.out, self.state.night, baseline, options.jobs, log)

    def run(self) -> int:
        """Runs all stages. Returns the exit status."""
        self.begin()
        for stage in ("replay", "fuzz", "minimise"):
            if not self.state.is_past(stage):
                self.state.enter(stage)
                getattr(self, stage)()
        self.state.enter("report")
        return self.report()

    def begin(self) -> None:
        word = "resumes:" if self.state.resumed else "begins:"
        self.log(
            f"night {self.state.night} {word} {self.state.left() / 60:.1f} min,"
            f" {', '.join(t.name for t in self.tools)}, {self.options.jobs} jobs"
        )
        for build in self.builds:
            torn = build.corpus.check()
            left = salvage.salvage(build.tool, build.inbox)
            if torn:
                self.state.note(f"{torn} truncated corpus entries were removed")
            if left:
                self.state.note(f"{left} inputs of a killed night were recovered and replayed")
        if not all(build.seeds.is_dir() for build in self.builds):
            self.state.enter("replay")  # a new night, or one that resumes with another tool
        self.store_findings(shrink=False)

    def store_findings(self, shrink: bool = True) -> None:
        """Stores what was found."""
        disk.check_room(self.out, self.corpora)
        for build in self.builds:
            self.findings.store_drafts(build.inbox, build.tool)
            self.curve.add(build.tool.name, self.state.spent(), findings=self.findings.count(build.tool))
        if shrink:
            self.findings.shrink(self.tools, clamp(self.total / 50, 10, 300))
        self.state.save()

    # --- replay

    def replay(self) -> None:
        for build in self.builds:
            self.replay_on(build)
        self.store_findings()

    def replay_on(self, build: Build) -> None:
        """Replays seeds and corpus. Seeds that pass are copied for the engines; entries that fail
        are set aside."""
        build.corpus.restore()
        shutil.rmtree(build.seeds, ignore_errors=True)
        build.seeds.mkdir()
        seeds = [path for folder in self.options.seeds for path in sorted(pathlib.Path(folder).rglob("*.stream"))]
        entries = build.corpus.entries()
        end = time.monotonic() + max(60, self.total / 5)
        done, failed, drafted = 0, 0, set()
        for name, signature in build.tool.replay_all(seeds + entries, self.options.jobs, end):
            path = pathlib.Path(name)
            done += 1
            if signature:
                failed += 1
                if signature not in drafted:
                    build.inbox.put(path.read_bytes(), "replay")
                    drafted.add(signature)
                if path.parent == build.corpus.folder:
                    build.corpus.set_aside(path)
            elif path.parent != build.corpus.folder:
                shutil.copyfile(path, build.seeds / f"{path.parent.name}-{path.name}")
        if seeds and not done:
            raise UserError(
                f"{build.tool.path} replays nothing: run {build.tool.path} replay {self.options.seeds[0]}", HARNESS
            )
        self.state["replayed"][build.tool.name] = {
            "streams": done,
            "failed": failed,
            "skipped": len(seeds) + len(entries) - done,
        }
        self.state["corpus"].setdefault(build.tool.name, {})["before"] = len(entries)
        self.log(f"{build.tool.name}: {done} streams replayed, {failed} fail")
        self.state.save()

    # --- fuzz

    def fuzz(self) -> None:
        reserve, longest = clamp(self.total / 10, 20, 1800), clamp(self.total / 5, 20, 1800)
        while self.state["faults"] < MAX_FAULTS:
            seconds = int(min(longest, self.state.left() - reserve))
            if seconds < SHORTEST and self.state["turn"] >= len(self.builds):
                break
            seconds = max(seconds, SHORTEST)
            turn = self.state["turn"]
            build = self.builds[turn % len(self.builds)]
            kind = ROUNDS[turn // len(self.builds) % len(ROUNDS)]
            getattr(self, f"fuzz_{kind}")(build, seconds)
            self.state["turn"] += 1
            self.store_findings()
        if self.state["faults"] >= MAX_FAULTS:
            self.state.note(f"fuzzing was stopped after {MAX_FAULTS} faults of the harness")

    def fuzz_run(self, build: Build, seconds: int) -> None:
        base, name = dict(self.curve.last(build.tool.name)), build.tool.name
        filed = self.findings.count(build.tool)
        self.curve.add(name, self.state.spent())

        def on_row(row: dict[str, Any]) -> None:
            if row.get("type") == "progress":
                self.record_progress(build, base, filed, row)

        command = [
            "run",
            "--json",
            "--seconds",
            seconds,
            "--jobs",
            self.options.jobs,
            "--corpus",
            build.corpus.folder,
            "--findings",
            build.inbox.part("run"),
            build.seeds,
        ]
        output = self.start(build, command, seconds, on_row)
        numbers: dict[str, Any] = next(iter(output.rows("summary")), {})
        sums = {key: base[key] + numbers.get(key, 0) for key in ("execs", "commands", "moves")}
        last = {key: numbers[key] for key in ("coverage", "corpus") if key in numbers}
        self.curve.add(name, self.state.spent(), **sums, **last)
        self.record_round(build, "run", seconds, output)

    def record_progress(self, build: Build, base: dict[str, Any], filed: int, numbers: dict[str, Any]) -> None:
        """Records the progress of an engine, and checks that the disk has room."""
        self.curve.add(
            build.tool.name,
            self.state.spent(),
            execs=base["execs"] + numbers["execs"],
            coverage=numbers["coverage"],
            corpus=numbers["corpus"],
            findings=max(filed, numbers["findings"]),
        )
        self.state.save()
        disk.check_room(self.out, self.corpora)

    def fuzz_explore(self, build: Build, seconds: int) -> None:
        build.types = build.types or types_of(build.tool)
        kind = build.types[self.state["explored"] % len(build.types)]
        self.state["explored"] += 1
        command = [
            "explore",
            "--type",
            kind,
            "--bound",
            BOUND,
            "--seconds",
            seconds,
            "--jobs",
            self.options.jobs,
            "--findings",
            build.inbox.part("explore"),
        ]
        output = self.start(build, command, seconds, None)
        self.record_round(build, f"explore {kind}", seconds, output)

    def start(
        self, build: Build, command: list[Any], seconds: int, on_row: Callable[[dict[str, Any]], None] | None
    ) -> Output:
        process = build.tool.start([build.tool.path, *command])
        return build.tool.read_output(process, seconds + LATE, on_row, gracefully=True)

    def record_round(self, build: Build, kind: str, seconds: int, output: Output) -> None:
        """Records the end of a round."""
        disk.check_room(self.out, self.corpora)
        self.state["rounds"].append(
            {"tool": build.tool.name, "kind": kind, "seconds": seconds, "status": output.status}
        )
        if output.status == USAGE:
            raise UserError(f"{build.tool.path} {kind}: {output.last_line()}")
        if output.status not in (CLEAN, FINDING):
            self.state["faults"] += 1
            end = "did not end" if output.status is None else f"ended with {output.status}"
            self.state.note(f"{build.tool.name} {kind} {end}: {output.last_line()}")
        self.state.save()

    # --- the end

    def minimise(self) -> None:
        for build in self.builds:
            entry = self.state["corpus"].setdefault(build.tool.name, {})
            entry["torn"] = build.corpus.check()
            entry["grown"], entry["kept"], why = build.corpus.minimise(build.tool, build.work, max(60, self.total / 10))
            entry["failing"] = len(list(build.corpus.failing.iterdir()))
            if why:
                self.state.note(f"the corpus of {build.tool.name} was not minimised: {why}")
            salvage.salvage(build.tool, build.inbox)
            self.log(f"{build.tool.name}: corpus of {entry['grown']} entries, {entry['kept']} kept")
        self.store_findings()

    def report(self) -> int:
        tables = {
            build.tool.name: reach.report(build.tool, build.seeds, clamp(self.total / 20, 60, 900))
            for build in self.builds
        }
        status = HARNESS if self.state["faults"] else FINDING if self.findings.new() else CLEAN
        self.state["status"] = status
        self.state.save()
        pages.write(self.out, self.state, self.findings, self.curve, self.tools, tables)
        self.findings.known.add(f.signature for f in self.findings.new())
        self.state.enter("done")
        shutil.rmtree(self.work, ignore_errors=True)
        new = len(self.findings.new())
        self.log(
            f"night {self.state.night} is over: {new} new, {len(self.findings.seen()) - new} other findings;"
            f" {pathlib.Path(self.options.out) / 'report.md'}"
        )
        return status


def types_of(one: Tool) -> list[str]:
    """The types that explore supports."""
    listed: dict[str, Any] = next(iter(one.ask(["explore", "--list", "--json"], 60).rows()), {})
    return [kind["name"] for kind in listed.get("types", [])] or ["list"]


def default_tools() -> list[pathlib.Path]:
    """The default build, and every other build below build/ that has an engine, such as those of
    other series."""
    default = ROOT / "build" / "default" / "bin" / "defrag-fuzz"
    others = [path for path in sorted(ROOT.glob("build/*/bin/defrag-fuzz")) if path != default and can_fuzz(path)]
    return [default, *others]


def can_fuzz(path: pathlib.Path) -> bool:
    """Does this program's build have an engine? A build without sanitizers has none."""
    about = tool.version_of(path)
    return bool(about and about["engine"]) and path.with_name("defrag_fuzzer").exists()
