/** The names that any pickle may ask for: containers, numbers, text and bytes of Python's own. */
import { malformed } from "./file-bytes.ts";
import type { Construct } from "./pickle.ts";
import { type Budget, spend } from "./strided-elements.ts";

/** For one pickle: `budget` bounds the bytes that it can have made out of text. */
export function containerNames(budget: Budget): Map<string, Construct> {
  const names = new Map<string, Construct>([
    ["collections.OrderedDict", ([items]) => dictionary(items)],
    ["collections.Counter", ([items]) => dictionary(items)],
    ["collections.defaultdict", ([, items]) => dictionary(items)],
    ["_codecs.encode", ([text, codec]) => encoded(text, codec, budget)],
  ]);
  // Python 3 calls them `builtins`; pickles of protocol 2 say it as Python 2 does.
  for (const module of ["builtins", "__builtin__"]) {
    names.set(`${module}.dict`, ([items]) => dictionary(items));
    for (const set of ["set", "frozenset"]) {
      names.set(`${module}.${set}`, ([items]) => new Set(listOf(items)));
    }
    for (const list of ["list", "tuple"])
      names.set(`${module}.${list}`, ([items]) => listOf(items));
    names.set(`${module}.bytearray`, ([text, codec]) => bytesOf(text, codec, budget));
    names.set(`${module}.bytes`, ([text, codec]) => bytesOf(text, codec, budget));
    // Named as what a defaultdict makes; called, they would be empty.
    for (const [name, empty] of Object.entries({ int: 0, float: 0, str: "", bool: false })) {
      names.set(`${module}.${name}`, () => empty);
    }
  }
  return names;
}

function dictionary(items: unknown): Map<unknown, unknown> {
  if (items instanceof Map) return new Map(items);
  const made = new Map<unknown, unknown>();
  for (const pair of listOf(items)) {
    if (!Array.isArray(pair)) throw malformed("its pickle is damaged: a dictionary without keys");
    made.set(pair[0], pair[1]);
  }
  return made;
}

function listOf(items: unknown): unknown[] {
  if (items === undefined) return [];
  if (items instanceof Set || Array.isArray(items)) return [...items];
  throw malformed("its pickle is damaged: a container is made of what is none");
}

function bytesOf(text: unknown, codec: unknown, budget: Budget): Uint8Array {
  if (text === undefined) return new Uint8Array(0);
  return text instanceof Uint8Array ? text : encoded(text, codec, budget);
}

/** How protocol 2 writes bytes: as text of the same codes. */
function encoded(text: unknown, codec: unknown, budget: Budget): Uint8Array {
  if (typeof text !== "string" || (codec !== "latin1" && codec !== "latin-1")) {
    throw malformed(`its pickle is damaged: expected bytes as latin1, got ${String(codec)}`);
  }
  spend(budget, text.length);
  return Buffer.from(text, "latin1");
}
