/* SPDX-License-Identifier: Apache-2.0 */
/* The demo: one preservation request between two fictional States, from draft to verified evidence,
 * over the real wire between two real nodes.
 *
 * St Brannoc University Hospital in Norland is encrypted; its stolen records sit on rented servers
 * in Meridia, and the rental ends soon. Everything it does, the commands it shows would do. */

#include "cli/demo.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

/* Sixty, and one: in one of the two States it may be tomorrow already. */
enum { PRESERVED_DAYS = 61 };

typedef err demo_step(struct demo *d);
static demo_step step_nodes, step_link, step_draft, step_send, step_acknowledge, step_order,
    step_preserve, step_export, step_verify, step_heads;

static void begin(struct demo *d, struct cli *c);
static bool is_live(const struct cli *c);
static const struct tree *result(struct demo *d);
static void farewell(struct demo *d);

err cli_do_DEMO(struct cli *c)
{
    static demo_step *const live[] = {step_nodes, step_link, demo_live};
    static demo_step *const story[] = {step_nodes,       step_link,  step_draft,    step_send,
                                       step_acknowledge, step_order, step_preserve, step_export,
                                       step_verify,      step_heads};
    struct demo *d = arena_take(c->t.arena, sizeof *d);
    begin(d, c);
    err e = demo_make(d);
    demo_step *const *steps = is_live(c) ? live : story;
    size_t n = is_live(c) ? sizeof live / sizeof *live : sizeof story / sizeof *story;
    for (size_t k = 0; e == ERR_OK && k < n; k++) e = steps[k](d);
    demo_end(d);
    if (e == ERR_OK && d->tell)
        farewell(d);
    else
        c->view = result(d);
    return e;
}

/* Whether somebody is there to look at pages: told so, or at a terminal. */
static bool is_live(const struct cli *c)
{
    if (c->json || c->quiet || cli_has(&c->args, OPT_CHECK)) return false;
    return cli_has(&c->args, OPT_LIVE) || isatty(1);
}

static void begin(struct demo *d, struct cli *c)
{
    d->c = c;
    d->signals = d->lock = -1;
    d->tell = !c->json && !c->quiet && !cli_has(&c->args, OPT_CHECK);
    d->began_ms = c->node->clock->mono_ms(c->node->clock->ctx);
    d->node[NORLAND] = (struct demo_node){
        .name = "Norland", .folder = "norland", .state = "XN", .address = "XN/csb", .out = -1};
    d->node[MERIDIA] = (struct demo_node){
        .name = "Meridia", .folder = "meridia", .state = "XM", .address = "XM/dts", .out = -1};
    if (d->tell)
        printf("A demo of two fictional States on this computer. Nothing leaves 127.0.0.1.\n\n");
}

static const struct tree *result(struct demo *d)
{
    struct arena *a = d->c->t.arena;
    struct tree *m = tree_map(a);
    tree_add_str(a, m, "ref", d->ref);
    tree_add_int(a, m, "sent_ms", d->sent_ms);
    tree_add_int(a, m, "held_by_peer_ms", d->held_by_peer_ms);
    tree_add_bool(a, m, "acknowledged", d->acknowledged);
    tree_add_bool(a, m, "order_served", d->order_served);
    tree_add_str(a, m, "clock_until", d->clock_until);
    tree_add_bool(a, m, "ledger_heads_consistent", d->heads_consistent);
    tree_add_bool(a, m, "exported", d->exported);
    tree_add_bool(a, m, "verified", d->verified);
    return m;
}

/* ---- telling --------------------------------------------------------------------------------- */

/* One line of the story: seconds since the start, whose desk, what happened. */
void demo_tell(struct demo *d, int who, const char *fmt, ...)
{
    if (!d->tell) return;
    va_list args;
    va_start(args, fmt);
    char line[600];
    (void)vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    int64_t ms = demo_ms(d);
    printf("%3lld.%03lld s  %-8s %s\n", (long long)(ms / 1000), (long long)(ms % 1000),
           who < 0 ? "" : d->node[who].name, line);
    (void)fflush(stdout);
}

/* The command that does what comes next. */
static void tell_command(struct demo *d, int who, const char *command)
{
    if (!d->tell) return;
    bool color = d->c->color && isatty(1);
    printf("%s           $ comity -C %s %s%s\n", color ? "\033[2m" : "", d->node[who].folder,
           command, color ? "\033[0m" : "");
}

