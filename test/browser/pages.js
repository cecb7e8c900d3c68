// SPDX-License-Identifier: Apache-2.0
// Every page in every language, wide and narrow, by day and by night, with scripts and without:
// axe finds nothing, nothing stands beside the page, the browser refuses and complains of nothing,
// the HTML is valid, the direction is right. A quarter of the combinations, drawn from a seed, each
// page in each language; all of them with FULL=1. First each check is shown to find what it is for.
"use strict";

const fs = require("fs");
const path = require("path");
const broken = require("./broken");
const checks = require("./checks");
const draw = require("./draw");
const { places, pageless } = require("./places");
const { tap, note, end } = require("./tap");
const world = require("./world");

const LANGS = ["en", "az", "ar"];
const WIDTHS = [1440, 390];
const SMALLEST = 320;
const full = !!process.env.FULL;
const only = process.env.ONLY; // part of a place's name, for whoever mends a page
const shots = process.env.SHOTS; // a folder for pictures of every page that is seen

const size = (page, width) => page.setViewportSize({ width, height: width > 800 ? 900 : 844 });

// ---- what each page is asked ------------------------------------------------------------------

let looked = 0;
const figures = { axe: 0, overflow: 0, squeezed: 0, listen: 0, html: 0, direction: 0, theme: 0,
                  way: 0 };
// Comes to a place; gives the document that was answered there.
const come = async ({ page, go, look }, origin, place) => {
  let answer = null;
  const hear = (r) => {
    if (r.request().isNavigationRequest() && r.frame() === page.mainFrame()) answer = r;
  };
  page.on("response", hear);
  try {
    await go();
    await page.goto(origin + place.path);
    if (place.steps) {
      const before = answer;
      await place.steps(page);
      await page.waitForLoadState("load");
      if (answer === before) throw new Error("nothing was answered");
    }
    await look();
    await world.within("fonts", page.evaluate("document.fonts.ready.then(() => 0)"));
    return { status: answer.status(), text: await answer.text() };
  } finally {
    page.off("response", hear);
  }
};

const visit = async (person, origin, place, by) => {
  const found = [], { page, heard } = person;
  const add = (what, list) => {
    figures[what] += list.length;
    found.push(...list);
  };
  try {
    await size(page, by.widths[0]);
    const { status, text } = await come(person, origin, place);
    add("way", status === place.status ? [] : [`it answered ${status}`]);
    add("html", await checks.html(text));
    add("direction", await checks.direction(page, by.lang));
    add("theme", await checks.theme(page, by.theme));
    for (const width of by.widths) {
      await size(page, width);
      add("axe", await world.within("axe", checks.axe(page)));
      add("overflow", await checks.overflow(page));
      add("squeezed", await checks.squeezed(page));
      if (shots) await shoot(page, place, by, width);
      looked++;
    }
    await size(page, SMALLEST);
    add("overflow", await checks.overflow(page));
    add("squeezed", await checks.squeezed(page));
    add("listen", await heard());
  } catch (e) {
    add("way", [String(e.message || e).split("\n").slice(0, 6).join("\n")]);
  }
  const where = `${by.lang}, ${by.theme}, ${by.scripts ? "scripts" : "no scripts"}`;
  return found.map((f) => `${where}: ${f}`);
};

const shoot = (page, place, by, width) => {
  const name = `${place.name}-${by.lang}-${width}-${by.theme}`.replace(/[^a-z0-9]+/g, "-");
  return page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
};

// ---- which combinations -----------------------------------------------------------------------

const THEMES = ["day", "night"];
const combinations = LANGS.flatMap((lang) => THEMES.flatMap((theme) => WIDTHS.map((width) => ({
  lang, theme, width }))));

// All of them with scripts and without; or a quarter, one in each language, with or without.
const drawn = () => {
  const both = (c) => [true, false].map((scripts) => ({ ...c, scripts }));
  if (full) return combinations.flatMap(both);
  return LANGS.flatMap((lang) =>
    draw.some(combinations.filter((c) => c.lang === lang).flatMap(both), 1));
};

