/* SPDX-License-Identifier: Apache-2.0 */
/* Officers and how they are let in: lists, links, passkeys and cards. What a passkey signs is the
 * desk's to check; here is what the page hands on. */

#include "web_test.h"

static void officers_stand_with_their_roles_in_words(void **state)
{
    struct door *d = *state;
    struct heard h = get(d, "/users");
    assert_int_equal(h.status, 200);
    assert_has(h.body, "Leyla Məmmədova");
    assert_has(h.body, "<div>Supervisor: everything, and the audit</div>");
    assert_has(h.body, "action=\"/users/rashid/link\"");
    assert_has(h.body, "action=\"/users/rashid/end\"");
    assert_lacks(h.body, "action=\"/users/leyla/end\""); /* nobody ends himself by a slip */
    assert_lacks(h.body, "action=\"/users/aysel/link\"");
}

static void an_officer_is_saved_as_the_form_says(void **state)
{
    struct door *d = *state;
    struct heard h =
        post(d, "/users", "idem=k1&officer=+tural+&name=Tural&post=Clerk&role=lawyer&role=admin");
    assert_int_equal(h.status, 303);
    assert_text(header_of(&h, "Location"), "/users");
    const struct tree *args = double_args(&d->desk, "user-add");
    assert_text(tree_str(args, "officer"), "tural");
    assert_text(tree_str(args, "idem"), "k1");
    assert_int_equal(tree_get(args, "roles")->count, 2);
    assert_true(tree_has_str(tree_get(args, "roles"), STR("admin")));
}

static void a_refusal_keeps_what_was_typed(void **state)
{
    struct door *d = *state;
    static const struct {
        const char *action, *path;
    } refused[] = {{"user-add", "/users"},
                   {"user-link", "/users/rashid/link"},
                   {"user-end", "/users/rashid/end"}};
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        d->desk.refuse = refused[k].action;
        d->desk.fault = (struct fault){ERR_CONFLICT, "officer-taken", "", "officer",
                                       "This name is taken on this node."};
        struct heard h = post(d, refused[k].path, "idem=k1&officer=tural&name=Tural+A");
        assert_int_equal(h.status, 409);
        assert_has(h.body, "This name is taken on this node.");
        assert_has(h.body, "name=\"name\" value=\"Tural A\"");
        assert_has(h.body, "Leyla Məmmədova");
    }
}

static void a_link_is_shown_once_and_made_once(void **state)
{
    struct door *d = *state;
    struct heard h = post(d, "/users/rashid/link", "idem=k7");
    assert_int_equal(h.status, 200);
    assert_has(h.body, "value=\"http://meridia.localhost:8473/enter/one-link-for-rashid\"");
    assert_text(tree_str(double_args(&d->desk, "user-link"), "officer"), "rashid");
    assert_text(tree_str(double_args(&d->desk, "user-link"), "idem"), "k7");
    assert_lacks(get(d, "/users").body, "one-link-for-rashid");
    h = post(d, "/users/rashid/end", "idem=k8");
    assert_int_equal(h.status, 303);
    assert_text(tree_str(double_args(&d->desk, "user-end"), "officer"), "rashid");
}

static void a_passkey_is_handed_on_as_the_browser_gave_it(void **state)
{
    struct door *d = *state;
    struct heard h = post(d, "/me/challenge", "");
    assert_int_equal(h.status, 200);
    assert_text(header_of(&h, "Content-Type"), "application/json");
    assert_has(h.body, "\"challenge\":\"3q2-7w\"");
    h = post(d, "/me/passkeys", "idem=k1&client_data=e30&authenticator_data=AA&name=Phone");
    assert_int_equal(h.status, 303);
    const struct tree *args = double_args(&d->desk, "passkey-add");
    assert_text(tree_str(args, "client_data"), "e30");
    assert_text(tree_str(args, "authenticator_data"), "AA");
    assert_text(tree_str(args, "name"), "Phone");
    h = post(d, "/me/passkeys/drop", "idem=k2&passkey=0a0b");
    assert_int_equal(h.status, 303);
    assert_text(tree_str(double_args(&d->desk, "passkey-drop"), "passkey"), "0a0b");
    d->desk.refuse = "passkey-add";
    d->desk.fault = (struct fault){ERR_REJECTED, "passkey", "", "", "This key says nothing."};
    h = post(d, "/me/passkeys", "idem=k3");
    assert_int_equal(h.status, 422);
    assert_has(h.body, "This key says nothing.");
}

static void a_passkey_lets_in(void **state)
{
    struct door *d = *state;
    struct heard h = post_as(d, "/enter/challenge", "", "");
    assert_int_equal(h.status, 200);
    assert_has(h.body, "\"rp_id\":\"meridia.localhost\"");
    h = post_as(d, "/enter/key", "after=%2Finbox&passkey=AQ&client_data=e30&signature=Ag", "");
    assert_int_equal(h.status, 303);
    assert_text(header_of(&h, "Location"), "/inbox");
    assert_has(header_of(&h, "Set-Cookie"), "__Host-comity-meridia=good");
    assert_text(tree_str(double_args(&d->desk, "enter-key"), "signature"), "Ag");
    d->desk.refuse = "enter-key";
    d->desk.fault = (struct fault){ERR_STRANGER, "enter", "", "", "Nobody is let in by this."};
    h = post_as(d, "/enter/key", "passkey=AQ", "");
    assert_int_equal(h.status, 401);
    assert_has(h.body, "Nobody is let in by this.");
    assert_text(header_of(&h, "Set-Cookie"), "");
    snprintf(d->desk.fault.code, sizeof d->desk.fault.code, "enter-refused");
    h = post_as(d, "/enter/key", "passkey=AQ", "");
    assert_has(h.body, "The passkey did not let you in</h2>");
    assert_has(h.body, "Use another passkey, or ask your administrator for a link.");
    assert_lacks(h.body, "The link did not let you in");
}

static void a_card_is_what_the_handshake_proved_and_nothing_a_form_says(void **state)
{
    struct door *d = *state;
    d->desk.refuse = "enter-cert";
    d->desk.fault = (struct fault){ERR_STRANGER, "enter", "", "", "Nobody is let in by this."};
    struct heard h = post_as(d, "/enter/card", "cert=00ff", "");
    assert_int_equal(h.status, 401);
    assert_has(h.body, "The smart card did not let you in");
    assert_null(tree_get(double_args(&d->desk, "enter-cert"), "cert"));
    assert_lacks(get_as(d, "/enter", "").body, "/enter/card");
}

int people_tests(void)
{
    static const struct CMUnitTest tests[] = {
        with_door(officers_stand_with_their_roles_in_words),
        with_door(an_officer_is_saved_as_the_form_says),
        with_door(a_refusal_keeps_what_was_typed),
        with_door(a_link_is_shown_once_and_made_once),
        with_door(a_passkey_is_handed_on_as_the_browser_gave_it),
        with_door(a_passkey_lets_in),
        with_door(a_card_is_what_the_handshake_proved_and_nothing_a_form_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
