/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMITY_KIT_POSTGRES_H
#define COMITY_KIT_POSTGRES_H
/* A real PostgreSQL 15 of one's own, on a private socket in a folder that goes with it.
 *
 * Without the server's package it says so on standard error and answers false: a test fails. */

#include <stdbool.h>
#include <sys/types.h>

struct postgres {
    char folder[64];
    char conninfo[160]; /* for libpq: the socket, a superuser, an empty database */
    pid_t pid;          /* ends with this process at the latest */
    int log;
};

bool postgres_start(struct postgres *p);
/* Stops the server at once and removes the folder. Nothing happens when it was not started. */
void postgres_stop(struct postgres *p);

#endif
