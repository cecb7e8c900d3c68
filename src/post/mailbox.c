/* SPDX-License-Identifier: Apache-2.0 */
/* What is carried, by mail: from the folder that people would take a stick to into mails, and from
 * mails into that folder (carried.c does the rest). Mail may be late, come twice, be altered or
 * never come: nothing of it is believed, and a parcel is mailed again until its receipt is here.
 *
 * How often each was mailed is remembered only here: after a restart all that waits is mailed
 * once more, which costs a mail and harms nobody. */

#include "net/net.h"
#include "post/post_internal.h"

#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    ROWS_MAX = 1024,    /* files that are being mailed */
    STRANGE_MAX = 1024, /* mails of something else, as last seen */
    NAMES_MAX = 4096,   /* files and mails that are looked at in one go */
    DOUBLINGS_MAX = 6
};

/* A file in out/. */
struct row {
    struct post *post;
    struct hash name; /* SHA-256 of it; zero: free */
    bool here, away;
    int64_t next_ms, tries;
    /* Of a mail on its way: */
    struct arena *arena;
    const char *path;
    bool stays; /* a parcel: until its receipt is here */
};
struct mailbox {
    struct row rows[ROWS_MAX];
    size_t away;
    int64_t look_ms;
    struct arena *taking; /* of the mail that is being read; NULL: none is */
    struct str taken;     /* its name */
    struct hash strange[STRANGE_MAX];
    size_t strange_next;
};

static void out_look(struct post *p, int64_t now_ms);
static void in_look(struct post *p);

void post_mailbox_open(struct post *p)
{
    if (!p->o.mailbox.peers_n) return;
    p->mailbox = arena_take(p->arena, sizeof *p->mailbox);
    for (size_t k = 0; k < ROWS_MAX; k++) p->mailbox->rows[k].post = p;
}

bool post_mailbox_rest(const struct post *p)
{
    return !p->mailbox || (!p->mailbox->away && !p->mailbox->taking);
}

void post_mailbox_work(struct post *p, int64_t now_ms)
{
    struct mailbox *b = p->mailbox;
    if (!b || p->stopped) return;
    if (now_ms < b->look_ms && b->look_ms <= now_ms + POST_MAILBOX_LOOK_MS) return;
    b->look_ms = now_ms + POST_MAILBOX_LOOK_MS;
    out_look(p, now_ms);
    if (!b->taking) in_look(p);
}

int64_t post_mailbox_next_ms(const struct post *p)
{
    return p->mailbox ? p->mailbox->look_ms : INT64_MAX;
}

static bool is_zero(const struct hash *h)
{
    static const struct hash zero = {{0}};
    return hash_eq(h, &zero);
}

/* ---- out ------------------------------------------------------------------------------------- */

static struct row *row_of(struct mailbox *b, struct str name)
{
    struct hash h = seal_sha256_of(str_bytes(name));
    struct row *free_one = NULL;
    for (size_t k = 0; k < ROWS_MAX; k++) {
        if (hash_eq(&b->rows[k].name, &h)) return &b->rows[k];
        if (!free_one && is_zero(&b->rows[k].name)) free_one = &b->rows[k];
    }
    if (free_one) *free_one = (struct row){.post = free_one->post, .name = h};
    return free_one;
}

/* The domain of an address is what a message's name ends with (RFC 5322 3.6.4). */
static struct str domain_of(struct str address)
{
    struct str local, domain;
    str_split(address, '@', &local, &domain);
    return domain;
}

static err mail_make(struct turn *t, const struct post *p, const struct carried *c, struct str sort,
                     struct str file, struct bytes data, size_t peer, struct bytes *out)
{
    struct arena *a = t->arena;
    bool parcel = str_is(sort, "parcel");
    struct str type = parcel ? STR("application/pkcs7-mime; smime-type=authEnveloped-data")
                             : STR("application/octet-stream");
    struct mail_file f = {.name = file, .type = type, .data = data};
    struct mail_person to = {.address = p->o.mailbox.mailboxes[peer]};
    struct str domain = domain_of(p->o.mailbox.from);
    struct mail m = {
        .message_id =
            str_printf(a, STR_FMT "." STR_FMT ".%lld@" STR_FMT, STR_ARG(hex(a, id_bytes(&c->act))),
                       STR_ARG(sort), (long long)turn_now_ms(t), STR_ARG(domain)),
        .from = {.address = p->o.mailbox.from},
        .to = &to,
        .to_n = 1,
        .date_ms = turn_now_ms(t),
        .subject = str_printf(a, "Comity: " STR_FMT " from " STR_FMT " to " STR_FMT, STR_ARG(sort),
                              STR_ARG(c->from), STR_ARG(c->to)),
        .text = STR("The attached file is from one node of Comity to another. Please leave it to "
                    "the program: it is sealed, and comes again until its receipt is there.\n"),
        .files = &f,
        .files_n = 1};
    return mail_write(t, &m, out);
}

