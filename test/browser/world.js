// SPDX-License-Identifier: Apache-2.0
// What the tests run against: the pages over fixtures (test/web/host.c), and one browser.
"use strict";

const { spawn } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");
const { chromium } = require("playwright-core");

const WAIT_MS = 20000;
const FIXTURES = "test/web/fixture";

// A folder of answers: those of test/web/fixture, with those of `over` instead where they are.
const folder = (over) => {
  const place = fs.mkdtempSync(path.join(os.tmpdir(), "comity-browser-"));
  for (const from of [FIXTURES, "test/browser/fixture/all"].concat(over || []))
    for (const name of fs.readdirSync(from))
      fs.copyFileSync(path.join(from, name), path.join(place, name));
  return place;
};

const stops = [];

// What is not there after a while is a failure, not a reason to wait for ever.
exports.within = (what, promise) => {
  let timer;
  const late = new Promise((_, failed) => {
    timer = setTimeout(() => failed(new Error(`${what} took more than ${WAIT_MS} ms`)), WAIT_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

// The address of a door that answers from these fixtures.
exports.host = async (over) => {
  const place = folder(over && `test/browser/fixture/${over}`);
  const program = path.join(process.env.BUILD || "build/test", "test/web/web-host");
  const child = spawn(program, [place, "0"], { stdio: ["ignore", "pipe", "inherit"] });
  process.on("exit", () => child.kill()); // also when the test breaks off
  stops.push(() => {
    child.kill();
    fs.rmSync(place, { recursive: true });
  });
  const line = await new Promise((done, failed) => {
    child.stdout.once("data", (data) => done(String(data)));
    child.once("exit", (code) => failed(new Error(`${program} ended with ${code}`)));
    child.once("error", failed);
  });
  return new URL(line.trim()).origin;
};

exports.browser = async () => {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  stops.push(() => browser.close());
  return browser;
};

// A browser of one person, with one page. Those who enter use the link; cookies know no ports, so
// they are let in by every door of these tests.
exports.person = async (browser, { scripts = true, origin = "" } = {}) => {
  const context = await browser.newContext({ javaScriptEnabled: scripts, reducedMotion: "reduce" });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  const session = scripts ? null : await context.newCDPSession(page);
  const may = (value) => session && session.send("Emulation.setScriptExecutionDisabled", { value });
  const enter = async () => {
    await page.goto(`${origin}/enter/once`);
    await page.locator("main button.go").click();
    await page.waitForURL(`${origin}/duty`);
  };
  const as = async (lang, theme) => {
    await context.setExtraHTTPHeaders({ "Accept-Language": lang });
    await page.emulateMedia({ colorScheme: theme === "night" ? "dark" : "light" });
  };
  if (origin) await enter();
  // A page that came without scripts is as it stays; only then may the test's own look at it. What
  // this session never forbade it cannot allow.
  return { context, page, enter, as, go: () => may(true), look: () => may(false),
           close: () => context.close() };
};

exports.stop = async () => {
  for (const stop of stops.reverse()) await stop();
};
