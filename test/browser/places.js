// SPDX-License-Identifier: Apache-2.0
// Every page there is, and how a person comes to it. `shows` names the rows of src/web/route.def
// that are seen on the way; pages.js fails when a row or a template of page/ is in no place.
//
// A place over other answers than those of test/web/fixture names the folder under fixture/ that
// has them: `empty` (nothing there yet, or all is over) and `refuse` (the desk says no).
"use strict";

const REF = "XN-CSB-2026-0147";
const DOSSIER = `/dossier/${REF}`;
const DRAFT = "/draft/d-1a2b3c";
const ENTRY = "/register/XM-DTS-IN-2026-0004";
const HASH = "ab".repeat(32);

// The button that goes on: one on each form.
const go = (page) => page.locator("main button.go").first().click();
const ok = { status: 200 };

exports.places = [
  { name: "duty", path: "/duty", template: "duty", shows: ["DUTY"] },
  { name: "duty, from the root", path: "/", template: "duty", shows: ["HOME"] },
  { name: "enter", path: "/enter", template: "enter", guest: true, shows: ["ENTER"] },
  { name: "enter by link", path: "/enter/once", template: "enter", guest: true,
    shows: ["ENTER_LINK"] },
  { name: "enter refused", path: "/enter/other", template: "enter", guest: true, status: 401,
    steps: go, shows: ["ENTER_GO"] },
  { name: "enter refused by word", path: "/enter", template: "enter", guest: true, status: 401,
    steps: async (page) => {
      await page.fill("#token", "other");
      await go(page);
    },
    shows: ["ENTER_WORD"] },
  { name: "inbox", path: "/inbox", template: "list", shows: ["INBOX"] },
  { name: "sent", path: "/sent?q=account", template: "list", shows: ["SENT"] },
  { name: "dossiers", path: "/dossiers", template: "list", shows: ["ALL"] },
  { name: "dossier", path: DOSSIER, template: "dossier", shows: ["DOSSIER"] },
  { name: "dossier, an act done", path: `${DOSSIER}/do/acknowledge`, template: "dossier",
    steps: go, shows: ["ACT_SIGN"] },
  { name: "request", path: `${DOSSIER}/request`, template: "request", shows: ["REQUEST"] },
  { name: "messages", path: `${DOSSIER}/messages`, template: "messages", shows: ["MESSAGES"] },
  { name: "documents", path: `${DOSSIER}/documents`, template: "documents", shows: ["DOCUMENTS"] },
  { name: "log", path: `${DOSSIER}/log`, template: "log", shows: ["LOG"] },
  { name: "act form", path: `${DOSSIER}/do/order`, template: "act", shows: ["ACT"] },
  { name: "act form with a choice", path: `${DOSSIER}/do/refuse`, template: "act" },
  { name: "act form, something missing", path: `${DOSSIER}/do/order`, template: "act",
    status: 422, steps: go },
  { name: "act check", path: `${DOSSIER}/do/order`, template: "act_check",
    steps: async (page) => {
      for (const field of await page.locator("main form input[type=text], main textarea").all())
        await field.fill("Bakı, 24-7");
      await page.fill("main form input[type=date]", "2026-11-23");
      await go(page);
    },
    shows: ["ACT_CHECK"] },
  { name: "act not now", path: `${DOSSIER}/do/confirm`, template: "fault", status: 409 },
  { name: "new", path: "/new", template: "new", shows: ["NEW"] },
  { name: "new kind", path: "/new/un-cybercrime/preservation", template: "new_kind",
    shows: ["NEW_KIND"] },
  { name: "new kind, nobody chosen", path: "/new/un-cybercrime/preservation",
    template: "new_kind", status: 400,
    steps: async (page) => {
      await page.evaluate("document.querySelectorAll('[name=to]').forEach(e => e.remove())");
      await go(page);
    },
    shows: ["NEW_MAKE"] },
  { name: "drafts", path: "/drafts", template: "drafts", shows: ["DRAFTS"] },
  { name: "draft", path: DRAFT, template: "draft", shows: ["DRAFT"] },
  { name: "draft, saved", path: `${DRAFT}?saved=1`, template: "draft" },
  { name: "draft to send, not yet", path: `${DRAFT}/send`, template: "draft_send",
    shows: ["DRAFT_SEND"] },
  { name: "contacts", path: "/contacts", template: "contacts", shows: ["CONTACTS"] },
  { name: "contact", path: "/contacts/XN", template: "contact", shows: ["CONTACT"] },
  { name: "contact without a node", path: "/contacts/XL", template: "contact" },
  { name: "law", path: "/law/un-cybercrime", template: "law", shows: ["LAW"] },
  { name: "law, for a guest", path: "/law/un-cybercrime", template: "law", guest: true },
  { name: "law, all of it", path: "/law", template: "law_all", shows: ["LAW_ALL"] },
  { name: "law, a kind", path: "/law/un-cybercrime/kind/preservation", template: "law_kind",
    shows: ["LAW_KIND"] },
  { name: "law article", path: "/law/un-cybercrime/42(3)", template: "law",
    shows: ["LAW_ARTICLE"] },
  { name: "find", path: "/find?q=norland", template: "find", shows: ["FIND"] },
  { name: "find, before the first word", path: "/find", template: "find" },
  { name: "help", path: "/help", template: "help", shows: ["HELP"] },
  { name: "help, for a guest", path: "/help", template: "help", guest: true },
  { name: "me", path: "/me", template: "me", shows: ["ME"] },
  { name: "me, a passkey stays", path: "/me", over: "refuse", template: "me", status: 409,
    steps: (page) => page.locator("main .notes form button").first().click(),
    shows: ["PASSKEY_DROP"] },
  { name: "our State", path: "/profile", template: "profile", shows: ["PROFILE"] },
  { name: "our State, an answer refused", path: "/profile", over: "refuse", template: "profile",
    status: 422, steps: go, shows: ["FUNCTION_ASSIGN"] },
  { name: "our State, tables not accepted", path: "/profile", over: "refuse", template: "profile",
    status: 422,
    steps: (page) => page.locator("main form[action='/profile/acceptance'] button").click(),
    shows: ["LAW_ACCEPT"] },
  { name: "officers", path: "/users", template: "users", shows: ["USERS"] },
  { name: "officers, a link", path: "/users", template: "users",
    steps: (page) => page.locator("main td form button").nth(1).click(), shows: ["USER_LINK"] },
  { name: "officers, one cannot be added", path: "/users", over: "refuse", template: "users",
    status: 400, steps: go, shows: ["USER_ADD"] },
  { name: "officers, one cannot be ended", path: "/users", over: "refuse", template: "users",
    status: 409,
    steps: async (page) => {
      await page.locator("main details summary").first().click();
      await page.locator("main details button").first().click();
    },
    shows: ["USER_END"] },
  { name: "register", path: "/register", template: "register", shows: ["REGISTER"] },
  { name: "register, nothing taken", path: "/register", over: "refuse", template: "register",
    status: 422, steps: go, shows: ["REGISTER_ADD"] },
  { name: "register, all filed", path: "/register", over: "empty", template: "register" },
  { name: "entry", path: ENTRY, template: "entry", shows: ["ENTRY"] },
  { name: "entry, registered just now", path: `${ENTRY}?done=registered`, template: "entry" },
  { name: "entry, saved", path: ENTRY, template: "entry",
    steps: (page) => page.locator("main form.card button").last().click(),
    shows: ["ENTRY_EDIT"] },
  { name: "entry, a copy", path: ENTRY, template: "entry",
    steps: (page) => page.locator("main .acts button").first().click(), shows: ["ENTRY_COPY"] },
  { name: "entry, a note", path: ENTRY, over: "refuse", template: "entry", status: 409,
    steps: (page) => page.locator("main .acts button").last().click(), shows: ["ENTRY_NOTE"] },
  { name: "entry, a request", path: `${ENTRY}/request?kind=preservation`,
    template: "entry_request", shows: ["ENTRY_OPEN"] },
  { name: "entry, a request that came before", path: `${ENTRY}/request?kind=preservation`,
    over: "refuse", template: "entry_request", status: 409, steps: go, shows: ["ENTRY_REQUEST"] },
  { name: "entry, an act of theirs", path: `${ENTRY}/act/${REF}/withdraw`,
    template: "entry_act", shows: ["ENTRY_ACT"] },
  { name: "entry, an act refused", path: `${ENTRY}/act/${REF}/withdraw`, over: "refuse",
    template: "entry_act", status: 409, steps: go, shows: ["ENTRY_ACTED"] },
  { name: "letter", path: `${DOSSIER}/letter/00`, template: "letter", shows: ["LETTER"] },
  { name: "letter, sent", path: `${DOSSIER}/letter/00`, template: "letter",
    steps: async (page) => {
      await page.fill("#proof", "waybill 7");
      await page.locator("main form[action$=dispatch] button").click();
    },
    shows: ["DISPATCH"] },
  { name: "letter, to no address", path: `${DOSSIER}/letter/00`, template: "letter", status: 422,
    steps: async (page) => {
      await page.fill("#to", "nobody");
      await page.locator("main form[action$=mail] button").click();
    } },
  { name: "letter, an e-mail to check", path: `${DOSSIER}/letter/00`, template: "letter_mail",
    steps: (page) => page.locator("main form[action$=mail] button").click(),
    shows: ["LETTER_MAIL"] },
  { name: "letter, an e-mail kept", path: `${DOSSIER}/letter/00`, template: "letter",
    steps: async (page) => {
      await page.locator("main form[action$=mail] button").click();
      await page.waitForLoadState("load");
      await go(page);
    },
    shows: ["LETTER_MAILED"] },
  { name: "letter, an e-mail dealt with", path: `${DOSSIER}/letter/00`, template: "letter",
    steps: async (page) => {
      await page.locator("main form[action$=drop] button").click();
      await page.waitForLoadState("load");
    },
    shows: ["MAIL_DROP"] },
  { name: "letter, an e-mail refused", path: `${DOSSIER}/letter/00`, over: "refuse",
    template: "letter_mail", status: 422,
    steps: async (page) => {
      await page.locator("main form[action$=mail] button").click();
      await page.waitForLoadState("load");
      await go(page);
    } },
  { name: "letter, another version", path: `${DOSSIER}/letter/00`, over: "refuse",
    template: "letter", status: 422,
    steps: async (page) => {
      await page.fill("#code", "0000-0000-0000");
      await page.locator("main form[action$=bind] button").click();
    },
    shows: ["BIND"] },
  { name: "letter, arrived", path: `${DOSSIER}/letter/00`, template: "letter",
    steps: (page) => page.locator("main form[action$=confirm] button").click(),
    shows: ["CONFIRM"] },
  { name: "on paper", path: `${DOSSIER}/papers`, template: "papers", shows: ["PAPERS"] },
  { name: "on paper, an instruction", path: `${DOSSIER}/papers`, template: "papers",
    steps: (page) => page.locator("main form[action$=instruct] button").click(),
    shows: ["INSTRUCT"] },
  { name: "on paper, carried out", path: `${DOSSIER}/papers`, template: "papers",
    steps: (page) => page.locator("main form[action$=instructed] button").first().click(),
    shows: ["INSTRUCTED"] },
  { name: "on paper, a number", path: `${DOSSIER}/papers`, template: "papers",
    steps: (page) => page.locator("main form[action$=number] button").click(),
    shows: ["NUMBER"] },
  { name: "on paper, out of a matter", path: `${DOSSIER}/papers`, template: "papers",
    steps: (page) => page.locator("main form[action$=matter] button").click(),
    shows: ["MATTER_PUT"] },
  { name: "matters", path: "/matters", template: "matters", shows: ["MATTERS"] },
  { name: "matters, none", path: "/matters", over: "empty", template: "matters" },
  { name: "matters, begun", path: "/matters", template: "matter",
    steps: async (page) => {
      await page.fill("#title", "St Brannoc");
      await go(page);
    },
    shows: ["MATTER_ADD", "MATTER"] },
  { name: "the API for people", path: "/help/api", template: "api", guest: true,
    shows: ["API"] },
  { name: "a problem of the API", path: "/problems/stale-version", template: "problem",
    guest: true, shows: ["PROBLEM"] },
  { name: "verify", path: "/verify", template: "verify", guest: true, shows: ["VERIFY"] },
  { name: "verify, unaltered", path: `/verify?sha256=${HASH}&expected=${HASH}`,
    template: "verify", guest: true },
  { name: "verify, altered", path: `/verify?sha256=${HASH}&expected=${"cd".repeat(32)}`,
    template: "verify" },
  { name: "verify, cannot tell", path: "/verify?sha256=12&expected=xyz", template: "verify",
    guest: true },
  { name: "no such page", path: "/nowhere", template: "fault", status: 404 },
  { name: "no such page, for a guest", path: "/nowhere", template: "fault", guest: true,
    status: 404 },

  { name: "duty, a quiet night", path: "/duty", over: "empty", template: "duty" },
  { name: "inbox, empty", path: "/inbox", over: "empty", template: "list" },
  { name: "sent, nothing fits", path: "/sent?q=zebra", over: "empty", template: "list" },
  { name: "dossier, ended", path: DOSSIER, over: "empty", template: "dossier" },
  { name: "documents, none", path: `${DOSSIER}/documents`, over: "empty", template: "documents" },
  { name: "drafts, none", path: "/drafts", over: "empty", template: "drafts" },
  { name: "new, nothing to send", path: "/new", over: "empty", template: "new" },
  { name: "new kind, nobody to ask", path: "/new/un-cybercrime/preservation", over: "empty",
    template: "new_kind" },
  { name: "contacts, none", path: "/contacts", over: "empty", template: "contacts" },
  { name: "find, nothing", path: "/find?q=zebra", over: "empty", template: "find" },
  { name: "law, no such article", path: "/law/un-cybercrime/999", over: "empty",
    template: "fault", status: 404 },

  { name: "act refused", path: `${DOSSIER}/do/acknowledge`, over: "refuse",
    template: "act_check", status: 422, steps: go },
  { name: "draft saved by two", path: DRAFT, over: "refuse", template: "draft_merge",
    status: 409, steps: go, shows: ["DRAFT_SAVE"] },
  { name: "draft to send", path: `${DRAFT}/send`, over: "refuse", template: "draft_send" },
  { name: "draft to send, refused", path: `${DRAFT}/send`, over: "refuse",
    template: "draft_send", status: 503, steps: go, shows: ["DRAFT_SIGN"] },
  { name: "a session that ended in a form", path: `${DOSSIER}/do/order`, template: "again",
    status: 401, leaves: true,
    steps: async (page) => {
      await page.locator("main form input[type=text]").first().fill("Bakı məhkəməsi");
      await page.context().clearCookies();
      await go(page);
    } },
].map((place) => ({ ...ok, shows: [], ...place }));

// Rows that show no page: some hand out bytes, one ends the session, one never ends, and the others
// are for keys and cards that a browser holds.
exports.pageless = ["DOCUMENT", "LEAVE", "EVENTS", "KEY_CHALLENGE", "ENTER_KEY", "ENTER_CARD",
  "PASSKEY_CHALLENGE", "PASSKEY_ADD", "ENTRY_DOCUMENT", "LETTER_PDF", "LETTER_FILE"];
