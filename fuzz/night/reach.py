"""reach.py -- the reach table of a tool: what defrag moves of the data set, and what it leaves in place (defrag-fuzz reach).

Limits: counted over the seeds that pass; a kept corpus would take too long.
"""


def table(tool, folder, seconds):
    """The table as Markdown, or a line that says why there is none."""
    said = tool.ask(["reach", folder], seconds)
    if said.status == 0 and "|" in said.out:
        return said.out
    why = "it took too long" if said.status is None else said.last_line()
    return f"No table: {why}\n"
