// The lists as this device keeps them, and how they are updated. Nothing is sent: no card, no cookie.

import { goesOn, readKeys, readStatus } from "./lists.js";

const SHELF = "pallaq-lists", KEYS = "/verify/keys.cbor", STATUS = "/verify/status.cbor";

export async function kept() {
  const keys = await readOr(null, KEYS, readKeys);
  const status = keys && (await readOr(null, STATUS, (data) => readStatus(data, keys)));
  return { keys, status };
}

async function readOr(otherwise, address, read) {
  const answer = await (await caches.open(SHELF)).match(address);
  if (!answer) return otherwise;
  try {
    return await read(new Uint8Array(await answer.arrayBuffer()));
  } catch {
    return otherwise;
  }
}

// Fetch both lists. Returns {state, keys}: "updated", "no-network", "refused" (what came is not right), or "ask": no key
// that this device knows vouches for the new ones, and a person decides (`trusted`).
export async function update(trusted = false) {
  let keyBytes, statusBytes;
  try {
    [keyBytes, statusBytes] = await Promise.all([fetched(KEYS), fetched(STATUS)]);
  } catch {
    return { state: "no-network" };
  }
  try {
    const known = (await kept()).keys, fresh = await readKeys(keyBytes);
    if (known && fresh.issuedAt < known.issuedAt) return { state: "refused" };
    if (!trusted && !goesOn(fresh, known)) return { state: "ask", keys: fresh };
    await keep(KEYS, keyBytes);
    const old = (await kept()).status, status = await readStatus(statusBytes, fresh);
    if (old && status.issuedAt < old.issuedAt) return { state: "refused" };
    await keep(STATUS, statusBytes);
  } catch {
    return { state: "refused" };
  }
  return { state: "updated" };
}

async function fetched(address) {
  const answer = await fetch(address, { credentials: "omit", cache: "no-cache" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

async function keep(address, bytes) {
  await (await caches.open(SHELF)).put(address, new Response(bytes));
}
