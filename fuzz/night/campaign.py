# SPDX-License-Identifier: BSD-3-Clause
"""campaign.py -- a night from its first minute to its last.

    replay     seeds, corpus/found, corpus/museum and the kept corpus; what fails is a finding, and is kept from the engines
    fuzz       rounds: `run` with all cores on each tool in turn, and now and then `explore` on one more type; after each round what
               was found is verified, filed and shrunk
    minimise   the corpora
    report     reach table, reports, baseline

Every stage can be killed and done again. What counts: a finding is in an inbox or on file
(findings.py), a corpus entry is in the corpus (corpus.py), and the state says where to go on
(state.py).

Limits: one night at a time in a folder. The last stages take a tenth of the time that the night
has; a night of a few minutes ends later than it should.
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
from night.user_error import FINDING, HARNESS, NOTHING, USAGE, UserError

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEEDS = ("corpus/seeds", "corpus/museum", "corpus/found")
KINDS = ("run", "run", "explore", "run", "run")
BOUND = 12        # places at which explore interrupts each cycle
MAX_FAULTS = 3    # faults of the harness after which there is no more fuzzing
SHORTEST = 10     # seconds of a round; each tool gets one even in a night that has no time for it
LATE = 30         # seconds that a round may end late before it is stopped


def clamp(value: float, low: float, high: float) -> int:
    return int(min(max(value, low), high))


class Build:
    """A tool with the folders that are its own: scratch, inbox, the seeds that pass, the corpus."""

    def __init__(self, path: str | os.PathLike[str], number: int, work: pathlib.Path, corpora: pathlib.Path,
                 lock: TextIO) -> None:
        place = work / str(number)
        scratch = place / "scratch"
        scratch.mkdir(parents=True, exist_ok=True)
        self.tool = tool.Tool(path, scratch, lock)
        self.inbox = findings.Inbox(place / "inbox")
        self.seeds, self.work = place / "seeds", place
        self.corpus = corpus.Corpus(corpora, self.tool.series)
        self.types: list[str] = []


class Campaign:
    """One night. `options` are those of the command line."""

    def __init__(self, options: argparse.Namespace, tell: Callable[[str], None]) -> None:
        self.options, self.tell = options, tell
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
        self.findings = findings.Findings(self.out, self.state.night, baseline, options.jobs, tell)

    def run(self) -> int:
        """All stages. Returns the exit status."""
        self.begin()
        for stage in ("replay", "fuzz", "minimise"):
            if not self.state.is_past(stage):
                self.state.enter(stage)
                getattr(self, stage)()
        self.state.enter("report")
        return self.report()

    def begin(self) -> None:
        word = "goes on with" if self.state.resumed else "begins:"
        self.tell(f"night {self.state.night} {word} {self.state.left() / 60:.1f} min, {', '.join(t.name for t in self.tools)}, {self.options.jobs} jobs")
        for build in self.builds:
            torn = build.corpus.check()
            left = salvage.salvage(build.tool, build.inbox)
            if torn:
                self.state.note(f"{torn} corpus entries had been cut short, and were removed")
            if left:
                self.state.note(f"{left} inputs that a killed night had left behind were replayed")
        if not all(build.seeds.is_dir() for build in self.builds):
            self.state.enter("replay")  # a new night, or one that goes on with another tool
        self.settle(shrink=False)

    def settle(self, shrink: bool = True) -> None:
        """Files what was found."""
        disk.check_room(self.out, self.corpora)
        for build in self.builds:
            self.findings.settle(build.inbox, build.tool)
            self.curve.add(build.tool.name, self.state.spent(), findings=self.findings.count(build.tool))
        if shrink:
            self.findings.shrink(self.tools, clamp(self.total / 50, 10, 300))
        self.state.save()

    # --- replay

    def replay(self) -> None:
        for build in self.builds:
            self.replay_on(build)
        self.settle()

    def replay_on(self, build: Build) -> None:
        """Replays what there is. Seeds that pass are put where the engines find them; entries that
        fail are set aside."""
        build.corpus.bring_back()
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
            raise UserError(f"{build.tool.path} replays nothing: see what {build.tool.path} replay {self.options.seeds[0]} says", HARNESS)
        self.state["replayed"][build.tool.name] = {"streams": done, "failed": failed, "skipped": len(seeds) + len(entries) - done}
        self.state["corpus"].setdefault(build.tool.name, {})["before"] = len(entries)
        self.tell(f"{build.tool.name}: {done} streams replayed, {failed} fail")
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
            kind = KINDS[turn // len(self.builds) % len(KINDS)]
            getattr(self, f"fuzz_{kind}")(build, seconds)
            self.state["turn"] += 1
            self.settle()
        if self.state["faults"] >= MAX_FAULTS:
            self.state.note(f"fuzzing was given up after {MAX_FAULTS} faults of the harness")

    def fuzz_run(self, build: Build, seconds: int) -> None:
        base, name = dict(self.curve.last(build.tool.name)), build.tool.name
        filed = self.findings.count(build.tool)
        self.curve.add(name, self.state.spent())

        def listen(row: dict[str, Any]) -> None:
            if row.get("type") == "progress":
                self.tick(build, base, filed, row)

        command = ["run", "--json", "--seconds", seconds, "--jobs", self.options.jobs, "--corpus", build.corpus.folder, "--findings", build.inbox.part("run"),
                   build.seeds]
        said = self.start(build, command, seconds, listen)
        numbers: dict[str, Any] = next(iter(said.rows("summary")), {})
        sums = {key: base[key] + numbers.get(key, 0) for key in ("execs", "commands", "moves")}
        last = {key: numbers[key] for key in ("coverage", "corpus") if key in numbers}
        self.curve.add(name, self.state.spent(), **sums, **last)
        self.conclude(build, "run", seconds, said)

    def tick(self, build: Build, base: dict[str, Any], filed: int, numbers: dict[str, Any]) -> None:
        """An engine has said how far it is: notes that, and looks whether there is room for more.
        """
        self.curve.add(build.tool.name, self.state.spent(), execs=base["execs"] + numbers["execs"], coverage=numbers["coverage"],
                       corpus=numbers["corpus"], findings=max(filed, numbers["findings"]))
        self.state.save()
        disk.check_room(self.out, self.corpora)

    def fuzz_explore(self, build: Build, seconds: int) -> None:
        build.types = build.types or types_of(build.tool)
        kind = build.types[self.state["explored"] % len(build.types)]
        self.state["explored"] += 1
        command = ["explore", "--type", kind, "--bound", BOUND, "--seconds", seconds, "--jobs", self.options.jobs, "--findings", build.inbox.part("explore")]
        said = self.start(build, command, seconds, None)
        self.conclude(build, f"explore {kind}", seconds, said)

    def start(self, build: Build, command: list[Any], seconds: int,
              listen: Callable[[dict[str, Any]], None] | None) -> Output:
        process = build.tool.start([build.tool.path, *command])
        return build.tool.listen(process, seconds + LATE, listen, kindly=True)

    def conclude(self, build: Build, kind: str, seconds: int, said: Output) -> None:
        """Takes in how a round ended."""
        disk.check_room(self.out, self.corpora)
        self.state["rounds"].append({"tool": build.tool.name, "kind": kind, "seconds": seconds, "status": said.status})
        if said.status == USAGE:
            raise UserError(f"{build.tool.path} {kind}: {said.last_line()}")
        if said.status not in (NOTHING, FINDING):
            self.state["faults"] += 1
            end = "did not end" if said.status is None else f"ended with {said.status}"
            self.state.note(f"{build.tool.name} {kind} {end}: {said.last_line()}")
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
            self.tell(f"{build.tool.name}: corpus of {entry['grown']} entries, {entry['kept']} kept")
        self.settle()

    def report(self) -> int:
        tables = {build.tool.name: reach.report(build.tool, build.seeds, clamp(self.total / 20, 60, 900)) for build in self.builds}
        status = HARNESS if self.state["faults"] else FINDING if self.findings.new() else NOTHING
        self.state["status"] = status
        self.state.save()
        pages.write(self.out, self.state, self.findings, self.curve, self.tools, tables)
        self.findings.known.add(f.signature for f in self.findings.new())
        self.state.enter("done")
        shutil.rmtree(self.work, ignore_errors=True)
        new = len(self.findings.new())
        self.tell(f"night {self.state.night} is over: {new} new, {len(self.findings.seen()) - new} other findings; {pathlib.Path(self.options.out) / 'report.md'}")
        return status


def types_of(one: Tool) -> list[str]:
    """The types that explore knows."""
    listed: dict[str, Any] = next(iter(one.ask(["explore", "--list", "--json"], 60).rows()), {})
    return [kind["name"] for kind in listed.get("types", [])] or ["list"]


def default_tools() -> list[pathlib.Path]:
    """The default build, and every other one below build/ that has an engine: one for each series,
    say."""
    default = ROOT / "build" / "default" / "bin" / "defrag-fuzz"
    others = [path for path in sorted(ROOT.glob("build/*/bin/defrag-fuzz")) if path != default and can_fuzz(path)]
    return [default, *others]


def can_fuzz(path: pathlib.Path) -> bool:
    """Is there an engine beside this program? A build without sanitizers has none."""
    about = tool.version_of(path)
    return bool(about and about["engine"]) and path.with_name("defrag_fuzzer").exists()
