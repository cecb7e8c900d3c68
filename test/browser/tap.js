// SPDX-License-Identifier: Apache-2.0
// Counts results and prints them in TAP. One that breaks off, or that ran nothing, has failed.
"use strict";

let n = 0, bad = 0, ended = false;

// Passes when there are no findings, and prints them otherwise.
exports.tap = (says, findings) => {
  const list = [].concat(findings || []);
  n++;
  if (list.length) bad++;
  console.log(`${list.length ? "not ok" : "ok"} ${n} - ${says}`);
  for (const line of list) console.log(String(line).replace(/^/gm, "# "));
};
exports.note = (text) => console.log(`# ${text}`);

exports.end = () => {
  ended = true;
  if (!n) exports.tap("something was tested", "nothing ran");
  console.log(`1..${n}`);
  process.exitCode = bad ? 1 : 0;
};

process.on("exit", () => {
  if (ended) return;
  exports.tap("the test came to its end", "it broke off");
  console.log(`1..${n}`);
  process.exitCode = 1;
});
