// SPDX-License-Identifier: Apache-2.0
// A passkey at a real node, made and used by the browser itself: its authenticator is Chromium's
// virtual one. An officer comes in by a link, adds a passkey, leaves and comes in by it. One that the
// node was told to forget, one whose key is another and one that is not there let nobody in, and
// the page says so. Controls are found by their visible names.
"use strict";

const crypto = require("crypto");
const hands = require("./hand");
const { node } = require("./node");
const { tap, end } = require("./tap");
const world = require("./world");

const step = (says, good) => tap(says, good ? [] : ["it is not so"]);
const REFUSED = "The passkey did not let you in";
const NEXT = "Use another passkey, or ask your administrator for a link.";

// What holds the officer's passkeys, as a computer with a fingerprint reader has it.
const authenticator = async (context, page) => {
  const session = await context.newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true,
               hasUserVerification: true, isUserVerified: true,
               automaticPresenceSimulation: true } });
  const ask = (what, more) => session.send(`WebAuthn.${what}`, { authenticatorId, ...more });
  return { all: async () => (await ask("getCredentials")).credentials,
           put: (credential) => ask("addCredential", { credential }),
           verifies: (isUserVerified) => ask("setUserVerified", { isUserVerified }),
           clear: () => ask("clearCredentials") };
};

const onDuty = (page) => page.getByRole("heading", { name: "Duty desk" }).waitFor();

// Leaves, and tries to come in by a passkey; gives what the door says where it did not open.
const again = async ({ page, hand }) => {
  if (await page.getByRole("button", { name: "Sign out" }).count()) {
    await hand.press("Sign out");
    await page.waitForURL("**/enter");
  }
  await hand.press("Sign in with a passkey");
};
const said = async (page, what) => {
  await page.getByText(what, { exact: false }).first().waitFor();
  return page.getByRole("main").innerText();
};
const nobody = async (there, page) => {
  const other = await page.context().newPage();
  await other.goto(`${there.origin}/me`);
  const out = await other.getByRole("heading", { name: "Enter" }).count() === 1;
  await other.close();
  return out;
};

const play = async (there, who) => {
  const { page, hand, context } = who;
  const keys = await authenticator(context, page);
  const mine = async () => {
    await page.goto(`${there.origin}/me`);
    await page.getByRole("heading", { name: "Passkeys" }).waitFor();
  };
  await mine();
  await hand.fill("Name of the new passkey", "Phone");
  await hand.press("Add a passkey");
  await page.getByRole("button", { name: "Forget the passkey Phone" }).waitFor();
  const [kept] = await keys.all();
  step("an officer who came by a link adds a passkey",
       (await keys.all()).length === 1 && kept.isResidentCredential &&
       kept.rpId === new URL(there.origin).hostname);
  await again(who);
  await onDuty(page);
  step("he leaves and comes in by it, without a link", true);
  await mine();
  step("his page says when it was used",
       await page.getByRole("listitem").filter({ hasText: /Phone.*last used/s }).count() === 1);

  const { privateKey } = crypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
  const other = privateKey.export({ type: "pkcs8", format: "der" }).toString("base64");
  await keys.clear();
  await keys.put({ ...kept, privateKey: other, signCount: 1000 });
  await again(who);
  let text = await said(page, REFUSED);
  step("a passkey of that name with another key lets nobody in, and the page says what to do",
       text.includes(NEXT) && await nobody(there, page));

  await keys.clear();
  await keys.put({ ...kept, signCount: 2000 });
  await keys.verifies(false);
  await page.goto(`${there.origin}/enter`);
  await again(who);
  await said(page, "The passkey did not let you in.");
  step("one whose holder was not recognised lets nobody in", await nobody(there, page));
  await keys.verifies(true);
  await page.goto(`${there.origin}/enter`);
  await again(who);
  await onDuty(page);
  step("and once he is, it does", true);

  await mine();
  await hand.press("Forget the passkey Phone");
  await page.getByText("With one you enter without a link").waitFor();
  await again(who);
  text = await said(page, REFUSED);
  step("one that was forgotten lets nobody in, and the page says what to do",
       text.includes(NEXT) && await nobody(there, page));

  await keys.clear();
  await page.goto(`${there.origin}/enter`);
  await again(who);
  await said(page, "The passkey did not let you in.");
  step("a computer that holds none says so at the button", await nobody(there, page));

  await page.goto(there.link());
  await hand.press(/^Sign in$/);
  await onDuty(page);
  step("a link still lets in", true);
};

const plain = async (browser, there) => {
  const { page, close } = await world.person(browser, { scripts: false });
  await page.goto(`${there.origin}/enter`);
  step("without scripts no button is offered that does nothing",
       await page.getByRole("button", { name: "Sign in with a passkey" }).count() === 0 &&
       await page.getByLabel("Link").count() === 1);
  await close();
};

(async () => {
  let who = null;
  try {
    const browser = await world.browser(), there = await node("XN");
    who = await hands.person(browser, there.link(), true);
    await play(there, who);
    await who.close();
    await plain(browser, there);
    tap("the node ends as it should", (await there.stop()) === 0 ? [] : ["it did not"]);
  } catch (e) {
    const text = who && await who.page.locator("main").innerText().catch(() => "");
    tap("nothing breaks off", [String(e.stack || e).split("\n").slice(0, 12).join("\n"), text]);
  } finally {
    end();
    await world.stop();
  }
})();