static const char *text_c(struct demo *d, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static const char *text_c(struct demo *d, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char text[400];
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return str_c(d->c->t.arena, str_of(text));
}

static void farewell(struct demo *d)
{
    printf("\n%sBoth nodes are stopped.\n",
           is_live(d->c) ? "" : "All of it happened over the real wire. ");
    if (d->temporary) {
        printf("Keep the nodes and the evidence next time: comity demo --keep DIR\n");
        return;
    }
    printf("Everything is kept in %s. Look around:\n"
           "  comity -C %s/norland show " STR_FMT "\n"
           "  comity verify " STR_FMT " --root " STR_FMT " --root " STR_FMT "\n",
           d->base, d->base, STR_ARG(d->ref), STR_ARG(d->node[NORLAND].exported_file),
           STR_ARG(d->node[NORLAND].root_file), STR_ARG(d->node[MERIDIA].root_file));
}

/* ---- two nodes that know each other ---------------------------------------------------------- */

static err step_nodes(struct demo *d)
{
    try(demo_start(d));
    for (int k = 0; k < DEMO_NODES; k++)
        demo_tell(d, k, "The node of %s (%s) listens at " STR_FMT ".", d->node[k].name,
                  d->node[k].state, STR_ARG(d->node[k].url));
    return ERR_OK;
}

static err profile_take(struct demo *d, int who)
{
    struct turn *t = &d->c->t;
    struct demo_node *n = &d->node[who];
    struct tree *document;
    struct bytes cms;
    try(cli_profile_fetch(d->c, n->url, &document));
    n->document = document;
    if (!base64_read(t->arena, tree_str(document, "profile"), &cms) ||
        !base64_read(t->arena, tree_str(document, "root"), &n->root))
        return turn_fail(t, ERR_REJECTED, "profile-form", "RFC 4648 4", "A profile does not read.");
    return profile_read(t, &suite_1, cms, n->root, &n->profile);
}

static err peer_propose(struct demo *d, int who, int other, struct str words,
                        const struct tree **view_out)
{
    tell_command(d, who,
                 text_c(d, "peer add " STR_FMT "%s", STR_ARG(d->node[other].url),
                        words.n ? " --words (as heard)" : ""));
    return cli_peer_add(d->c, d->node[who].dir, d->node[other].document, words, view_out);
}

/* Each side reads the words of its own root out, and pins the other by what it heard. */
static err step_link(struct demo *d)
{
    const struct tree *at_norland = NULL, *at_meridia = NULL;
    for (int k = 0; k < DEMO_NODES; k++) try(profile_take(d, k));
    try(peer_propose(d, NORLAND, MERIDIA, STR(""), &at_norland));
    try(peer_propose(d, MERIDIA, NORLAND, STR(""), &at_meridia));
    struct str norland = str_dup(d->c->t.arena, tree_str(at_norland, "words"));
    struct str meridia = str_dup(d->c->t.arena, tree_str(at_meridia, "words"));
    demo_tell(d, -1, "On the telephone Norland reads out: " STR_FMT, STR_ARG(norland));
    demo_tell(d, -1, "                 and Meridia: " STR_FMT, STR_ARG(meridia));
    try(peer_propose(d, NORLAND, MERIDIA, meridia, &at_norland));
    try(peer_propose(d, MERIDIA, NORLAND, norland, &at_meridia));
    demo_tell(d, -1, "The two nodes are pinned to each other.");
    return ERR_OK;
}

/* ---- the request ----------------------------------------------------------------------------- */

static struct tree *args_of(struct demo *d, struct str ref)
{
    struct tree *args = cli_arguments(d->c);
    if (ref.n) tree_add_str(d->c->t.arena, args, "ref", ref);
    return args;
}

struct str demo_day(struct demo *d, int days)
{
    return day_text(d->c->t.arena, day_of_ms(turn_now_ms(&d->c->t)) + days);
}

struct tree *demo_request(struct demo *d, const char *to, const char *const *instead)
{
    static const char *const texts[][2] = {
        {"authority_seeking", "Cybercrime Bureau of Norland, Inspector Marit Solheim, "
                              "+999 555 0147, answered at this hour"},
        {"offence", "Illegal access and interference with data, Penal Code of Norland, "
                    "sections 201 and 203; at most eight years"},
        {"facts", "The systems of St Brannoc University Hospital were encrypted last night; a copy "
                  "of its patients' records was taken out before, and a ransom is asked for."},
        {"data", "Content, connection logs and subscriber records of the servers at 203.0.113.21 "
                 "and 203.0.113.22, from yesterday 18:00 UTC on"},
        {"relation", "The records were sent to these two servers, and the ransom note was placed "
                     "from one of them."},
        {"custodian", "Xezer Host MMC, Meridia"},
        {"location", "Two rented servers in its data centre, host.example"},
        {"necessity", "The rental ends in forty minutes and the servers are wiped then."},
    };
    struct arena *a = d->c->t.arena;
    struct tree *args = args_of(d, STR(""));
    tree_add_str(a, args, "kind", STR("preservation"));
    tree_add_str(a, args, "to", str_of(to));
    struct tree *p = tree_add_map(a, args, "particulars");
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        const char *value = texts[k][1];
        for (const char *const *other = instead; other && other[0]; other += 2)
            if (strcmp(other[0], texts[k][0]) == 0) value = other[1];
        if (*value) tree_add_str(a, p, texts[k][0], str_of(value));
    }
    tree_add_str(a, p, "offence_scope", STR("convention_offence"));
    tree_add_bool(a, p, "mla_intended", true);
    tree_add_bool(a, p, "confidential", true);
    tree_add_str(a, p, "deadline", demo_day(d, 1));
    tree_add_str(a, p, "deadline_reasons",
                 STR("The rental of the servers ends within the hour; then they are wiped."));
    return args;
}

