// What a card is worth, decided without a network. rules/verifying.py decides the same; vectors hold the two together.

import { Malformed, check, decode } from "./cbor.js";
import { isRevoked, text, whole } from "./lists.js";
import { NotPallaq, hasOnly, hex, opened, signedBy, unpacked } from "./tokens.js";

const AHEAD = 600; // seconds by which the clock that signed may be before the one that reads
const ISSUER = 1, EXPIRES = 4, ISSUED = 6, SERIAL = 7, CARD = -65537;
const NUMBER = 1, NAME = 2, DOCUMENT = 3, REGISTRATIONS = 4, PHOTO = 5, INDEX = 6, SYNTHETIC = 7;

export async function verdict(typed, keyList, status, now) {
  let token;
  try {
    token = opened(await unpacked(typed));
  } catch (error) {
    return named(error);
  }
  const key = keyList?.keys.get(token.kid);
  if (!key) return { outcome: "unknown-key" };
  if (!(await signedBy(token, key.publicKey))) return { outcome: "forged" };
  try {
    // A clock that is behind the lists is taken to be at them.
    return ofClaims(readClaims(token.payload), key, status, Math.max(now, keyList.issuedAt, status?.issuedAt ?? 0));
  } catch (error) {
    return named(error);
  }
}

function named(error) {
  if (error instanceof NotPallaq) return { outcome: "not-pallaq" };
  if (error instanceof Malformed) return { outcome: "unreadable" };
  throw error;
}

// The gravest thing first.
function ofClaims(claims, key, status, now) {
  const found = (outcome, since) => ({ outcome, claims, key, since });
  const revoked = status ? isRevoked(status, claims.index) : null;
  if (key.revokedAt !== null) return found("key-withdrawn", key.revokedAt);
  if (revoked && claims.expiresAt > now) return found("revoked", status.issuedAt);
  if (claims.expiresAt <= now) return found("expired", claims.expiresAt);
  if (claims.issuedAt > now + AHEAD) return found("not-yet", claims.issuedAt);
  if (revoked === null || status.expiresAt <= now) return found("stale", status?.issuedAt ?? null);
  return found("valid", status.issuedAt);
}

export function readClaims(payload) {
  const claims = decode(payload);
  check(claims instanceof Map && hasOnly(claims, [ISSUER, EXPIRES, ISSUED, SERIAL, CARD]), "not a card's claims");
  const card = claims.get(CARD), serial = claims.get(SERIAL);
  check(card instanceof Map && hasOnly(card, [NUMBER, NAME, REGISTRATIONS, INDEX], [DOCUMENT, PHOTO, SYNTHETIC]), "not a card's claims");
  const photo = card.get(PHOTO) ?? new Uint8Array();
  check(photo instanceof Uint8Array && [0, 16].includes(photo.length), "not a card's claims");
  check(serial instanceof Uint8Array && serial.length === 8 && (card.get(SYNTHETIC) ?? 1) === 1, "not a card's claims");
  return {
    issuer: text(claims.get(ISSUER)),
    issuedAt: whole(claims.get(ISSUED)),
    expiresAt: whole(claims.get(EXPIRES)),
    number: text(card.get(NUMBER)),
    name: text(card.get(NAME)),
    registrations: pairs(card.get(REGISTRATIONS)).map(([scheme, since]) => [text(scheme), whole(since)]),
    index: whole(card.get(INDEX)),
    document: card.has(DOCUMENT) ? pairs([card.get(DOCUMENT)])[0].map(text) : null,
    photo: hex(photo),
    synthetic: card.has(SYNTHETIC),
  };
}

function pairs(value) {
  check(Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2), "not pairs");
  return value;
}
