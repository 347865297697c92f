/** Data sets that are read as a whole: answers to searches, reports. Not objects. */
import { PacsError } from "../errors.ts";
import type { Message } from "./association.ts";

const MOST_BYTES = 4 * 2 ** 20;

/** @throws PacsError `limit`, and whatever the association throws. */
export async function readSmallDataSet({ data }: Message): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of data) {
    length += piece.length;
    if (length > MOST_BYTES) {
      throw new PacsError(
        "limit",
        `a message: expected at most ${MOST_BYTES} bytes beside its command, got more`,
      );
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
