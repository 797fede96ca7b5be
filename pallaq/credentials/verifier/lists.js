// The two lists that a verifier keeps: keys, and which cards are revoked. rules/lists.py reads the same.

import { check, decode } from "./cbor.js";
import { hasOnly, hex, inflated, opened, signedBy } from "./tokens.js";

const ISSUED = 6, EXPIRES = 4, STATUS = 65533, KEYS = -65538;
const KID = 1, PUBLIC = 2, ISSUER = 3, FROM = 4, RETIRED = 5, REVOKED = 6, SYNTHETIC = 7;
const LARGEST_LIST = 2 ** 24 / 8;

// A list of keys whose every signature is by a key that it names and does not withdraw.
export async function readKeys(data) {
  const tokens = decode(data);
  check(Array.isArray(tokens) && tokens.length > 0 && tokens.every((token) => token instanceof Uint8Array), "not a list of keys");
  const read = tokens.map(opened);
  check(new Set(read.map((token) => hex(token.payload))).size === 1, "not a list of keys");
  const claims = decode(read[0].payload);
  check(claims instanceof Map && hasOnly(claims, [ISSUED, KEYS]) && Array.isArray(claims.get(KEYS)), "not a list of keys");
  const keys = new Map(claims.get(KEYS).map(readKey).map((key) => [key.kid, key]));
  for (const token of read) check(await counts(token, keys), "signed by no key that counts");
  return { issuedAt: whole(claims.get(ISSUED)), keys, signers: read.map((token) => token.kid) };
}

async function counts(token, keys) {
  const key = keys.get(token.kid);
  return Boolean(key) && key.revokedAt === null && (await signedBy(token, key.publicKey));
}

function readKey(value) {
  check(value instanceof Map && hasOnly(value, [KID, PUBLIC, ISSUER, FROM], [RETIRED, REVOKED, SYNTHETIC]), "not a key");
  const kid = value.get(KID), publicKey = value.get(PUBLIC);
  check(kid instanceof Uint8Array && publicKey instanceof Uint8Array && publicKey.length === 32, "not a key");
  return {
    kid: hex(kid),
    publicKey,
    issuer: text(value.get(ISSUER)),
    activeFrom: whole(value.get(FROM)),
    retiredAt: value.has(RETIRED) ? whole(value.get(RETIRED)) : null,
    revokedAt: value.has(REVOKED) ? whole(value.get(REVOKED)) : null,
    synthetic: value.has(SYNTHETIC),
  };
}

// Whether a key that was trusted before vouches for the new list; the first list of all is trusted as it comes.
export function goesOn(fresh, known) {
  if (!known) return true;
  return fresh.signers.some((kid) => {
    const old = known.keys.get(kid);
    return Boolean(old) && old.revokedAt === null && hex(old.publicKey) === hex(fresh.keys.get(kid).publicKey);
  });
}

// A status list that a key signed which is known and was not withdrawn.
export async function readStatus(data, keyList) {
  const token = opened(data);
  check(await counts(token, keyList.keys), "signed by no key that counts");
  const claims = decode(token.payload);
  check(claims instanceof Map && hasOnly(claims, [ISSUED, EXPIRES, STATUS]), "not a status list");
  const inner = claims.get(STATUS);
  check(inner instanceof Map && hasOnly(inner, ["bits", "lst"]) && inner.get("bits") === 1, "not a status list");
  check(inner.get("lst") instanceof Uint8Array, "not a status list");
  const bits = await inflated(inner.get("lst"), LARGEST_LIST);
  return { issuedAt: whole(claims.get(ISSUED)), expiresAt: whole(claims.get(EXPIRES)), bits };
}

// Whether the card at a place is revoked; null if the list has no such place.
export function isRevoked(status, index) {
  if (index >= status.bits.length * 8) return null;
  return Boolean((status.bits[Math.floor(index / 8)] >> (index % 8)) & 1);
}

export function text(value) {
  check(typeof value === "string", "not a text");
  return value;
}

export function whole(value) {
  check(typeof value === "number" && value >= 0, "not a number");
  return value;
}
