// Signed bytes: COSE_Sign1 with Ed25519, and a card's text: "PQ1:", base45, zlib. rules/tokens.py does the same.

import { Malformed, check, decode } from "./cbor.js";

export const PREFIX = "PQ1:";
const LONGEST_TEXT = 4296, LARGEST_TOKEN = 4096;
const SIGN1 = 0xd2, ALGORITHM = 1, KEY_ID = 4, EDDSA = -8;
const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

export class NotPallaq extends Error {}

export async function unpacked(typed) {
  const text = typed.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  if (!text.startsWith(PREFIX)) throw new NotPallaq();
  check(text.length <= LONGEST_TEXT, "too long");
  return inflated(base45(text.slice(PREFIX.length)), LARGEST_TOKEN);
}

export function base45(text) {
  check(text.length % 3 !== 1, "not base45");
  const bytes = [];
  for (let at = 0; at < text.length; at += 3) {
    const three = [...text.slice(at, at + 3)].map((letter) => LETTERS.indexOf(letter));
    check(!three.includes(-1) && three.length >= 2, "not base45");
    const number = three[0] + three[1] * 45 + (three[2] ?? 0) * 2025;
    check(number <= (three.length === 3 ? 65535 : 255), "not base45");
    if (three.length === 3) bytes.push(number >> 8);
    bytes.push(number & 255);
  }
  return Uint8Array.from(bytes);
}

// What was compressed, all of it and nothing after it; a stream that grows past the limit is stopped.
export async function inflated(squeezed, limit) {
  const reader = new Blob([squeezed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const parts = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > limit) break;
      parts.push(value);
    }
  } catch {
    throw new Malformed("not compressed as cards are");
  }
  if (size > limit) {
    reader.cancel().catch(() => {});
    throw new Malformed("too large");
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

// Signed bytes taken apart: nothing of it is true before its signature was checked.
export function opened(data) {
  check(data[0] === SIGN1, "not signed as cards are");
  const parts = decode(data.subarray(1));
  check(Array.isArray(parts) && parts.length === 4 && parts[1] instanceof Map && parts[1].size === 0, "not signed as cards are");
  const [protectedBytes, , payload, signature] = parts;
  check([protectedBytes, payload, signature].every((part) => part instanceof Uint8Array), "not signed as cards are");
  const header = decode(protectedBytes);
  check(header instanceof Map && hasOnly(header, [ALGORITHM, KEY_ID]), "not signed as cards are");
  const kid = header.get(KEY_ID);
  check(header.get(ALGORITHM) === EDDSA && kid instanceof Uint8Array && kid.length === 8, "not signed as cards are");
  check(signature.length === 64, "not signed as cards are");
  return { kid: hex(kid), protectedBytes, payload, signature };
}

export function hasOnly(map, must, may = []) {
  return must.every((key) => map.has(key)) && [...map.keys()].every((key) => must.includes(key) || may.includes(key));
}

export function hex(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Whether the signature is the key's: by the browser itself, or by a library where it has no Ed25519.
export async function signedBy(token, publicKey) {
  const signed = signatureInput(token);
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, key, token.signature, signed);
  } catch {
    return signedByLibrary(token, publicKey, signed);
  }
}

export async function signedByLibrary(token, publicKey, signed = signatureInput(token)) {
  const { verifyAsync } = await import("./vendor/ed25519.js");
  return verifyAsync(token.signature, signed, publicKey, { zip215: false }).catch(() => false);
}

// Sig_structure of RFC 9052: ["Signature1", protected, h'', payload]. Payloads may be large: no bytes spread on the stack.
function signatureInput({ protectedBytes, payload }) {
  const before = [0x84, 0x6a, ...new TextEncoder().encode("Signature1"), ...stringHead(protectedBytes.length)];
  const between = [0x40, ...stringHead(payload.length)];
  const whole = new Uint8Array(before.length + protectedBytes.length + between.length + payload.length);
  whole.set(before, 0);
  whole.set(protectedBytes, before.length);
  whole.set(between, before.length + protectedBytes.length);
  whole.set(payload, before.length + protectedBytes.length + between.length);
  return whole;
}

function stringHead(length) {
  if (length < 24) return [0x40 | length];
  if (length < 256) return [0x58, length];
  if (length < 65536) return [0x59, length >> 8, length & 255];
  return [0x5a, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255];
}
