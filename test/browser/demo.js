// SPDX-License-Identifier: Apache-2.0
// Two real nodes, each as its processes, for tests that people play at them.
"use strict";

const { spawn } = require("child_process");

const WAIT_MS = 60000;

// `comity demo --live` and what it says; ends with an interrupt, as people end it.
exports.demo = async () => {
  const program = process.env.COMITY || "build/test/comity";
  const child = spawn(program, ["demo", "--live"], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "", gone = false;
  const ended = new Promise((done) => child.once("exit", (code) => {
    gone = true;
    done(code);
  }));
  process.on("exit", () => gone || child.kill("SIGINT"));
  const until = (wanted) => new Promise((done, failed) => {
    const late = setTimeout(() => failed(new Error(`the demo never said ${wanted}`)), WAIT_MS);
    const look = () => {
      if (!wanted.test(said)) return;
      clearTimeout(late);
      done();
    };
    child.stdout.on("data", look);
    child.once("exit", () => failed(new Error(`the demo ended: ${said}`)));
    look();
  });
  child.stdout.on("data", (data) => {
    said += data;
  });
  await until(/Ctrl-C/);
  const link = (state) => new RegExp(`http://${state}\\.localhost:\\d+/enter/\\w+`).exec(said)[0];
  return { meridia: link("meridia"), norland: link("norland"),
           stop: () => {
             child.kill("SIGINT");
             return ended;
           } };
};
