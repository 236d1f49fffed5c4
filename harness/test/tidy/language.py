# SPDX-License-Identifier: BSD-3-Clause
"""language.py -- rules about words: idiom that readers stumble over, promises without an owner, and
paths of one machine.

Words are looked for in Markdown, comments and messages (strings of C and Python, all of a shell or
CMake file), not in code. A phrase is found across the end of a line too.

Limits: only what is wrong nearly always has a row; the rest needs a reader.
"""

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

from tidy.rule import Rule
from tidy.tree import File, Finding, Tree

# Between two words of a phrase: blanks, or the end of a line and what begins the next in a comment.
GAP = r"(?: +|[ ]*\n[ *#/>|]{0,40})"


class Word(NamedTuple):
    """A phrase as a regular expression (a blank is GAP), what to write instead, and an example of
    each."""

    phrase: str
    instead: str
    wrong: str
    right: str


WORDS = [
    Word(r"(is|are|was|were|be|been|being) told", "gets, is given; print, report", "the server is told to stop",
         "is_told"),
    Word(r"tells? (the rest|more|what|how|which|whether|when|why|where)", "print, report, explain, show",
         "the help tells the rest", "to tell them apart"),
    Word(r"(that|which|who) (is|are|was|were) there(?! (is|are)\b)", "running, present, existing",
         "a server that is there", "those that are, there and here"),
    Word(r"(go|goes|went|going|gone) on(?! top\b)", "continue, resume", "the cycle goes\n * on",
         "the patches that go on top"),
    Word(r"(stands?|stood|standing) (in|at|on|behind|before|between|above|below|there|beside)\b", "is",
         "it stands in a file", "N stands for a number; the clock stands still"),
    Word(r"mend(s|ed|ing)?", "fix", "a bug that was mended", "amend, recommended"),
    Word(r"be had", "be available", "the source cannot be had", "be hidden"),
    Word(r"for ever", "forever, indefinitely", "it loops for ever", "for every one"),
    Word(r"anew", "again, from scratch", "the list is built anew", "a new one"),
    Word(r"(come|comes|came) behind", "follow, come after", "what comes behind it", "left behind"),
    Word(r"whoever", "callers, users, the part that ...", "whoever sends the files", "whether"),
    Word(r"(nobody|somebody|who|whoever) wants? to know", "not reported",
         "NULL: nobody wants to know", "I want to know"),
    Word(r"so many(?! \w+ (that|as)\b)", "the quantity's name", "stop after so many inputs",
         "so many keys that it grows"),
    Word(r"(has|have) not(?= (a|an|any|the|it|its)\b|[.,;:)])", "lacks, does not have", "a name that it has not.",
         "it has not been seen"),
    Word(r"do(es)? no harm", "is harmless", "this does no harm", "harmless"),
    Word(r"tak(e|es|ing) ages", "practically never happens", "it would take ages", "it takes minutes"),
]


@functools.cache
def pattern(phrase: str) -> re.Pattern[str]:
    """The regular expression of a phrase, at the borders of words."""
    return re.compile(rf"\b{phrase.replace(' ', GAP)}(?<!\s)(?!\w)", re.IGNORECASE)


def prose(file: File) -> str:
    """The file's text with everything but its prose blanked, so that offsets stay."""
    if file.kind in ("markdown", "shell", "cmake", "container", "yaml"):
        return file.text
    blanked = list(re.sub(r"[^\n]", " ", file.text))
    for span in file.comments + file.strings:
        blanked[span.start:span.end] = file.text[span.start:span.end]
    return "".join(blanked)


def words(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        text = prose(file)
        for word in WORDS:
            for found in pattern(word.phrase).finditer(text):
                shown = " ".join(re.sub(r"\s[ *#/>|]*", " ", found[0]).split())
                yield file.find(file.line_at(found.start()), f"'{shown}': write {word.instead}")


def owners(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        for number, line in enumerate(file.lines, 1):
            if file.kind != "patch" and (found := re.search(r"\b(TODO|FIXME)\b(?!\([^)\s]+\))", line)):
                yield file.find(number, f"{found[1]} without an owner: do it, or write {found[1]}(NAME)")


def places(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        for number, line in enumerate(file.lines, 1):
            if found := re.search(r"(?<![\w>}*.$-])/(?:work|root|Users|home/(?!me/))[^\s'\"`]*", line):
                yield file.find(number, f"{found[0]} is a path of one machine")


RULES = [
    Rule("words", "prose uses the field's common word", words,
         {f"wrong/{number}.c": f"/* {word.wrong} */\n" for number, word in enumerate(WORDS)}
         | {"a.md": "It goes\non.\n", "b.py": 'print("it goes on")\n', "c.stream": "# for ever\n"},
         {f"right/{number}.c": f"/* {word.right} */\n" for number, word in enumerate(WORDS)}
         | {"d.c": "int anew = mended;\n", "e.stream": "SET k anew\n"}),
    Rule("owners", "a promise in a comment has an owner", owners, {"a.c": "/* TODO: x */\n", "b.md": "FIXME\n"},
         {"c.c": "/* TODO(ann): x */\n"}),
    Rule("places", "no path of one machine", places,
         {"a.sh": "cd /work/x\n", "b.md": "`/home/ann/x`\n", "c.c": '"/root/x"\n'},
         {"d.sh": "cd $OUT/work/x\n", "e.md": "`/home/me/valkey`, `/path/to`\n"}),
]
