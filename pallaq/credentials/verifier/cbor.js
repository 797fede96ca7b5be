// The part of CBOR that cards and lists are written in, read strictly; rules/cbor.py reads the same part.
// Numbers to 2^53, bytes, texts, arrays, maps whose keys are numbers or texts. Anything else is malformed.

const DEEPEST = 6;
const UNSIGNED = 0, NEGATIVE = 1, BYTES = 2, TEXT = 3, ARRAY = 4, MAP = 5;

export class Malformed extends Error {}

export function check(right, what) {
  if (!right) throw new Malformed(what);
}

// Maps come as Map, bytes as Uint8Array.
export function decode(data) {
  const [value, end] = read(data, 0, DEEPEST);
  check(end === data.length, "bytes are left over");
  return value;
}

function read(data, start, depth) {
  check(depth > 0, "nested too deep");
  const [major, number, at] = readHead(data, start);
  if (major === UNSIGNED) return [number, at];
  if (major === NEGATIVE) return [-1 - number, at];
  check(number <= data.length - at, "it ends too early");
  if (major === BYTES) return [data.slice(at, at + number), at + number];
  if (major === TEXT) return [readText(data.subarray(at, at + number)), at + number];
  return major === ARRAY ? readArray(data, at, number, depth) : readMap(data, at, number, depth);
}

function readHead(data, start) {
  check(start < data.length, "it ends too early");
  const major = data[start] >> 5, short = data[start] & 31;
  check(major <= MAP && short <= 27, "a kind of value that is not used here");
  if (short < 24) return [major, short, start + 1];
  const size = 1 << (short - 24), at = start + 1;
  check(at + size <= data.length, "it ends too early");
  let number = 0;
  for (let place = at; place < at + size; place += 1) number = number * 256 + data[place];
  const least = size === 1 ? 24 : 2 ** (4 * size);
  check(number >= least && number <= Number.MAX_SAFE_INTEGER, "a number is longer than it must be, or too large");
  return [major, number, at + size];
}

function readText(data) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw new Malformed("a text is not UTF-8");
  }
}

function readArray(data, start, count, depth) {
  const items = [];
  let at = start;
  for (let place = 0; place < count; place += 1) {
    const [item, end] = read(data, at, depth - 1);
    items.push(item);
    at = end;
  }
  return [items, at];
}

function readMap(data, start, count, depth) {
  const found = new Map();
  let at = start;
  for (let place = 0; place < count; place += 1) {
    const [key, middle] = read(data, at, depth - 1);
    check((typeof key === "number" || typeof key === "string") && !found.has(key), "a key is twice, or of another kind");
    const [value, end] = read(data, middle, depth - 1);
    found.set(key, value);
    at = end;
  }
  return [found, at];
}