/* A parcel goes again after a growing pause, a receipt only if the other side asks again. */
static void on_mailed(void *job, err e, int code, const char *said)
{
    struct row *r = job;
    struct post *p = r->post;
    (void)code;
    int64_t now_ms = post_now_ms(p);
    int64_t again_ms = p->o.mailbox.again_ms ? p->o.mailbox.again_ms : POST_MAILBOX_AGAIN_MS;
    again_ms <<= r->tries < DOUBLINGS_MAX ? r->tries : DOUBLINGS_MAX;
    if (e == ERR_OK && !r->stays) (void)unlink(r->path);
    if (e == ERR_OK)
        r->next_ms = now_ms + again_ms - post_chance_below(p, again_ms / 4 + 1);
    else
        r->next_ms = now_ms + post_pause_ms(p, r->tries, POST_RETRY_MAX_MS, -1);
    if (e != ERR_OK)
        log_event(now_ms, "notice", "mail-waits", "file", r->path, "said",
                  str_c(r->arena, str_printable(r->arena, str_dup(r->arena, str_of(said)))), NULL);
    r->tries++;
    r->away = false;
    p->mailbox->away--;
    arena_free(r->arena);
    r->arena = NULL;
}

static void row_mail(struct row *r, const struct carried *c, struct str sort, struct str file,
                     size_t peer)
{
    struct post *p = r->post;
    struct arena *a = arena_new();
    struct turn t = post_turn(p, a);
    struct bytes data, message;
    r->arena = a;
    r->path = str_c(a, str_printf(a, "%s/out/" STR_FMT, p->o.carried.folder, STR_ARG(file)));
    r->stays = str_is(sort, "parcel");
    r->away = true;
    p->mailbox->away++;
    err e = file_read(&t, r->path, POST_PARCEL_MAX, &data);
    if (e == ERR_OK) e = mail_make(&t, p, c, sort, file, data, peer, &message);
    if (e == ERR_OK)
        e = p->o.mailbox.wire.send(p->o.mailbox.wire.ctx, &t,
                                   str_dup(a, p->o.mailbox.mailboxes[peer]), message, on_mailed, r);
    if (e != ERR_OK) on_mailed(r, e, 0, t.fault.sentence);
}

/* False: it is for nobody who has a mailbox. */
static bool peer_of(const struct post *p, struct str address, size_t *out)
{
    for (size_t k = 0; k < p->o.mailbox.peers_n; k++)
        if (str_eq(p->o.mailbox.peers[k], address)) {
            *out = k;
            return true;
        }
    return false;
}

static void file_look(struct post *p, struct str file, int64_t now_ms)
{
    auto_arena scratch = arena_new();
    struct carried c;
    struct str sort;
    size_t peer;
    if (!post_carried_name(scratch, file, &c, &sort) || !peer_of(p, c.to, &peer)) return;
    struct row *r = row_of(p->mailbox, file);
    if (!r) return; /* later, when others are done */
    r->here = true;
    bool early = now_ms < r->next_ms && r->tries > 0;
    if (!r->away && !early && p->mailbox->away < POST_MAILBOX_AWAY_MAX)
        row_mail(r, &c, sort, file, peer);
}

