// SPDX-License-Identifier: Apache-2.0
// Every kind of request there is, asked of the program and never listed here: its form is filled
// from what the form itself says, and then its preflight misses no particular. Some kinds in each
// run, another few each day; all of them with FULL=1. One that a person decides about is sent, and
// decided over there: the finding is his, so nothing is chosen for him and none is not accepted.
"use strict";

const { demo } = require("./demo");
const hands = require("./hand");
const { tap, note, end } = require("./tap");
const world = require("./world");

const SAMPLE = 5;
const AHEAD_DAYS = 120;
const WAIT_MS = 60000;

const day = () => new Date(Date.now() + AHEAD_DAYS * 86400000).toISOString().slice(0, 10);

// What a field wants, by what it is; the number of fields that could be filled.
const fill = async (form) => {
  const names = new Set();
  for (const field of await form.locator("[name^='p.']").all()) {
    const name = await field.getAttribute("name"), type = await field.getAttribute("type");
    const tag = await field.evaluate((e) => e.tagName);
    if (names.has(name)) continue; // the other choices of one question
    names.add(name);
    if (type === "radio" || type === "checkbox") {
      await field.check();
    } else if (tag === "SELECT") {
      await field.selectOption({ index: 1 });
    } else if (type === "number") {
      await field.fill(await field.getAttribute("min") || "1");
    } else if (type === "date") {
      await field.fill(day());
    } else if (await field.getAttribute("list")) {
      await field.fill(await form.locator("datalist option").first().getAttribute("value"));
    } else if (/language/.test(name) && tag === "INPUT") {
      await field.fill("en");
    } else {
      await field.fill("What is said of it.");
    }
  }
  return names.size;
};

// A draft of the kind, filled in; how many fields there were.
const drafted = async (page, origin, kind, to) => {
  await page.goto(`${origin}/new/${kind.instrument}/${kind.kind}`);
  await page.getByRole("radio", to).first().check();
  await page.getByRole("button", { name: "Begin the draft" }).click();
  const form = page.locator("main form.card");
  await form.waitFor();
  return fill(form);
};

const one = async (page, origin, kind) => {
  const wrong = [], filled = await drafted(page, origin, kind, {});
  await page.getByRole("button", { name: "Save and check" }).click();
  await page.getByRole("status").filter({ hasText: "The draft is kept" }).waitFor();
  if (filled === 0) wrong.push("its form asks for nothing");
  for (const line of await page.locator(".pre > ul > li.hot a[href*='#p.']").all())
    wrong.push(await line.innerText());
  if (await page.locator(".pre details li.calm").count() < filled / 2)
    wrong.push("less than half of what was filled in is called fine");
  return wrong;
};

// ---- a decision --------------------------------------------------------------------------------

// What a person decides about a kind, by its title; null where there is nothing.
const decision = async (page, origin, kind) => {
  await page.goto(`${origin}/law/${kind.instrument}/kind/${kind.kind}`);
  const acts = page.getByRole("row").filter({ has: page.getByText("a decision", { exact: true }) });
  return await acts.count() ? acts.first().locator("b").innerText() : null;
};

// The request as it has come to the other State, looked for until it is there.
const arrived = async (page, origin, ref) => {
  const late = Date.now() + WAIT_MS;
  let answer;
  do answer = await page.goto(`${origin}/dossier/${ref}`);
  while (!answer.ok() && Date.now() < late);
  return answer.ok();
};

const decided = async (asks, asked, kinds) => {
  const { page } = asks, there = asked.page;
  const says = (what, good) => tap(what, good ? [] : ["not so"]);
  const sign = page.getByRole("button", { name: /^Sign and send/ });
  let title = null;
  for (const kind of kinds) { // the first that binds the two
    title = await decision(page, asks.origin, kind);
    if (!title) continue;
    await drafted(page, asks.origin, kind, { name: /Meridia/ });
    await page.getByRole("button", { name: "Save and go on to sending" }).click();
    await page.waitForURL(/\/send/);
    if (await sign.count()) break;
  }
  await sign.click();
  await page.waitForURL(/\/dossier\//);
  const ref = /\/dossier\/([^/?]+)/.exec(page.url())[1];
  says(`a request that is decided about comes to the other State: ${ref}`,
       await arrived(there, asked.origin, ref));
  await there.getByRole("link", { name: title, exact: true }).first().click();
  const finding = there.locator("fieldset").filter({ has: there.getByRole("radio") }).first();
  await finding.waitFor();
  says(`${title}: several findings, and nothing chosen`,
       await finding.getByRole("radio").count() > 1 &&
       await finding.locator("input:checked").count() === 0);
  await there.locator("textarea").first().fill("It is so in our law.");
  await there.getByRole("button", { name: "Check the answers" }).click();
  const fault = there.locator(".field.err").filter({ has: there.getByRole("radio") });
  await fault.waitFor();
  says(`${title}: without a finding it says what is missing: ` +
       (await fault.locator("[id$='.e']").innerText()), await fault.count() === 1);
  says("and keeps the reasons", await there.locator("textarea").first().inputValue() !== "");
  const chosen = finding.locator("label").last();
  const found = (await chosen.locator("span").first().innerText()).split("\n")[0].trim();
  await chosen.click();
  await there.getByRole("button", { name: "Check the answers" }).click();
  await there.getByRole("button", { name: /^Sign: / }).click();
  await there.getByRole("status").filter({ hasText: `Done: ${title}` }).waitFor();
  const card = there.locator("section.card").filter({
    has: there.getByRole("heading", { name: "Decisions", exact: true }) });
  says(`${title}: its finding stands with the reasons: ${found}`,
       (await card.innerText()).includes(found) &&
       await card.getByText("It is so in our law.").count() === 1);
};

const sample = (kinds) => {
  if (process.env.FULL) return kinds;
  const today = Math.floor(Date.now() / 86400000), step = Math.ceil(kinds.length / SAMPLE);
  return kinds.filter((_, k) => k % step === today % step);
};

(async () => {
  let nodes = null;
  try {
    nodes = await demo();
    const browser = await world.browser();
    const marit = await hands.person(browser, nodes.norland, true);
    const leyla = await hands.person(browser, nodes.meridia, true);
    const origin = new URL(nodes.norland).origin;
    const answer = await marit.page.goto(`${origin}/v1/kinds`);
    const kinds = (await answer.json()).kinds, may = kinds.filter((k) => k.may_send);
    tap(`our State may send each of the ${kinds.length} kinds there are`,
        kinds.length > SAMPLE ? kinds.filter((k) => !k.may_send).map((k) => k.kind) : ["so few"]);
    const played = sample(may);
    for (const kind of played)
      tap(`${kind.instrument} ${kind.kind}: its form can be filled, and nothing is missing then`,
          await one(marit.page, origin, kind).catch((e) => [String(e).slice(0, 400)]));
    note(`${played.length} of ${may.length} kinds`);
    await decided({ page: marit.page, origin },
                  { page: leyla.page, origin: new URL(nodes.meridia).origin }, may);
    await leyla.close();
    await marit.close();
  } catch (e) {
    tap("nothing breaks off", String(e.stack || e).split("\n").slice(0, 12).join("\n"));
  } finally {
    if (nodes) tap("an interrupt ends both nodes", (await nodes.stop()) === 0 ? [] : ["not so"]);
    end();
    await world.stop();
  }
})();
