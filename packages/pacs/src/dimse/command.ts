/**
 * Commands (PS3.7 annex E): the data set of group 0000 that begins every message, as a record. Always implicit
 * and little endian, whatever the data set behind it is written in.
 */
import {
  type ElementValue,
  parseBareDataSet,
  TRANSFER_SYNTAX,
  writeBareDataSet,
} from "@malleolus/data/dicom";
import { z } from "zod";
import { PacsError } from "../errors.ts";

/** Syntaxes that a plain data set is written in: what we write ourselves is in one of them. */
export const PLAIN_SYNTAXES = {
  implicit: "1.2.840.10008.1.2",
  explicit: TRANSFER_SYNTAX.none,
} as const;

export const COMMAND = {
  store: 0x0001,
  get: 0x0010,
  find: 0x0020,
  move: 0x0021,
  echo: 0x0030,
  eventReport: 0x0100,
  action: 0x0130,
  cancel: 0x0fff,
} as const;
/** Set in the field of an answer. */
export const ANSWER = 0x8000;

/** Of an answer (PS3.7 annex C). */
export const STATUS = {
  success: 0x0000,
  noSuchInstance: 0x0112,
  invalidInstance: 0x0117,
  noSuchClass: 0x0118,
  classNotSupported: 0x0122,
  unrecognizedOperation: 0x0211,
  outOfResources: 0xa700,
  classMismatch: 0xa900,
  cannotUnderstand: 0xc000,
  cancelled: 0xfe00,
  pending: 0xff00,
  pendingWithWarning: 0xff01,
} as const;

/** In (0000,0800), where no data set follows; any other number says that one does. */
const NO_DATA_SET = 0x0101;
const DATA_SET = 0x0001;
/** Medium: an archive has nothing more urgent to do for us than for others. */
const MEDIUM = 0x0000;
const WITH_PRIORITY: ReadonlySet<number> = new Set([
  COMMAND.store,
  COMMAND.get,
  COMMAND.find,
  COMMAND.move,
]);
/** Of a command; none has more than a handful of elements. */
export const MOST_COMMAND_BYTES = 65_536;

const TEXTS = {
  affectedClass: [0x0002, "UI"],
  requestedClass: [0x0003, "UI"],
  moveDestination: [0x0600, "AE"],
  errorComment: [0x0902, "LO"],
  affectedInstance: [0x1000, "UI"],
  requestedInstance: [0x1001, "UI"],
} as const;

const NUMBERS = {
  field: 0x0100,
  messageId: 0x0110,
  answeredId: 0x0120,
  priority: 0x0700,
  dataSetType: 0x0800,
  status: 0x0900,
  eventType: 0x1002,
  actionType: 0x1008,
  remaining: 0x1020,
  completed: 0x1021,
  failed: 0x1022,
  warnings: 0x1023,
} as const;

const commandSchema = z.object({
  field: z.number(),
  dataSetType: z.number(),
  affectedClass: z.string().optional(),
  requestedClass: z.string().optional(),
  moveDestination: z.string().optional(),
  errorComment: z.string().optional(),
  affectedInstance: z.string().optional(),
  requestedInstance: z.string().optional(),
  messageId: z.number().optional(),
  answeredId: z.number().optional(),
  priority: z.number().optional(),
  status: z.number().optional(),
  eventType: z.number().optional(),
  actionType: z.number().optional(),
  remaining: z.number().optional(),
  completed: z.number().optional(),
  failed: z.number().optional(),
  warnings: z.number().optional(),
});

/** A command as it came. */
export type Command = z.infer<typeof commandSchema>;

/** One that is to be sent; whether a data set follows is said by whoever sends it. */
export type NewCommand = Omit<Command, "dataSetType">;

export function hasDataSet({ dataSetType }: Command): boolean {
  return dataSetType !== NO_DATA_SET;
}

/** @throws PacsError `answer` for bytes that are no command. */
export function readCommand(bytes: Uint8Array): Command {
  const fault = (got: string, cause?: unknown): PacsError =>
    new PacsError("answer", `a message: expected a DIMSE command, got ${got}`, { cause });
  let fields: [string, unknown][];
  try {
    const set = parseBareDataSet(bytes, PLAIN_SYNTAXES.implicit, "a command");
    const found = (name: string, value: unknown): [string, unknown][] =>
      value === null ? [] : [[name, value]];
    fields = [
      ...Object.entries(TEXTS).flatMap(([name, [tag]]) => found(name, set.text(keyOf(tag)))),
      ...Object.entries(NUMBERS).flatMap(([name, tag]) => found(name, set.short(keyOf(tag)))),
    ];
  } catch (cause) {
    throw fault("damaged bytes", cause);
  }
  const parsed = commandSchema.safeParse(Object.fromEntries(fields));
  if (!parsed.success) throw fault("one without its field", parsed.error);
  return parsed.data;
}

export function writeCommand(command: NewCommand, withDataSet: boolean): Uint8Array {
  const fields = new Map<string, unknown>(
    Object.entries({
      ...command,
      ...(WITH_PRIORITY.has(command.field) ? { priority: MEDIUM } : {}),
      dataSetType: withDataSet ? DATA_SET : NO_DATA_SET,
    }),
  );
  const elements = new Map<number, ElementValue>();
  for (const [name, [tag, vr]] of Object.entries(TEXTS)) {
    const value = fields.get(name);
    if (typeof value === "string") elements.set(tag, { vr, value });
  }
  for (const [name, tag] of Object.entries(NUMBERS)) {
    const value = fields.get(name);
    if (typeof value === "number") elements.set(tag, { vr: "US", value });
  }
  const body = writeBareDataSet(elements, "implicit");
  const length = new Map<number, ElementValue>([[0, { vr: "UL", value: body.length }]]);
  return Buffer.concat([writeBareDataSet(length, "implicit"), body]);
}

/** `x00000100`: as `data` names tags. */
function keyOf(tag: number): string {
  return `x${tag.toString(16).padStart(8, "0")}`;
}
