/**
 * Python's pickle, protocols 2 to 5, without Python: a machine with a stack that makes what its
 * instructions say (source: CPython's Lib/pickletools.py, which documents every instruction).
 *
 * A pickle can call any function by its name. This machine knows no function but those it is
 * given, and stops at the first other name, before anything was done with it. A tuple becomes an
 * array, as a list does; a dictionary a Map; text of Python 2, which is bytes, becomes text of
 * the same codes (latin1).
 */
import { malformed } from "./file-bytes.ts";

export type Construct = (args: readonly unknown[]) => unknown;

export interface PickleRules {
  /** What may be called, by qualified name, as `collections.OrderedDict`. */
  readonly names: ReadonlyMap<string, Construct>;
  /** What stands for an object that the pickle leaves to its surroundings. */
  readonly persistent: (id: unknown) => unknown;
}

/** A name from the allow-list, before it is called or where it is a value itself. */
export class PickledName {
  readonly name: string;
  readonly construct: Construct;

  constructor(name: string, construct: Construct) {
    this.name = name;
    this.construct = construct;
  }
}

/** What takes a state after it was made (Python's `__setstate__`). */
export abstract class Stateful {
  abstract setState(state: unknown): void;
}

/**
 * The object that a pickle from `start` on describes, and the place behind it.
 *
 * @throws TorchError `checkpoint` for a pickle that is not whole, and for a name that is not allowed.
 */
export function unpickle(
  bytes: Buffer,
  start: number,
  rules: PickleRules,
): { value: unknown; end: number } {
  const machine: Machine = { bytes, place: start, stack: [], outer: [], memo: new Map(), rules };
  for (;;) {
    const code = byte(machine);
    if (code === STOP) return { value: pop(machine), end: machine.place };
    const instruction = instructions.get(code);
    if (instruction === undefined) {
      throw corrupt(machine, `there is no instruction 0x${code.toString(16)} in protocols 2 to 5`);
    }
    instruction(machine);
  }
}

interface Machine {
  readonly bytes: Buffer;
  place: number;
  /** Values since the last mark. */
  stack: unknown[];
  /** The values before each mark. */
  readonly outer: unknown[][];
  readonly memo: Map<number, unknown>;
  readonly rules: PickleRules;
}

const STOP = ".".charCodeAt(0);
const LARGEST_INTEGER_BYTES = 1024;

type Instruction = (machine: Machine) => void;

const instructions: ReadonlyMap<number, Instruction> = new Map(
  (
    [
      // Structure
      ["\x80", (m) => checkProtocol(m, byte(m))],
      ["\x95", (m) => skip(m, long(m))],
      ["(", mark],
      ["0", (m) => pop(m)],
      ["1", (m) => popMark(m)],
      ["2", (m) => push(m, top(m))],
      // The memo
      ["q", (m) => m.memo.set(byte(m), top(m))],
      ["r", (m) => m.memo.set(unsigned(m), top(m))],
      ["\x94", (m) => m.memo.set(m.memo.size, top(m))],
      ["h", (m) => push(m, remembered(m, byte(m)))],
      ["j", (m) => push(m, remembered(m, unsigned(m)))],
      // Constants and numbers
      ["N", (m) => push(m, null)],
      ["\x88", (m) => push(m, true)],
      ["\x89", (m) => push(m, false)],
      ["J", (m) => push(m, take(m, 4).readInt32LE())],
      ["K", (m) => push(m, byte(m))],
      ["M", (m) => push(m, take(m, 2).readUInt16LE())],
      ["\x8a", (m) => push(m, integer(m, byte(m)))],
      ["\x8b", (m) => push(m, integer(m, unsigned(m)))],
      ["G", (m) => push(m, take(m, 8).readDoubleBE())],
      // Text and bytes
      ["X", (m) => push(m, take(m, unsigned(m)).toString("utf8"))],
      ["\x8c", (m) => push(m, take(m, byte(m)).toString("utf8"))],
      ["\x8d", (m) => push(m, take(m, long(m)).toString("utf8"))],
      ["T", (m) => push(m, take(m, unsigned(m)).toString("latin1"))],
      ["U", (m) => push(m, take(m, byte(m)).toString("latin1"))],
      ["B", (m) => push(m, take(m, unsigned(m)))],
      ["C", (m) => push(m, take(m, byte(m)))],
      ["\x8e", (m) => push(m, take(m, long(m)))],
      ["\x96", (m) => push(m, take(m, long(m)))],
      // Containers
      [")", (m) => push(m, [])],
      ["\x85", (m) => push(m, popMany(m, 1))],
      ["\x86", (m) => push(m, popMany(m, 2))],
      ["\x87", (m) => push(m, popMany(m, 3))],
      ["t", (m) => push(m, popMark(m))],
      ["]", (m) => push(m, [])],
      ["l", (m) => push(m, popMark(m))],
      ["a", (m) => append(m, popMany(m, 1))],
      ["e", (m) => append(m, popMark(m))],
      ["}", (m) => push(m, new Map())],
      ["d", (m) => push(m, put(m, new Map(), popMark(m)))],
      ["s", (m) => setItems(m, popMany(m, 2))],
      ["u", (m) => setItems(m, popMark(m))],
      ["\x8f", (m) => push(m, new Set())],
      ["\x90", (m) => addAll(m, popMark(m))],
      ["\x91", (m) => push(m, new Set(popMark(m)))],
      // Objects
      ["c", (m) => push(m, allowed(m, `${line(m)}.${line(m)}`))],
      ["\x93", (m) => push(m, allowed(m, popMany(m, 2).map(String).join(".")))],
      ["R", construct],
      ["\x81", construct],
      ["b", setState],
      ["Q", (m) => push(m, m.rules.persistent(pop(m)))],
    ] satisfies [string, Instruction][]
  ).map(([character, instruction]) => [character.charCodeAt(0), instruction]),
);

