/* client.h -- for the canaries of defrag_shape/ (canary_shape.c), which make the key that they break by commands: here whoever asks for a canary has sent
 * these before. Takes the place of the fuzz harness's file of this name. */
#ifndef DEFRAG_SHAPE_CLIENT_H
#define DEFRAG_SHAPE_CLIENT_H

#define client_say(...)

#endif