static void out_look(struct post *p, int64_t now_ms)
{
    struct mailbox *b = p->mailbox;
    auto_arena scratch = arena_new();
    DIR *d = opendir(str_c(scratch, str_printf(scratch, "%s/out", p->o.carried.folder)));
    if (!d) return; /* it is made when the node is served */
    for (size_t k = 0; k < ROWS_MAX; k++) b->rows[k].here = false;
    struct dirent *x;
    for (int n = 0; n < NAMES_MAX && (x = readdir(d)); n++) file_look(p, str_of(x->d_name), now_ms);
    closedir(d);
    for (size_t k = 0; k < ROWS_MAX; k++) /* its receipt came, or it was mailed */
        if (!b->rows[k].here && !b->rows[k].away) b->rows[k].name = (struct hash){{0}};
}

/* ---- in -------------------------------------------------------------------------------------- */

/* True: it is one of ours to take; put there, or there already. */
static err file_take(struct post *p, struct turn *t, const struct mail_file *f, bool *taken_out)
{
    struct arena *a = t->arena;
    struct carried c;
    struct str sort;
    size_t peer;
    if (!post_carried_name(a, f->name, &c, &sort) || !peer_of(p, c.from, &peer) || !f->data.n ||
        f->data.n > POST_PARCEL_MAX || !profile_find(desk_profile(p->o.desk), c.to))
        return ERR_OK;
    const char *path =
        str_c(a, str_printf(a, "%s/new/" STR_FMT, p->o.carried.folder, STR_ARG(f->name)));
    if (access(path, F_OK) == 0)
        return turn_fail(t, ERR_BUSY, "mailbox", NULL, "One of that name is being taken.");
    try(file_write(t, path, f->data, 0600));
    *taken_out = true;
    return ERR_OK;
}

static void strange(struct mailbox *b, struct str name)
{
    b->strange[b->strange_next] = seal_sha256_of(str_bytes(name));
    b->strange_next = (b->strange_next + 1) % STRANGE_MAX;
}

static bool is_strange(const struct mailbox *b, struct str name)
{
    struct hash h = seal_sha256_of(str_bytes(name));
    for (size_t k = 0; k < STRANGE_MAX; k++)
        if (hash_eq(&b->strange[k], &h)) return true;
    return false;
}

/* One that cannot be put there now stays, and is read again. */
static void on_read(void *job, const struct fault *f, const struct mail *m)
{
    struct post *p = job;
    struct mailbox *b = p->mailbox;
    struct turn t = post_turn(p, b->taking);
    bool taken = false;
    err e = ERR_OK;
    for (size_t k = 0; !f && e == ERR_OK && k < m->files_n; k++)
        e = file_take(p, &t, &m->files[k], &taken);
    if (e == ERR_OK && !taken) strange(b, b->taken);
    if (e == ERR_OK && taken) e = net_maildir_taken(&t, p->o.mailbox.maildir, b->taken);
    if (e == ERR_OK)
        b->look_ms = 0; /* the next one */
    else if (e != ERR_BUSY)
        log_event(post_now_ms(p), "error", "mailbox", "sentence", t.fault.sentence, NULL);
    arena_free(b->taking);
    b->taking = NULL;
}

static void mail_take(struct post *p, struct str name)
{
    struct mailbox *b = p->mailbox;
    struct arena *a = arena_new();
    struct turn t = post_turn(p, a);
    struct bytes raw;
    struct mail m;
    b->taking = a;
    b->taken = str_dup(a, name);
    err e = net_maildir_read(&t, p->o.mailbox.maildir, b->taken, MAIL_MAX, &raw);
    if (e == ERR_OK && p->o.mailbox.reader.read) {
        p->o.mailbox.reader.read(p->o.mailbox.reader.ctx, a, raw, on_read, p);
        return;
    }
    if (e == ERR_OK) e = mail_read(&t, raw, &m);
    on_read(p, e == ERR_OK ? NULL : &t.fault, &m);
}

static void in_look(struct post *p)
{
    auto_arena scratch = arena_new();
    struct turn t = post_turn(p, scratch);
    struct net_maildir_entry *entries;
    size_t n, k = 0;
    if (net_maildir_list(&t, p->o.mailbox.maildir, NAMES_MAX, &entries, &n) != ERR_OK) {
        log_event(post_now_ms(p), "error", "mailbox", "sentence", t.fault.sentence, NULL);
        return;
    }
    while (k < n && is_strange(p->mailbox, entries[k].name)) k++;
    if (k < n) mail_take(p, entries[k].name);
}
