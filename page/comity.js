/* SPDX-License-Identifier: Apache-2.0 */
/* For pages that are complete without it: clocks that run, changes that appear, Ctrl K, and the
 * digest of a file that stays on its computer. Nothing is written as HTML here; a page is fetched
 * as a document and its main part takes the old one's place. */
(() => {
  "use strict";
  const root = document.documentElement;
  const skew = Date.parse(root.dataset.now) - Date.now();
  const two = (n) => String(Math.floor(n)).padStart(2, "0");
  const all = (what) => document.querySelectorAll(what);

  /* ---- clocks ---- */
  const tick = () => {
    const now = Date.now() + skew;
    for (const e of all("time.js-cd")) {
      let s = (Date.parse(e.dateTime) - now) / 1000;
      const sign = s < 0 ? "\u2212" : "";
      s = Math.abs(s);
      e.textContent = sign + two(s / 3600) + ":" + two((s / 60) % 60) + ":" + two(s % 60);
    }
    for (const e of all("time.js-utc")) e.textContent = new Date(now).toISOString().slice(11, 19);
    for (const e of all("time.js-here")) {
      const began = Date.parse(e.dateTime);
      const at = e.dataset.at || (e.dataset.at = e.textContent.trim());
      const minutes = Number(at.slice(0, 2)) * 60 + Number(at.slice(3, 5));
      const passed = Math.floor(now / 60000) - Math.floor(began / 60000);
      const m = (((minutes + passed) % 1440) + 1440) % 1440;
      e.textContent = two(m / 60) + ":" + two(m % 60);
    }
  };
  setInterval(tick, 1000);
  tick();

  /* ---- Ctrl K ---- */
  addEventListener("keydown", (e) => {
    if (!(e.ctrlKey || e.metaKey) || e.key.toLowerCase() !== "k") return;
    const q = document.getElementById("q");
    if (!q) return;
    e.preventDefault();
    q.focus();
    q.select();
  });

  /* ---- an error summary is where reading begins ---- */
  const errors = document.querySelector(".errors");
  if (errors) errors.focus();

  /* ---- live pages ---- */
  const live = document.querySelector("[data-live]");
  let waits = 0;
  const busy = () => {
    const a = document.activeElement;
    return a && a.closest && a.closest("#main form") && /^(INPUT|TEXTAREA|SELECT)$/.test(a.tagName);
  };
  const refresh = () => {
    waits = 0;
    if (busy()) return;
    const x = new XMLHttpRequest();
    x.open("GET", location.pathname + location.search.replace(/([?&])done=[^&]*/, "$1"));
    x.responseType = "document";
    x.onload = () => {
      const fresh = x.status === 200 && x.response && x.response.querySelector("[data-live]");
      const old = document.querySelector("[data-live]");
      if (!fresh || !old || busy()) return;
      const id = document.activeElement && document.activeElement.id;
      const href = document.activeElement && document.activeElement.getAttribute("href");
      old.replaceWith(document.adoptNode(fresh));
      const nav = x.response.querySelector("nav.rail");
      const rail = document.querySelector("nav.rail");
      if (nav && rail) rail.replaceWith(document.adoptNode(nav));
      const again = id ? document.getElementById(id)
                       : href && [...all("#main a")].find((a) => a.getAttribute("href") === href);
      if (again) again.focus({ preventScroll: true });
      title();
      tick();
    };
    x.send();
  };
  const plain = document.title;
  const title = () => {
    const cd = document.querySelector(".alert time.cd");
    document.title = cd ? "(!) " + cd.textContent + " " + plain : plain;
  };
  if (live && window.EventSource) {
    const events = new EventSource("/events?after=" + live.dataset.after);
    const ours = live.dataset.ref;
    events.addEventListener("change", (e) => {
      let ref = "";
      try { ref = JSON.parse(e.data).ref; } catch { return; }
      if (ours && ref !== ours) return;
      if (!waits) waits = setTimeout(refresh, 200);
    });
    events.addEventListener("ended", () => events.close());
    title();
  }

  /* ---- passkeys ---- */
  const bytes = (s) => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")),
    (c) => c.charCodeAt(0));
  const text = (b) => btoa(String.fromCharCode(...new Uint8Array(b)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const made = async (said) => {
    const key = await navigator.credentials.create({ publicKey: {
      challenge: bytes(said.challenge), rp: { id: said.rp_id, name: said.rp_name },
      user: { id: bytes(said.user_id), name: said.user_name, displayName: said.user_name },
      pubKeyCredParams: [{ type: "public-key", alg: -7 }],
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      excludeCredentials: said.exclude.map((id) => ({ type: "public-key", id: bytes(id) })),
    } });
    return { client_data: text(key.response.clientDataJSON),
      authenticator_data: text(key.response.getAuthenticatorData()) };
  };
  const used = async (said) => {
    const key = await navigator.credentials.get({ publicKey: {
      challenge: bytes(said.challenge), rpId: said.rp_id, userVerification: "required",
    } });
    return { passkey: text(key.rawId), client_data: text(key.response.clientDataJSON),
      authenticator_data: text(key.response.authenticatorData),
      signature: text(key.response.signature) };
  };
  for (const f of all("form.js-passkey")) {
    if (!window.PublicKeyCredential) continue;
    f.hidden = false;
    f.addEventListener("submit", async (e) => {
      e.preventDefault();
      const status = f.querySelector("[role=status]");
      try {
        const said = await (await fetch(f.dataset.challenge, { method: "POST" })).json();
        const fields = await (f.dataset.makes ? made : used)(said);
        for (const [name, value] of Object.entries(fields)) f.elements[name].value = value;
        f.submit();
      } catch {
        status.textContent = status.dataset.failed;
      }
    });
  }

  /* ---- the digest of a file ---- */
  const form = document.querySelector("form.js-verify");
  if (form && window.crypto && crypto.subtle) {
    for (const e of form.querySelectorAll(".js-only")) e.hidden = false;
    const says = form.querySelector(".js-progress");
    form.querySelector("#file").addEventListener("change", async (e) => {
      const file = e.target.files[0];
      if (!file) return;
      says.textContent = says.dataset.reading;
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
      form.querySelector("#sha256").value =
        [...digest].map((b) => b.toString(16).padStart(2, "0")).join("");
      says.textContent = says.dataset.done;
    });
  }
})();
