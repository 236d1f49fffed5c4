/* SPDX-License-Identifier: BSD-3-Clause */
/* banner.h -- the banner that a finding prints: sections with a label each, between two fixed
 * lines.
 *
 * The functions append to a text, in the order in which they are listed here; sections that nothing
 * is known of are left out. What others read out of a banner is read here as well. */
#ifndef HARNESS_FINDING_BANNER_H
#define HARNESS_FINDING_BANNER_H

#include "harness/stream/stream.h"

#define BANNER_STEP_WIDTH 160 /* characters of a step's text */

/* The first line, the signature, the server that was asked (NULL: the one in this process) and what
 * is wrong. `what` may have several lines. */
void banner_begin(Text *to, const char *signature, const char *server, const char *what);

/* The step that the finding was at (index from 0; -1, or no stream: "none"), and the steps that led
 * to it. */
void banner_step(Text *to, const Stream *stream, int at);

/* Only the steps that led to step `at`. `numbers`, if not NULL, has a number to print for each step
 * of the stream; otherwise they are counted from 1. */
void banner_last_steps(Text *to, const Stream *stream, int at, const int *numbers);

/* The stream's settings, as its header line has them. */
void banner_settings(Text *to, const Settings *settings);

/* The file that the stream came from; NULL: none. */
void banner_file(Text *to, const char *file);

/* The line by which libFuzzer and ClusterFuzz tell crashes apart, and the last line. */
void banner_end(Text *to, const char *signature);

/* Copies the banner in a program's output to *banner, which the caller frees with text_free. False
 * when there is no whole one. */
bool banner_cut(const Text *output, Text *banner);

#endif
