// SPDX-License-Identifier: Apache-2.0
// What is asked of each page. A check returns what it found, a sentence each; nothing is good.
"use strict";

const fs = require("fs");
const { HtmlValidate } = require("html-validate");

const AXE = fs.readFileSync(require.resolve("axe-core"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// ---- accessibility ----

exports.axe = async (page) => {
  if (!(await page.evaluate("!!window.axe"))) await page.evaluate(AXE);
  const found = await page.evaluate(
    async (tags) => {
      const options = { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] };
      const result = await window.axe.run(document, { ...options, preload: false });
      if (!result.passes.length) return ["axe looked at nothing"];
      return result.violations.map((v) => {
        const nodes = v.nodes.map((n) => `${n.target.join(" ")} (${n.failureSummary})`);
        return `axe ${v.id}: ${v.help}: ${nodes.join("; ")}`.replace(/\s+/g, " ").slice(0, 900);
      });
    },
    TAGS,
  );
  return found;
};

// ---- nothing beside the page ----

exports.overflow = async (page) =>
  page.evaluate(() => {
    const root = document.documentElement, wide = root.clientWidth;
    const more = root.scrollWidth - wide;
    if (more <= 0) return [];
    const out = [];
    for (const e of document.querySelectorAll("body *")) {
      const box = e.getBoundingClientRect();
      const beyond = Math.max(box.right - wide, -box.left);
      const name = typeof e.className === "string" ? e.className : "";
      if (box.width && beyond > 0.5) out.push(`${e.localName}.${name} ${Math.round(beyond)}`);
    }
    return [`${more} px beside a page of ${wide} px: ${out.slice(0, 6).join(", ")}`];
  });

// ---- nothing squeezed ----

// A control or a label of few words that takes many lines has no room.
exports.squeezed = async (page) =>
  page.evaluate(() => {
    const found = [];
    for (const e of document.querySelectorAll("button, .btn, .tag, th, nav a")) {
      const texts = document.createTreeWalker(e, NodeFilter.SHOW_TEXT), range = new Range();
      const bottoms = [];
      let text = "";
      while (texts.nextNode()) {
        if (texts.currentNode.parentElement.closest(".vh")) continue;
        text += texts.currentNode.data;
        range.selectNodeContents(texts.currentNode);
        for (const box of range.getClientRects()) if (box.width) bottoms.push(box.bottom);
      }
      bottoms.sort((a, b) => a - b);
      const lines = bottoms.filter((b, k) => k === 0 || b > bottoms[k - 1] + 8).length;
      const words = text.trim().split(/\s+/).length;
      if (lines > Math.max(3, words)) found.push(`${text.trim()}: ${lines} lines`);
    }
    return found;
  });

// ---- language and direction ----

exports.direction = async (page, lang) =>
  page.evaluate((wanted) => {
    const root = document.documentElement, dir = wanted === "ar" ? "rtl" : "ltr";
    const found = [];
    if (root.lang !== wanted) found.push(`the page says it is in ${root.lang}, not ${wanted}`);
    if (root.dir !== dir) found.push(`the page runs ${root.dir || "nowhere"}, not ${dir}`);
    const runs = getComputedStyle(document.body).direction;
    if (runs !== dir) found.push(`its text runs ${runs}, not ${dir}`);
    return found;
  }, lang);

// ---- night is dark ----

exports.theme = async (page, theme) =>
  page.evaluate((wanted) => {
    const colour = getComputedStyle(document.documentElement).backgroundColor;
    const [r, g, b] = colour.match(/\d+/g).map(Number), dark = (r + g + b) / 3 < 128;
    return dark === (wanted === "night") ? [] : [`${wanted} is ${dark ? "dark" : "light"}`];
  }, theme);

// ---- what the browser itself complains about ----

// Listens to a page; what it returns gives what was heard since it was last asked.
exports.listen = (page) => {
  let heard = [];
  page.on("console", (m) => {
    if (!["error", "warning"].includes(m.type())) return;
    // A page that says no has a status that says so too; which one, is asked for on its own.
    if (/status of \d+/.test(m.text()) && m.location().url === page.url()) return;
    heard.push(`console: ${m.text()} (${m.location().url})`);
  });
  page.on("pageerror", (e) => heard.push(`script: ${e.message}`));
  page.on("requestfailed", (r) => {
    const why = r.failure() ? r.failure().errorText : "";
    if (why !== "net::ERR_ABORTED") heard.push(`request: ${r.url()} ${why}`);
  });
  page.on("response", (r) => {
    if (r.status() >= 400 && r.request().resourceType() !== "document")
      heard.push(`request: ${r.url()} answered ${r.status()}`);
  });
  page.addInitScript(() => {
    window.refused = [];
    document.addEventListener("securitypolicyviolation", (e) => {
      window.refused.push(`CSP: ${e.violatedDirective} refused ${e.blockedURI} (${e.sample})`);
    });
  });
  return async () => {
    const csp = (await page.evaluate("window.refused ? window.refused.splice(0) : []")) || [];
    const all = heard.concat(csp);
    heard = [];
    return all;
  };
};

// ---- HTML ----

const validator = new HtmlValidate({
  extends: ["html-validate:standard", "html-validate:document"],
  rules: {
    // How tags are written is the matter of the compiler of pages, and means nothing to a browser.
    "doctype-style": "off",
    "attribute-boolean-style": "off",
    "void-style": "off",
    "long-title": "off",
    // Everything comes from this node; the policy of contents allows nothing else.
    "require-sri": "off",
    "no-inline-style": "error",
  },
});

exports.html = async (text) => {
  const report = await validator.validateString(text);
  const found = [];
  for (const r of report.results)
    for (const m of r.messages) {
      const line = text.split("\n")[m.line - 1] || "";
      const near = line.slice(Math.max(0, m.column - 40), m.column + 60).trim();
      found.push(`html ${m.ruleId} ${m.line}:${m.column}: ${m.message} in ${near}`);
    }
  return found;
};