static err draft_check(struct demo *d, bool complete, const struct tree **view_out)
{
    static const char *const without[] = {"necessity", "", NULL};
    const struct tree *view = NULL;
    try(demo_ask(d, NORLAND, DESK_NEW,
                 demo_request(d, d->node[MERIDIA].address, complete ? NULL : without), &view));
    d->draft = tree_str(view, "draft");
    tell_command(d, NORLAND, text_c(d, "check " STR_FMT, STR_ARG(d->draft)));
    struct tree *args = args_of(d, STR(""));
    tree_add_str(d->c->t.arena, args, "draft", d->draft);
    *view_out = NULL;
    return demo_ask(d, NORLAND, DESK_CHECK, args, view_out);
}

static err step_draft(struct demo *d)
{
    struct turn *t = &d->c->t;
    const struct tree *view;
    tell_command(d, NORLAND, "new preservation --to XM/dts -f hospital.yaml");
    err e = draft_check(d, false, &view);
    if (e == ERR_OK)
        return turn_fail(t, ERR_INTERNAL, "demo-check", NULL,
                         "A request without a particular it must have passed its check.");
    if (e != ERR_NO || !view) return e;
    turn_forgive(t);
    const struct tree *remarks = tree_get(view, "remarks");
    for (const struct tree *r = remarks ? remarks->child : NULL; r; r = r->next)
        demo_tell(d, NORLAND, "To be mended, " STR_FMT ": " STR_FMT,
                  STR_ARG(tree_str(r, "article")), STR_ARG(tree_str(r, "sentence")));
    try(draft_check(d, true, &view));
    demo_tell(d, NORLAND, "Mended: nothing more stands in the way.");
    return ERR_OK;
}

static bool first_act_is_held(const struct demo *d, const struct tree *view)
{
    const struct tree *acts = tree_get(view, "acts");
    (void)d;
    return acts && acts->child && str_is(tree_str(acts->child, "level"), "held");
}

static err step_send(struct demo *d)
{
    const struct tree *view = NULL;
    struct tree *args = args_of(d, STR(""));
    tree_add_str(d->c->t.arena, args, "draft", d->draft);
    tell_command(d, NORLAND, text_c(d, "send " STR_FMT, STR_ARG(d->draft)));
    d->send_ms = demo_ms(d);
    try(demo_ask(d, NORLAND, DESK_SEND, args, &view));
    d->sent_ms = demo_ms(d) - d->send_ms;
    d->ref = tree_str(view, "ref");
    d->request_id = tree_str(view, "id");
    demo_tell(d, NORLAND, STR_FMT " is sent and held here, after %lld ms.", STR_ARG(d->ref),
              (long long)d->sent_ms);
    try(demo_until(d, NORLAND, d->ref, "Meridia's node holds the request", first_act_is_held));
    d->held_by_peer_ms = demo_ms(d) - d->send_ms;
    demo_tell(d, NORLAND, "Meridia's node holds it, with a signed receipt, after %lld ms.",
              (long long)d->held_by_peer_ms);
    return demo_head_take(d, NORLAND, false);
}

/* ---- Meridia's answer ------------------------------------------------------------------------ */

static err meridia_acts(struct demo *d, const char *act, struct tree *args, struct str *id_out)
{
    const struct tree *view = NULL;
    tree_add_str(d->c->t.arena, args, "act", str_of(act));
    try(demo_ask(d, MERIDIA, DESK_ACT, args, &view));
    *id_out = tree_str(view, "id");
    return ERR_OK;
}

static bool has_mark(const struct tree *view, const char *mark)
{
    return tree_has_str(tree_get(view, "marks"), str_of(mark));
}