const walk = async (browser, origins) => {
  const seen = places.filter((p) => !only || p.name.includes(only));
  const plan = new Map(seen.map((place) => [place, drawn()]));
  const found = new Map(seen.map((place) => [place, []]));
  const part = async (people, by) => {
    const same = (c) => c.lang === by.lang && c.theme === by.theme && c.scripts === by.scripts;
    for (const one of Object.values(people)) await one.as(by.lang, by.theme);
    for (const place of seen) {
      const widths = plan.get(place).filter(same).map((c) => c.width);
      if (!widths.length) continue;
      const person = people[place.guest ? "guest" : "officer"];
      const origin = origins[place.over || "all"];
      found.get(place).push(...(await visit(person, origin, place, { ...by, widths })));
      if (!place.leaves) continue;
      await person.go();
      await person.enter();
    }
  };
  for (const scripts of [true, false]) {
    const people = { guest: await world.person(browser, { scripts }),
                     officer: await world.person(browser, { scripts, origin: origins.all }) };
    for (const one of Object.values(people)) one.heard = checks.listen(one.page);
    for (const lang of LANGS)
      for (const theme of THEMES) await part(people, { lang, theme, scripts });
    for (const one of Object.values(people)) await one.close();
  }
  for (const place of seen)
    tap(`${place.name} (${plan.get(place).length} combinations)`, found.get(place));
  return seen.length * combinations.length * (full ? 2 : 1);
};

// ---- every page is among them -----------------------------------------------------------------

const everything = () => {
  const rows = fs.readFileSync("src/web/route.def", "utf8").matchAll(/^ROUTE\((\w+),/gm);
  const routes = [...rows].map((m) => m[1]);
  const shown = new Set(places.flatMap((p) => p.shows).concat(pageless));
  tap("every row of src/web/route.def is visited", routes.filter((r) => !shown.has(r))
    .map((r) => `no place in test/browser/places.js shows ${r}`));
  tap("no place names a row that is not there", [...shown].filter((r) => !routes.includes(r)));
  const templates = fs.readdirSync("page").filter((n) => n.endsWith(".html"))
    .map((n) => n.slice(0, -5)).filter((n) => n !== "layout");
  const seen = new Set(places.map((p) => p.template));
  tap("every template of page/ is shown", templates.filter((n) => !seen.has(n))
    .map((n) => `no place in test/browser/places.js shows page/${n}.html`));
};

// ---- each check finds what it is for ----------------------------------------------------------

const prove = async (browser, origin) => {
  const asker = await browser.newPage();
  const csp = (await asker.goto(`${origin}/help`)).headers()["content-security-policy"];
  await asker.close();
  const serve = (person) => person.route(/\/broken(\.css|\.js|\.svg)?$/, (route) => {
    const end = route.request().url().split("broken")[1];
    if (end === ".css") return route.fulfill({ contentType: "text/css", body: broken.sheet });
    if (end === ".js") return route.fulfill({ contentType: "text/javascript",
                                              body: broken.script });
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
    if (end === ".svg") return route.fulfill({ contentType: "image/svg+xml", body: svg });
    return route.fulfill({ contentType: "text/html; charset=utf-8", body: current,
                           headers: { "content-security-policy": csp } });
  });
  let current = "";
  for (const scripts of [true, false]) {
    const person = await world.person(browser, { scripts }), { page } = person;
    const heard = checks.listen(page);
    await serve(person.context);
    await size(page, SMALLEST);
    for (const [wrong, check, says, text, how] of broken.broken) {
      if (how === "scripts" && !scripts) continue;
      current = text;
      await person.go();
      await page.goto(`${origin}/broken`);
      await person.look();
      const lang = LANGS.includes(how) ? how : (/lang="(..)"/.exec(text) || [0, "en"])[1];
      const found = {
        axe: await world.within("axe", checks.axe(page)), overflow: await checks.overflow(page),
        squeezed: await checks.squeezed(page), html: await checks.html(text),
        direction: await checks.direction(page, lang),
        theme: await checks.theme(page, how === "night" ? "night" : "day"), listen: await heard(),
      };
      const all = Object.values(found).flat(), kind = scripts ? "" : ", without scripts";
      if (!check) tap(`the checks find nothing on a sound page${kind}`, all);
      else tap(`${check} finds ${wrong}${kind}`,
               found[check].some((f) => f.includes(says)) ? [] : ["it did not", ...all]);
    }
    await person.close();
  }
};

(async () => {
  note(`SEED=${draw.seed}${full ? ", FULL" : ""}`);
  const origins = { all: await world.host(), empty: await world.host("empty"),
                    refuse: await world.host("refuse") };
  const browser = await world.browser();
  try {
    if (!only) {
      everything();
      await prove(browser, origins.all);
    }
    const possible = await walk(browser, origins);
    tap("combinations were looked at", looked ? [] : "none was");
    note(`${looked} of ${possible} combinations of ${places.length} places: ` +
         `${figures.axe} axe violations, ${figures.overflow} pages with something beside them, ` +
         `${figures.squeezed} things squeezed, ` +
         `${figures.listen} errors of CSP, console or requests, ${figures.html} of HTML, ` +
         `${figures.direction + figures.theme} of direction or theme, ${figures.way} on the way`);
    end();
  } catch (e) {
    tap("nothing breaks off", String(e.stack || e).split("\n").slice(0, 12).join("\n"));
    end();
  } finally {
    await world.stop();
  }
})();
