// SPDX-License-Identifier: Apache-2.0
// The story of the hospital at two real nodes, each as its processes, by two people who find what
// they press by its visible name and by nothing else: the alarm, acknowledged; the order, recorded;
// the data preserved, with the custodian's receipt; and until when, on both sides. With scripts and
// without. What the officer who is asked does is counted: a click, a fill, an upload is one each.
"use strict";

const { demo } = require("./demo");
const hands = require("./hand");
const { tap, note, end } = require("./tap");
const world = require("./world");

const MOST = 12;
const WAIT_MS = 60000;
const HEADING = /servers at 203\.0\.113\.21/;

// ---- what they see ----------------------------------------------------------------------------

// Waits until a page shows it: by itself where scripts run, else as often as it is looked at again.
const sees = async (page, there, scripts) => {
  if (scripts) return there.first().waitFor({ timeout: WAIT_MS });
  const late = Date.now() + WAIT_MS;
  while (!(await there.count())) {
    if (Date.now() > late) throw new Error(`never seen: ${there}`);
    await page.getByRole("link", { name: "Look again" }).click();
    await page.waitForLoadState("load");
  }
  return null;
};

// The line of a list that says all of this.
const line = (page, says) => page.locator("main").getByRole("listitem").filter({ hasText: says });
const until = "Data are preserved until";
const acknowledged = /Acknowledge receipt.*requested State/s;

// The day that stands in a line.
const day = async (item) => /\d{4}-\d\d-\d\d/.exec(await item.first().innerText())[0];

const receipt = { name: "receipt.pdf", mimeType: "application/pdf",
                  buffer: Buffer.from("%PDF-1.4\nWe keep both servers.\n%%EOF\n") };

// ---- the story --------------------------------------------------------------------------------

const play = async (browser, scripts) => {
  const way = scripts ? "with scripts" : "without scripts";
  const nodes = await demo();
  const leyla = await hands.person(browser, nodes.meridia, scripts);
  const marit = await hands.person(browser, nodes.norland, scripts);
  const step = (says, good) => tap(`${way}: ${says}`, good ? [] : ["it is not so"]);
  try {
    await marit.hand.follow(/^Sent/);
    await marit.page.getByRole("row").filter({ hasText: HEADING })
      .getByRole("link", { name: /^XN-CSB-/ }).click();
    await marit.page.getByRole("heading", { name: HEADING }).waitFor();
    step("the one who asks sees that nobody has acknowledged",
         await line(marit.page, acknowledged).count() === 0 &&
         await line(marit.page, until).count() === 0);

    const { page, hand } = leyla;
    const alarm = page.getByRole("region", { name: HEADING });
    await alarm.waitFor();
    step("the alarm stands on top", await alarm.getByText("nobody has it yet").count() === 1);
    await hand.press(/^Acknowledge receipt/);
    await page.getByRole("status").filter({ hasText: "Done: Acknowledge receipt" }).waitFor();
    await sees(marit.page, line(marit.page, acknowledged), scripts);
    step("the one who asks sees that a person has it", true);

    await hand.follow(/^Record the domestic preservation order/);
    await hand.fill("Authority that ordered", "Prosecutor on duty, Meridia");
    await hand.fill("Number of the order", "214/2026");
    await hand.press("Check the answers");
    step("the answers are shown before the signature",
         await page.locator("main").getByText("214/2026").count() === 1);
    await hand.press(/^Sign: Record/);
    await page.getByRole("status").filter({ hasText: "Done: Record" }).waitFor();

    await hand.follow(/^Preserve the data/);
    if (!(await page.getByLabel(/until/i).inputValue())) await hand.fill(/until/i, "2027-03-01");
    await hand.press("Check the answers");
    await hand.upload(/^Documents/, receipt);
    await hand.press(/^Sign: Preserve/);
    await page.getByRole("status").filter({ hasText: "Done: Preserve" }).waitFor();

    await sees(marit.page, line(marit.page, until), scripts);
    // One moment, each in its own zone: the days may differ by one.
    const days = [await day(line(page, until)), await day(line(marit.page, until))];
    step(`both sides show until when: ${days.join(" and ")}`,
         Math.abs(Date.parse(days[0]) - Date.parse(days[1])) <= 86400000);
    await marit.hand.follow(/^Documents/);
    step("the receipt has come to the one who asks",
         await marit.page.getByRole("link", { name: "receipt.pdf" }).count() === 1);
    await marit.hand.follow(/^Full log/);
    step("the domestic order stayed at home",
         await marit.page.locator("main").getByText("Prosecutor on duty").count() === 0 &&
         await marit.page.locator("main").getByText("domestic preservation order").count() === 0);

    note(`${way}: ${hand.did.length} interactions: ${hand.did.join("; ")}`);
    tap(`${way}: the officer asked needs at most ${MOST} interactions`,
        hand.did.length && hand.did.length <= MOST ? [] : [`it took ${hand.did.length}`]);
  } catch (e) {
    const text = await leyla.page.locator("main").innerText().catch(() => "");
    tap(`${way}: the story comes to its end`,
        [String(e.message).split("\n").slice(0, 4).join("\n"), `on ${leyla.page.url()}`, text]);
  }
  await leyla.close();
  await marit.close();
  tap(`${way}: an interrupt ends both nodes`, (await nodes.stop()) === 0 ? [] : ["it did not"]);
};

(async () => {
  try {
    const browser = await world.browser();
    await play(browser, true);
    await play(browser, false);
  } catch (e) {
    tap("nothing breaks off", String(e.stack || e).split("\n").slice(0, 12).join("\n"));
  } finally {
    end();
    await world.stop();
  }
})();