static bool is_acknowledged(const struct demo *d, const struct tree *view)
{
    (void)d;
    return has_mark(view, "acknowledged");
}

static err step_acknowledge(struct demo *d)
{
    const struct tree *view = NULL;
    struct str id;
    try(demo_ask(d, MERIDIA, DESK_LIST, args_of(d, STR("")), &view));
    const struct tree *dossiers = tree_get(view, "dossiers");
    if (!dossiers || !dossiers->child)
        return turn_fail(&d->c->t, ERR_INTERNAL, "demo-list", NULL,
                         "Meridia holds the request but lists no dossier.");
    d->their_ref = tree_str(dossiers->child, "ref");
    demo_tell(d, MERIDIA, "It came in as " STR_FMT ", sealed to this authority and signed by %s.",
              STR_ARG(d->their_ref), d->node[NORLAND].address);
    tell_command(d, MERIDIA, text_c(d, "act " STR_FMT " acknowledge", STR_ARG(d->their_ref)));
    try(meridia_acts(d, "acknowledge", args_of(d, d->their_ref), &id));
    try(demo_until(d, NORLAND, d->ref, "a person in Meridia acknowledged", is_acknowledged));
    d->acknowledged = true;
    demo_tell(d, NORLAND, "A person in Meridia has acknowledged it.");
    return demo_head_take(d, MERIDIA, false);
}

static err step_order(struct demo *d)
{
    static const char order[] = "Order 214: Xezer Host MMC keeps the data on 203.0.113.21 and "
                                "203.0.113.22 as they are for ninety days.\n";
    struct arena *a = d->c->t.arena;
    const struct tree *view = NULL;
    struct str id;
    struct tree *args = args_of(d, d->their_ref), *p = tree_add_map(a, args, "particulars");
    tree_add_str(a, p, "authority_ordering", STR("Duty prosecutor of Meridia"));
    tree_add_str(a, p, "order_number", STR("214"));
    tree_add_str(a, p, "order_date", demo_day(d, 0));
    tree_add_str(a, p, "custodian", STR("Xezer Host MMC"));
    tree_add_str(a, p, "provider", STR("Xezer Host MMC"));
    cli_document_add(d->c, tree_add_list(a, args, "documents"), STR("order-214.txt"),
                     str_bytes(str_of(order)));
    tell_command(d, MERIDIA,
                 text_c(d, "act " STR_FMT " order -f order.yaml --attach order-214.txt",
                        STR_ARG(d->their_ref)));
    try(meridia_acts(d, "order", args, &id));
    try(demo_ask(d, MERIDIA, DESK_LOG, args_of(d, d->their_ref), &view));
    const struct tree *acts = tree_get(view, "acts"), *last = acts ? acts->last : NULL;
    const struct tree *documents = tree_get(last, "documents");
    d->order_served = str_is(tree_str(last, "act"), "order") && documents && documents->count == 1;
    if (!d->order_served)
        return turn_fail(&d->c->t, ERR_INTERNAL, "demo-order", NULL,
                         "The order does not stand in Meridia's log with its document.");
    demo_tell(d, MERIDIA, "The domestic order is recorded with its paper. It stays at home.");
    return ERR_OK;
}

/* The clock must stand there, and its last day be the one Meridia set: when that day is over in
 * both States is within half a day of when it is over in UTC. */
static bool is_preserved(const struct demo *d, const struct tree *view)
{
    const struct tree *clocks = tree_get(view, "clocks");
    if (!str_is(tree_str(view, "state"), "preserved")) return false;
    for (const struct tree *k = clocks ? clocks->child : NULL; k; k = k->next) {
        int64_t end_ms, day;
        if (!str_is(tree_str(k, "clock"), "preservation") || !tree_bool(k, "running", false))
            continue;
        if (time_read(tree_str(k, "end"), &end_ms) && day_read(d->until, &day) &&
            day_of_ms(end_ms - DAY_MS / 2) == day)
            return true;
    }
    return false;
}

static err step_preserve(struct demo *d)
{
    struct arena *a = d->c->t.arena;
    struct tree *args = args_of(d, d->their_ref), *p = tree_add_map(a, args, "particulars");
    d->until = demo_day(d, PRESERVED_DAYS);
    tree_add_str(a, p, "preserved_until", d->until);
    tell_command(d, MERIDIA,
                 text_c(d, "act " STR_FMT " preserve -p preserved_until=" STR_FMT,
                        STR_ARG(d->their_ref), STR_ARG(d->until)));
    try(meridia_acts(d, "preserve", args, &d->answer_id));
    try(demo_until(d, NORLAND, d->ref, "the data are preserved", is_preserved));
    d->clock_until = d->until;
    demo_tell(d, NORLAND, "The data are preserved until " STR_FMT " (un-cybercrime 42(8)).",
              STR_ARG(d->until));
    return ERR_OK;
}

