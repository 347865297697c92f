/**
 * An object that comes by C-STORE, to whoever keeps it: as a stream, behind a preamble and the meta information of
 * a file. Its answer is given when it is kept for good, never before.
 */
import { writeMeta } from "@malleolus/data/dicom";
import { PacsError } from "../errors.ts";
import { isUid } from "../uid.ts";
import type { Message } from "./association.ts";
import { PLAIN_SYNTAXES, STATUS } from "./command.ts";

export interface ReceivedHead {
  readonly sopClass: string;
  /** Looked at: it may be a part of a file's name. */
  readonly sopInstance: string;
  readonly transferSyntax: string;
  /** The title of whoever sends it. */
  readonly sender: string;
}

/** Where one object goes. One of `commit` and `discard` is called in the end, and nothing after it. */
export interface ObjectSink {
  write(bytes: Uint8Array): Promise<void>;
  /** Returns when the object is on the disk and has its name. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

export interface ObjectReceiver {
  open(head: ReceivedHead): Promise<ObjectSink>;
}

export interface Received {
  readonly status: number;
  readonly bytes: number;
  /** Why it was not kept; null where it was. */
  readonly problem: string | null;
}

/** Before which an object's own UID must have come. */
const MOST_BEFORE_UID = 65_536;

/**
 * @throws PacsError `limit` for an object of more than `mostBytes`, and whatever the association throws; nothing is
 *   kept then.
 */
export async function receiveObject(
  { context, command, data }: Message,
  receiver: ObjectReceiver,
  { mostBytes, sender }: { readonly mostBytes: number; readonly sender: string },
): Promise<Received> {
  const sopInstance = command.affectedInstance ?? "";
  const head = {
    sopClass: context.abstractSyntax,
    sopInstance,
    transferSyntax: context.transferSyntax,
    sender,
  };
  const refused = (status: number, problem: string): Received => ({ status, bytes: 0, problem });
  if (!isUid(sopInstance)) return refused(STATUS.invalidInstance, "its UID is none");
  if (command.affectedClass !== context.abstractSyntax) {
    return refused(STATUS.classMismatch, "its class is not the context's");
  }
  let sink: ObjectSink;
  try {
    sink = await receiver.open(head);
  } catch (error) {
    return refused(STATUS.outOfResources, `it cannot be kept: ${describe(error)}`);
  }
  let bytes = 0;
  let beginning: Buffer | null = Buffer.alloc(0);
  let problem: { readonly status: number; readonly text: string } | null = null;
  const keep = async (piece: Uint8Array): Promise<void> => {
    try {
      if (problem === null) await sink.write(piece);
    } catch (error) {
      problem = {
        status: STATUS.outOfResources,
        text: `it cannot be written: ${describe(error)}`,
      };
    }
  };
  /** Held back until it says which object it is: a file must not name another one than its data set. */
  const begin = async (first: Buffer): Promise<void> => {
    beginning = null;
    if (!names(first, head)) {
      problem = {
        status: STATUS.classMismatch,
        text: "its data set is of another object than its command",
      };
    }
    await keep(writeMeta(head));
    await keep(first);
  };
  try {
    for await (const piece of data) {
      bytes += piece.length;
      if (bytes > mostBytes) {
        throw new PacsError(
          "limit",
          `an object: expected at most ${mostBytes} bytes, got more; allow for more if it may be so large`,
        );
      }
      if (beginning === null) await keep(piece);
      else {
        beginning = Buffer.concat([beginning, piece]);
        if (beginning.length >= MOST_BEFORE_UID) await begin(beginning);
      }
    }
    if (beginning !== null) await begin(beginning);
  } catch (error) {
    await sink.discard();
    throw error;
  }
  return finish(sink, bytes, problem);
}

async function finish(
  sink: ObjectSink,
  bytes: number,
  problem: { readonly status: number; readonly text: string } | null,
): Promise<Received> {
  if (problem !== null) {
    await sink.discard();
    return { status: problem.status, bytes, problem: problem.text };
  }
  try {
    await sink.commit();
    return { status: STATUS.success, bytes, problem: null };
  } catch (error) {
    const text = `it cannot be kept: ${describe(error)}`;
    return { status: STATUS.outOfResources, bytes, problem: text };
  }
}

/** Whether a data set's beginning holds the element SOP Instance UID with this value. */
function names(beginning: Buffer, { sopInstance, transferSyntax }: ReceivedHead): boolean {
  const length = sopInstance.length + (sopInstance.length % 2);
  const head =
    transferSyntax === PLAIN_SYNTAXES.implicit
      ? Buffer.from([8, 0, 0x18, 0, length, 0, 0, 0])
      : Buffer.from([8, 0, 0x18, 0, 0x55, 0x49, length, 0]);
  const element = Buffer.concat([head, Buffer.from(sopInstance, "latin1")]);
  const at = beginning.indexOf(element);
  // Where the UID is shorter than its room, only what fills up may follow.
  return (
    at >= 0 &&
    (length === sopInstance.length ||
      [0, 32].includes(beginning[at + head.length + sopInstance.length]))
  );
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
