/* state.h -- what the server is like in the middle of a stream, in words: for people who stop there. */
#ifndef DEFRAG_FUZZ_STATE_H
#define DEFRAG_FUZZ_STATE_H

#include <stdio.h>

/* Writes: defrag, memory, every database with its keys (type, encoding, elements), clients. Changes nothing in the server. */
void state_write(FILE *to);

#endif
