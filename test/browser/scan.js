// SPDX-License-Identifier: Apache-2.0
// A letter of a State without a node lies on the desk and is scanned: six pages. The officer on duty
// registers it and opens its dossier, at a real node, with scripts and without. What he does is
// counted, and what is kept is what was scanned.
"use strict";

const { execFileSync } = require("child_process");
const crypto = require("crypto");
const fs = require("fs");
const os = require("os");
const path = require("path");
const zlib = require("zlib");
const hands = require("./hand");
const { node } = require("./node");
const { tap, note, end } = require("./tap");
const world = require("./world");

const MOST = 12;
const PAGES = 6;
const WIDE = 1240, HIGH = 1754; // A4 at 150 dots an inch

// ---- the scan ---------------------------------------------------------------------------------

// A grey page, as scanners give it: paper that is never quite white, and lines of something dark.
const picture = (which, k) => {
  const key = Buffer.alloc(16, which * PAGES + k), grain = Buffer.alloc(WIDE * HIGH);
  crypto.createCipheriv("aes-128-ctr", key, Buffer.alloc(16)).update(grain).copy(grain);
  for (let y = 0; y < HIGH; y++) {
    const dark = y % 50 < 18 && y > 150 && y < HIGH - 150;
    for (let x = 0; x < WIDE; x++) {
      const at = y * WIDE + x, ink = dark && x > 120 && x < WIDE - 120 && grain[at - x] % 7;
      grain[at] = ink && (x * 7 + y * 3 + k) % 11 < 5 ? 30 : 248 + (grain[at] & 7);
    }
  }
  return zlib.deflateSync(grain);
};

// PDF 1.4 (ISO 32000): a catalogue, pages, and for each page its picture and how it is put there.
const scan = (which) => {
  const objects = [], add = (body) => objects.push(Buffer.isBuffer(body) ? body : Buffer.from(body));
  const stream = (head, data) => Buffer.concat([
    Buffer.from(`<< ${head} /Length ${data.length} >>\nstream\n`), data,
    Buffer.from("\nendstream")]);
  const kids = Array.from({ length: PAGES }, (_, k) => `${3 + 3 * k} 0 R`).join(" ");
  add("<< /Type /Catalog /Pages 2 0 R >>");
  add(`<< /Type /Pages /Count ${PAGES} /Kids [${kids}] >>`);
  for (let k = 0; k < PAGES; k++) {
    const at = 3 + 3 * k;
    add(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${at + 1} 0 R ` +
        `/Resources << /XObject << /Im ${at + 2} 0 R >> >> >>`);
    add(stream("", Buffer.from("q 595 0 0 842 0 0 cm /Im Do Q")));
    add(stream(`/Type /XObject /Subtype /Image /Width ${WIDE} /Height ${HIGH} ` +
               "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode", picture(which, k)));
  }
  let n = 0;
  const parts = [], places = [], put = (b) => {
    parts.push(Buffer.from(b));
    n += parts[parts.length - 1].length;
  };
  put("%PDF-1.4\n");
  objects.forEach((body, k) => {
    places.push(n);
    put(`${k + 1} 0 obj\n`);
    put(body);
    put("\nendobj\n");
  });
  const table = n, row = (at) => `${String(at).padStart(10, "0")} 00000 n \n`;
  put(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.map(row).join("")}`);
  put(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`);
  return Buffer.concat(parts);
};

// What another program says of it.
const pages = (pdf) => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "comity-scan-")), "scan.pdf");
  fs.writeFileSync(file, pdf);
  try {
    return Number(/^Pages:\s+(\d+)$/m.exec(execFileSync("pdfinfo", [file]).toString())[1]);
  } finally {
    fs.rmSync(path.dirname(file), { recursive: true });
  }
};

// ---- the work ---------------------------------------------------------------------------------

const bytesOf = async (page, name) => {
  const came = page.waitForEvent("download");
  await page.getByRole("link", { name }).first().click();
  return fs.readFileSync(await (await came).path());
};

const play = async (browser, there, pdf, scripts) => {
  const way = scripts ? "with scripts" : "without scripts";
  const number = scripts ? "PGO 12/26" : "PGO 13/26";
  const { page, hand, close } = await hands.person(browser, there.link(), scripts);
  const step = (says, good) => tap(`${way}: ${says}`, good ? [] : ["it is not so"]);
  const counted = (says) => {
    const did = hand.did.length;
    tap(`${way}: ${says} in at most ${MOST} interactions (${did})`,
        did && did <= MOST ? [] : [`it took ${did}: ${hand.did.join("; ")}`]);
  };
  try {
    await hand.follow(/^Register/);
    await hand.upload("Documents", { name: "scan.pdf", mimeType: "application/pdf", buffer: pdf });
    await hand.choose("How it came", "post");
    await hand.choose("Who sent it", "Lacunia, Office of the Prosecutor");
    await hand.fill("Their number", number);
    await hand.choose("What it asks for", "Expedited preservation of electronic data");
    await hand.press("Register it");
    await page.getByRole("status").filter({ hasText: "Registered." }).waitFor();
    counted("a six-page scan is registered");
    step("the page says from whom, and by which number",
         await page.getByRole("paragraph").filter({ hasText: "Lacunia, Office of the Prosecutor" })
           .count() > 0 &&
         await page.getByRole("definition").filter({ hasText: number }).count() === 1);
    step("what is kept is what was scanned, byte for byte",
         (await bytesOf(page, "scan.pdf")).equals(pdf));
    await hand.press("Open a dossier");
    await hand.fill("Brief summary of the facts", `A bank was robbed: ${number}.`);
    await hand.press("Open the dossier");
    await page.waitForURL("**/dossier/*");
    counted("and its dossier is opened");
    step("the dossier says what the paper said",
         await page.getByText(`A bank was robbed: ${number}.`).count() > 0);
    note(`${way}: ${hand.did.join("; ")}`);
  } catch (e) {
    const text = await page.locator("main").innerText().catch(() => "");
    tap(`${way}: the scan becomes a dossier`,
        [String(e.message).split("\n").slice(0, 4).join("\n"), `on ${page.url()}`, text]);
  }
  await close();
};

(async () => {
  try {
    const [pdf, other] = [scan(0), scan(1)]; // the same again would be a copy, and the node says so
    tap(`the scan has ${PAGES} pages and ${(pdf.length / 1e6).toFixed(1)} MB`,
        pages(pdf) === PAGES && pdf.length > 1e6 ? [] : ["it has not"]);
    const browser = await world.browser(), there = await node("XN");
    await play(browser, there, pdf, true);
    await play(browser, there, other, false);
    tap("the node ends as it should", (await there.stop()) === 0 ? [] : ["it did not"]);
  } catch (e) {
    tap("nothing breaks off", String(e.stack || e).split("\n").slice(0, 12).join("\n"));
  } finally {
    end();
    await world.stop();
  }
})();
