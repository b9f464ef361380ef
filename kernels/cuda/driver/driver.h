#ifndef INVOICELAB_DRIVER_H
#define INVOICELAB_DRIVER_H

/* driver_state says how the loading of the driver went: it loads it if nobody
 * has yet. 0: it is loaded and its cuInit answered 0. 1: no file could be
 * loaded, message says why. 2: the file is no CUDA driver, message is what it
 * lacks. Above 2: 2 plus what cuInit answered, and message is the driver's text for
 * it. path is the file that was asked for. The texts live as long as the process. */
int driver_state(const char **path, const char **message);

#endif