function checkProtocol(machine: Machine, protocol: number): void {
  if (protocol < 2 || protocol > 5) {
    throw corrupt(machine, `expected protocol 2 to 5, got ${protocol}`);
  }
}

function allowed(machine: Machine, name: string): PickledName {
  const known = machine.rules.names.get(name);
  if (known !== undefined) return new PickledName(name, known);
  throw malformed(
    `it asks for ${shown(name)}, which is refused: a pickle can run any program through the names ` +
      "it asks for, so that only tensors, arrays, containers, numbers and text are read; " +
      "where you trust the file, write its state dict alone with Python and give that one",
  );
}

/** Callable and arguments. For classes (NEWOBJ) and functions (REDUCE) alike. */
function construct(machine: Machine): void {
  const [name, args] = popMany(machine, 2);
  if (!(name instanceof PickledName)) throw corrupt(machine, "it calls what is no name");
  if (!Array.isArray(args)) throw corrupt(machine, `it calls ${name.name} without arguments`);
  push(machine, name.construct(args));
}

function setState(machine: Machine): void {
  const [state] = popMany(machine, 1);
  const target = top(machine);
  if (target instanceof Stateful) target.setState(state);
  // Attributes of a dictionary: a state dict keeps its modules' versions there.
  else if (!(target instanceof Map && state instanceof Map)) {
    throw corrupt(machine, "it sets the state of what has none");
  }
}

function append(machine: Machine, values: readonly unknown[]): void {
  const list = top(machine);
  if (!Array.isArray(list)) throw corrupt(machine, "it appends to what is no list");
  for (const value of values) list.push(value);
}

function setItems(machine: Machine, flat: readonly unknown[]): void {
  const map = top(machine);
  if (!(map instanceof Map)) throw corrupt(machine, "it sets an item of what is no dictionary");
  put(machine, map, flat);
}

function put(
  machine: Machine,
  map: Map<unknown, unknown>,
  flat: readonly unknown[],
): Map<unknown, unknown> {
  if (flat.length % 2 !== 0) throw corrupt(machine, "a key has no value");
  for (let i = 0; i < flat.length; i += 2) map.set(flat[i], flat[i + 1]);
  return map;
}

function addAll(machine: Machine, values: readonly unknown[]): void {
  const set = top(machine);
  if (!(set instanceof Set)) throw corrupt(machine, "it adds to what is no set");
  for (const value of values) set.add(value);
}

function mark(machine: Machine): void {
  machine.outer.push(machine.stack);
  machine.stack = [];
}

/** The values since the last mark, which goes. */
function popMark(machine: Machine): unknown[] {
  const values = machine.stack;
  const before = machine.outer.pop();
  if (before === undefined) throw corrupt(machine, "a mark is missing");
  machine.stack = before;
  return values;
}

function push(machine: Machine, value: unknown): void {
  machine.stack.push(value);
}

function pop(machine: Machine): unknown {
  return popMany(machine, 1)[0];
}

function popMany(machine: Machine, count: number): unknown[] {
  const { stack } = machine;
  if (stack.length < count) throw corrupt(machine, "a value is missing");
  return stack.splice(stack.length - count, count);
}

function top(machine: Machine): unknown {
  if (machine.stack.length === 0) throw corrupt(machine, "a value is missing");
  return machine.stack[machine.stack.length - 1];
}

function remembered(machine: Machine, index: number): unknown {
  if (!machine.memo.has(index)) throw corrupt(machine, `nothing was remembered as ${index}`);
  return machine.memo.get(index);
}

function byte(machine: Machine): number {
  return take(machine, 1).readUInt8();
}

function unsigned(machine: Machine): number {
  return take(machine, 4).readUInt32LE();
}

function long(machine: Machine): number {
  return Number(take(machine, 8).readBigUInt64LE());
}

function skip(machine: Machine, frameBytes: number): void {
  if (machine.place + frameBytes > machine.bytes.length) throw corrupt(machine, "it ends early");
}

/** The next bytes, as a view. */
function take(machine: Machine, count: number): Buffer {
  const { bytes, place } = machine;
  if (place + count > bytes.length) throw corrupt(machine, "it ends early");
  machine.place = place + count;
  return bytes.subarray(place, place + count);
}

function line(machine: Machine): string {
  const end = machine.bytes.indexOf("\n", machine.place);
  if (end < 0) throw corrupt(machine, "a name has no end");
  const text = take(machine, end - machine.place).toString("utf8");
  machine.place++;
  return text;
}

/** Two's complement, little-endian. A number where it is exact, otherwise a bigint. */
function integer(machine: Machine, bytes: number): number | bigint {
  if (bytes > LARGEST_INTEGER_BYTES) throw corrupt(machine, `an integer has ${bytes} bytes`);
  if (bytes === 0) return 0;
  const digits = Buffer.from(take(machine, bytes)).reverse().toString("hex");
  const value = BigInt.asIntN(8 * bytes, BigInt(`0x${digits}`));
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A name from a file, on one line. */
function shown(name: string): string {
  return JSON.stringify(name.slice(0, 200)).slice(1, -1);
}

function corrupt(machine: Machine, what: string): Error {
  return malformed(
    `its pickle cannot be read: ${what} (at byte ${machine.place}); it was damaged or is of another format`,
  );
}
