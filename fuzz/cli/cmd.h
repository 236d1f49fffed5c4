/* SPDX-License-Identifier: BSD-3-Clause */
/* cmd.h -- the subcommands. Each has its own name in argv[0] and returns an exit status
 * (harness/finding/finding.h). */
#ifndef FUZZ_CLI_CMD_H
#define FUZZ_CLI_CMD_H

int cmd_run(int argc, char **argv);      /* fuzz */
int cmd_explore(int argc, char **argv);  /* try all combinations of values and events */
int cmd_replay(int argc, char **argv);   /* run streams from files */
int cmd_compare(int argc, char **argv);  /* run streams in other ways, and list what differs */
int cmd_live(int argc, char **argv);     /* keep a real server under load */
int cmd_reach(int argc, char **argv);    /* count what defrag moves */
int cmd_pointers(int argc, char **argv); /* count the fields that point to what defrag moves */
int cmd_latency(int argc, char **argv);  /* how long defrag works without reading the clock */
int cmd_shrink(int argc, char **argv);   /* make a failing stream smaller */
int cmd_gen(int argc, char **argv);      /* print a random stream */
int cmd_fmt(int argc, char **argv);      /* convert streams to canonical form */
int cmd_salvage(int argc, char **argv);  /* recover the inputs of a killed run */
int cmd_bench(int argc, char **argv);    /* measure speed and memory */
int cmd_oracles(int argc, char **argv);  /* list the sources of findings */
int cmd_tree(int argc, char **argv);     /* what is known of the Valkey tree */

#endif
