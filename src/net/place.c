/* SPDX-License-Identifier: Apache-2.0 */
/* Who keeps a place when there are more connections than places.
 *
 * Anybody can open a connection, and only a head with a certificate tells who he is. So whoever was
 * not welcomed yet gives way to whoever comes after him: the oldest of his network where that has
 * its share, the oldest of all where every place is taken. Who was welcomed keeps his place while
 * he uses it, within the share of his certificate. Whom to welcome is the handler's to say. */

#include "net/server.h"

#include <assert.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* IPv4 by its first 24 bits, IPv6 by its first 48: what one party commonly has to itself. */
enum { FOUR_BYTES = 3, SIX_BYTES = 6 };

static void network_of(int fd, struct seat *seat)
{
    struct sockaddr_storage from = {0};
    socklen_t n = sizeof from;
    if (getpeername(fd, (struct sockaddr *)&from, &n) != 0) return; /* gone: the zero network */
    const struct sockaddr_in *four = (const struct sockaddr_in *)&from;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&from;
    seat->network[0] = from.ss_family == AF_INET ? FOUR_BYTES : SIX_BYTES;
    if (from.ss_family == AF_INET)
        memcpy(seat->network + 1, &four->sin_addr, FOUR_BYTES);
    else
        memcpy(seat->network + 1, &six->sin6_addr, SIX_BYTES);
}

static void leave(struct net_request *r)
{
    if (!r) return;
    r->seat.leaving = true;
    /* The library then finds the connection closed by its other side, and ends it. */
    shutdown(socket_of(r->connection), SHUT_RDWR);
}

/* Those who may have to make room for `r`, and how many places they have. */
struct rivals {
    unsigned n;
    struct net_request *oldest; /* of those that can go */
};

static void rival_add(struct rivals *all, struct net_request *other, bool can_go)
{
    all->n++;
    if (can_go && (!all->oldest || other->seat.born < all->oldest->seat.born)) all->oldest = other;
}

static bool is_resting(const struct net_request *r)
{
    return r->state == REQUEST_NONE && !tls_is_pending(&r->line);
}

void place_taken(struct net_request *r)
{
    struct net_server *s = r->server;
    struct rivals network = {0}, strangers = {0}, resting = {0};
    r->seat.born = ++s->born;
    network_of(socket_of(r->connection), &r->seat);
    for (unsigned i = 0; i < s->o.connections_max; i++) {
        struct net_request *other = &s->place[i];
        if (!other->connection || other == r || other->seat.leaving) continue;
        if (other->seat.welcome) {
            if (is_resting(other)) rival_add(&resting, other, true);
            continue;
        }
        bool can_go = !other->suspended; /* else the library would not see it go */
        rival_add(&strangers, other, can_go);
        if (memcmp(other->seat.network, r->seat.network, sizeof r->seat.network) == 0)
            rival_add(&network, other, can_go);
    }
    if (s->o.network_max && network.n >= s->o.network_max)
        leave(network.oldest);
    else if (!s->free)
        leave(strangers.oldest ? strangers.oldest : resting.oldest);
}

void net_request_welcome(struct net_request *r)
{
    struct net_server *s = r->server;
    struct rivals same = {0};
    assert(r->state == REQUEST_HEAD);
    r->seat.welcome = true;
    r->seat.client = r->head.client;
    for (unsigned i = 0; i < s->o.connections_max; i++) {
        struct net_request *other = &s->place[i];
        if (!other->connection || other == r || other->seat.leaving) continue;
        if (other->seat.welcome && hash_eq(&other->seat.client, &r->seat.client))
            rival_add(&same, other, is_resting(other));
    }
    if (s->o.client_max && same.n >= s->o.client_max) leave(same.oldest);
}

static uint64_t announced(const struct net_request *r)
{
    return r->head.length >= 0 ? (uint64_t)r->head.length : r->server->o.body_max;
}

bool place_has_room(const struct net_request *r)
{
    const struct net_server *s = r->server;
    unsigned bodies = 1;
    uint64_t bytes = announced(r);
    for (unsigned i = 0; i < s->o.connections_max; i++) {
        const struct net_request *other = &s->place[i];
        bool holds = other->connection && other->head.has_body && other != r &&
                     (other->state == REQUEST_BODY || other->state == REQUEST_ASKED);
        if (!holds || !hash_eq(&other->head.client, &r->head.client)) continue;
        bodies++;
        bytes += announced(other);
    }
    return (!s->o.client_bodies_max || bodies <= s->o.client_bodies_max) &&
           (!s->o.client_bytes_max || bodies == 1 || bytes <= s->o.client_bytes_max);
}
