// The page: takes a card's text from the camera, a picture or the keyboard, and says in words what it is worth.

import { kept, update } from "./keeping.js";
import { fromCamera, fromPicture, makeReady } from "./scanning.js";
import { verdict } from "./verdict.js";

const $ = (id) => document.getElementById(id);
const language = document.documentElement.lang === "en" ? "en-US" : "es-PE";
const days = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "America/Lima" });
const moments = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short", hourCycle: "h23", timeZone: "America/Lima" });
let stopCamera = null, lastText = "";

function fill(root, slot, text) {
  for (const place of root.querySelectorAll(`[data-slot="${slot}"]`)) place.textContent = text;
}

function keepIf(root, part, wanted) {
  if (!wanted) for (const place of root.querySelectorAll(`[data-part="${part}"]`)) place.remove();
}

async function decide(text) {
  lastText = text;
  const { keys, status } = await kept();
  show(await verdict(text, keys, status, Math.floor(Date.now() / 1000)));
}

function show(found) {
  const box = $("result");
  box.replaceChildren($(`outcome-${found.outcome}`).content.cloneNode(true));
  const since = found.since === null || found.since === undefined ? null : new Date(found.since * 1000);
  // A card that ended at midnight was good the day before.
  if (since) fill(box, "since", found.outcome === "expired" ? days.format(since - 1000) : moments.format(since));
  keepIf(box, "since", since !== null);
  keepIf(box, "no-since", since === null);
  if (found.claims) box.append(details(found.claims, found.outcome));
  box.dataset.outcome = found.outcome;
  box.hidden = false;
  box.focus();
  box.scrollIntoView({ block: "start" });
}

function details(claims, outcome) {
  const part = $("details").content.cloneNode(true);
  keepIf(part, "synthetic", claims.synthetic);
  fill(part, "name", claims.name);
  fill(part, "number", claims.number.replace(/^(.{4})(.{5})(.)$/, "$1-$2-$3"));
  fill(part, "document", claims.document ? `${claims.document[0].toUpperCase()} •••${claims.document[1]}` : "");
  keepIf(part, "document", claims.document !== null);
  fill(part, "issuer", claims.issuer);
  fill(part, "from", days.format(new Date(claims.issuedAt * 1000)));
  fill(part, "until", days.format(new Date(claims.expiresAt * 1000 - 1000)));
  fill(part, "photo", `${claims.photo.slice(0, 4)}-${claims.photo.slice(4, 8)}`);
  keepIf(part, "photo", claims.photo !== "");
  keepIf(part, "no-photo", claims.photo === "");
  const list = part.querySelector("[data-list]");
  for (const [scheme, since] of claims.registrations) {
    const row = $("registration").content.cloneNode(true);
    fill(row, "scheme", $("schemes").querySelector(`[data-code="${CSS.escape(scheme)}"]`)?.textContent ?? scheme);
    fill(row, "day", day(since));
    list.append(row);
  }
  part.firstElementChild.classList.add(`of-${outcome}`);
  return part;
}

function day(number) {
  const noon = new Date(Date.UTC(Math.floor(number / 10000), Math.floor(number / 100) % 100 - 1, number % 100, 17));
  return Number.isNaN(noon.getTime()) ? String(number) : days.format(noon);
}

async function showLists() {
  const { keys, status } = await kept();
  for (const state of ["none", "good", "old"]) $(`lists-${state}`).hidden = true;
  const old = status && status.expiresAt <= Date.now() / 1000;
  const shown = $(`lists-${!keys || !status ? "none" : old ? "old" : "good"}`);
  shown.hidden = false;
  if (keys) fill(shown, "keys", moments.format(new Date(keys.issuedAt * 1000)));
  if (status) fill(shown, "status", moments.format(new Date(status.issuedAt * 1000)));
}

async function refresh(trusted = false) {
  const said = $("update-said");
  said.textContent = "";
  const { state, keys } = await update(trusted);
  $("ask").hidden = state !== "ask";
  if (state === "ask") fill($("ask"), "ids", idsOf(keys));
  else said.textContent = $(`say-${state}`).textContent;
  await showLists();
  if (state === "updated" && lastText) await decide(lastText);
}

function idsOf(keyList) {
  const standing = [...keyList.keys.values()].filter((key) => key.revokedAt === null);
  return standing.map((key) => key.kid.match(/.{4}/g).join("-")).join(", ");
}

function complain(id) {
  $("problem").textContent = id ? $(id).textContent : "";
}

function endCamera() {
  stopCamera?.();
  stopCamera = null;
  $("camera").hidden = true;
}

async function startCamera() {
  complain("");
  if (stopCamera) return endCamera();
  $("camera").hidden = false;
  try {
    stopCamera = await fromCamera($("video"), (text) => {
      endCamera();
      decide(text);
    });
  } catch {
    endCamera();
    complain("say-no-camera");
  }
}

async function readPicture(file) {
  complain("");
  if (!file) return;
  const text = await fromPicture(file).catch(() => null);
  if (text) await decide(text);
  else complain("say-no-code");
}

function listen() {
  $("scan").addEventListener("click", startCamera);
  $("stop").addEventListener("click", endCamera);
  $("picture").addEventListener("change", (event) => readPicture(event.target.files[0]));
  $("typed").addEventListener("submit", (event) => {
    event.preventDefault();
    complain("");
    decide($("text").value);
  });
  $("update").addEventListener("click", () => refresh());
  $("trust").addEventListener("click", () => refresh(true));
  $("keep").addEventListener("click", () => ($("ask").hidden = true));
}

// Wait until the worker answers for this page, so that what is loaded from here on is kept for when there is no network.
async function underWorker() {
  if (!("serviceWorker" in navigator)) return;
  const taken = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
  await navigator.serviceWorker.register("/verify/worker.js", { scope: "/verify/" }).catch(() => {});
  if (!navigator.serviceWorker.controller) await Promise.race([taken, new Promise((resolve) => setTimeout(resolve, 10000))]);
}

async function begin() {
  if (!self.isSecureContext || !("DecompressionStream" in self) || !("caches" in self)) {
    $("too-old").hidden = false;
    return;
  }
  listen();
  $("tools").hidden = false;
  const controlled = underWorker();
  await showLists();
  await refresh();
  await controlled;
  await makeReady().catch(() => {});
  // A browser without Ed25519 needs the library for it, also later without a network.
  await crypto.subtle
    .importKey("raw", new Uint8Array(32), { name: "Ed25519" }, false, ["verify"])
    .catch((error) => error.name === "NotSupportedError" && import("./vendor/ed25519.js"));
  document.documentElement.dataset.ready = "yes";
}

begin();
