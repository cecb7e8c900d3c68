// SPDX-License-Identifier: Apache-2.0
// A real node of one State, as its processes, with pages for browsers.
"use strict";

const { execFileSync, spawn } = require("child_process");
const fs = require("fs");
const net = require("net");
const os = require("os");
const path = require("path");

const PROGRAM = process.env.COMITY || "build/test/comity";
const WAIT_MS = 60000;

const port = () => new Promise((done, failed) => {
  const server = net.createServer();
  server.once("error", failed);
  server.listen(0, "127.0.0.1", () => {
    const free = server.address().port;
    server.close(() => done(free));
  });
});

// Made, started and answering; `link` gives a link that lets an officer in once.
exports.node = async (state) => {
  const place = fs.mkdtempSync(path.join(os.tmpdir(), "comity-node-"));
  const folder = path.join(place, state.toLowerCase());
  const run = (...args) => execFileSync(PROGRAM, ["-C", folder, ...args]).toString();
  const pages = `${state.toLowerCase()}.localhost:${await port()}`;
  run("init", "--state", state, "--port", String(await port()), "--pages", pages, "--json");
  const child = spawn(PROGRAM, ["-C", folder, "serve"],
                      { stdio: ["ignore", "pipe", fs.openSync(path.join(place, "log"), "w")] });
  const ended = new Promise((done) => child.once("exit", done));
  process.on("exit", () => child.exitCode === null && child.kill());
  await new Promise((done, failed) => {
    const late = setTimeout(() => failed(new Error("the node did not start")), WAIT_MS);
    child.stdout.once("data", () => {
      clearTimeout(late);
      done();
    });
    child.once("exit", (code) => failed(new Error(`the node ended with ${code}`)));
  });
  return { origin: `http://${pages}`,
           link: (officer = "o-1") => JSON.parse(run("user", "link", officer, "--json")).enter,
           stop: async () => {
             child.kill();
             const code = await ended;
             fs.rmSync(place, { recursive: true });
             return code;
           } };
};