/* ---- for the court --------------------------------------------------------------------------- */

bool demo_all_held(const struct demo *d, const struct tree *view)
{
    const struct tree *acts = tree_get(view, "acts");
    (void)d;
    for (const struct tree *k = acts ? acts->child : NULL; k; k = k->next)
        if (str_is(tree_str(k, "level"), "held-here")) return false;
    return acts != NULL;
}

static err export_one(struct demo *d, int who, struct str ref, struct str id)
{
    struct arena *a = d->c->t.arena;
    struct demo_node *n = &d->node[who];
    const struct tree *view = NULL;
    struct tree *args = args_of(d, ref);
    tree_add_str(a, args, "act", id);
    try(demo_until(d, who, ref, "the other node's receipts are here", demo_all_held));
    tell_command(d, who, text_c(d, "export " STR_FMT " --act " STR_FMT, STR_ARG(ref), STR_ARG(id)));
    try(demo_ask(d, who, DESK_EXPORT, args, &view));
    if (!base64_read(a, tree_str(view, "container"), &n->exported))
        return turn_fail(&d->c->t, ERR_INTERNAL, "export-form", "RFC 4648 4",
                         "The node's export does not read.");
    n->exported_file = str_printf(a, "%s/" STR_FMT ".asice", d->base, STR_ARG(ref));
    n->root_file = str_printf(a, "%s/%s-root.pem", d->base, n->folder);
    try(file_write(&d->c->t, str_c(a, n->exported_file), n->exported, 0600));
    try(file_write(&d->c->t, str_c(a, n->root_file), str_bytes(tree_str(view, "root")), 0644));
    demo_tell(d, who, "Exported with certificates, receipts and the proof of the log: %zu bytes.",
              n->exported.n);
    return ERR_OK;
}

static err step_export(struct demo *d)
{
    try(export_one(d, NORLAND, d->ref, d->request_id));
    try(export_one(d, MERIDIA, d->their_ref, d->answer_id));
    d->exported = true;
    return ERR_OK;
}

static err step_verify(struct demo *d)
{
    struct turn *t = &d->c->t;
    struct bytes roots[DEMO_NODES];
    for (int k = 0; k < DEMO_NODES; k++) roots[k] = d->node[k].root;
    for (int k = 0; k < DEMO_NODES; k++) {
        struct demo_node *n = &d->node[k];
        struct cli_verdict v;
        struct bytes written;
        struct tree *list = tree_list(t->arena);
        try(file_read(t, str_c(t->arena, n->exported_file), PROOF_CONTAINER_MAX, &written));
        try(cli_verify_one(d->c, n->exported_file, written, roots, DEMO_NODES, list, &v));
        if (!v.sound || !v.trusted)
            return turn_fail(t, ERR_INTEGRITY, "demo-verify", NULL,
                             "What %s exported does not verify: " STR_FMT, n->name,
                             STR_ARG(json_write(t->arena, list->child)));
        demo_tell(d, k, "A court checks it offline: unaltered, and signed under %s's root.",
                  n->name);
    }
    d->verified = true;
    return ERR_OK;
}

/* A log that goes on replaces its last, partial tile: then a newer head is taken (C2SP tlog-tiles,
 * partial tiles). */
static err heads_check_now(struct demo *d)
{
    enum { TRIES = 20 };
    for (int n = 1;; n++) {
        for (int k = 0; k < DEMO_NODES; k++) try(demo_head_take(d, k, true));
        err e = demo_heads_check(d);
        if (e != ERR_NONE_SUCH || n == TRIES) return e;
        turn_forgive(&d->c->t);
        for (int k = 0; k < DEMO_NODES; k++) d->node[k].notes_n--;
    }
}

static err step_heads(struct demo *d)
{
    try(demo_heads_exported(d, NORLAND, MERIDIA));
    try(demo_heads_exported(d, MERIDIA, NORLAND));
    try(heads_check_now(d));
    for (int k = 0; k < DEMO_NODES; k++) {
        const struct tree *view = NULL;
        try(demo_ask(d, k, DESK_FSCK, args_of(d, STR("")), &view));
    }
    d->heads_consistent = true;
    demo_tell(d, -1,
              "Both logs were only ever added to: %zu heads seen on the way agree with them.",
              d->node[NORLAND].notes_n + d->node[MERIDIA].notes_n);
    return ERR_OK;
}
