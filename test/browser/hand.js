// SPDX-License-Identifier: Apache-2.0
// A person at a screen, who finds what he presses by its visible name and by nothing else. Each hand
// counts what it does: a click, a fill, a choice, an upload is one each.
"use strict";

const world = require("./world");

// Comes in by the link; entering is not yet the work and is not counted.
exports.person = async (browser, link, scripts) => {
  const { page, context, close } = await world.person(browser, { scripts });
  const hand = { did: [] };
  const act = async (what, name, doing) => {
    hand.did.push(`${what} ${name}`);
    await doing;
  };
  const field = (name) => page.getByLabel(name).first();
  hand.press = (name) => act("press", name, page.getByRole("button", { name }).first().click());
  hand.follow = (name) => act("follow", name, page.getByRole("link", { name }).first().click());
  hand.fill = (name, value) => act("fill", name, page.getByLabel(name).fill(value));
  hand.choose = (name, label) => act("choose", name, field(name).selectOption({ label }));
  hand.upload = (name, file) => act("upload", name, page.getByLabel(name).setInputFiles(file));
  await page.goto(link);
  await hand.press(/^Sign in$/);
  await page.getByRole("heading", { name: "Duty desk" }).waitFor();
  hand.did.length = 0;
  return { page, context, hand, close };
};
