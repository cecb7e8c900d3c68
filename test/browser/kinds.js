// SPDX-License-Identifier: Apache-2.0
// Every kind of request there is, asked of the program and never listed here: its
// form is filled from what the form itself says, and then its preflight misses no particular. Some
// kinds in each run, another few each day; all of them with FULL=1.
"use strict";

const { demo } = require("./demo");
const hands = require("./hand");
const { tap, note, end } = require("./tap");
const world = require("./world");

const SAMPLE = 5;
const AHEAD_DAYS = 120;

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

const one = async (page, origin, kind) => {
  const wrong = [];
  await page.goto(`${origin}/new/${kind.instrument}/${kind.kind}`);
  await page.getByRole("radio").first().check();
  await page.getByRole("button", { name: "Begin the draft" }).click();
  const form = page.locator("main form.card");
  await form.waitFor();
  const filled = await fill(form);
  await page.getByRole("button", { name: "Save and check" }).click();
  await page.getByRole("status").filter({ hasText: "The draft is kept" }).waitFor();
  if (filled === 0) wrong.push("its form asks for nothing");
  for (const line of await page.locator(".pre > ul > li.hot a[href*='#p.']").all())
    wrong.push(await line.innerText());
  if (await page.locator(".pre details li.calm").count() < filled / 2)
    wrong.push("less than half of what was filled in is called fine");
  return wrong;
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
    await marit.close();
  } catch (e) {
    tap("nothing breaks off", String(e.stack || e).split("\n").slice(0, 12).join("\n"));
  } finally {
    if (nodes) tap("an interrupt ends both nodes", (await nodes.stop()) === 0 ? [] : ["not so"]);
    end();
    await world.stop();
  }
})();
