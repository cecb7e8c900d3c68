// SPDX-License-Identifier: Apache-2.0
// Chance from a seed that is printed (SEED), so that each run can be had again.
"use strict";

const seed = Number(process.env.SEED || 20261126);
let state = seed >>> 0;

// mulberry32
const next = () => {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

exports.seed = seed;
// n of the list, each at most once, in the order of the list.
exports.some = (list, n) => {
  const left = list.map((value, at) => ({ value, at, key: next() }));
  left.sort((a, b) => a.key - b.key);
  return left.slice(0, n).sort((a, b) => a.at - b.at).map((one) => one.value);
};
