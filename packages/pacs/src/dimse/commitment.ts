/** Storage commitment (PS3.4 annex J) as data sets: the archive's word that it will keep what it was sent. */
import { type ElementValue, parseBareDataSet, writeBareDataSet } from "@malleolus/data/dicom";
import { PacsError } from "../errors.ts";
import { isUid } from "../uid.ts";
import type { AcceptedContext } from "./association.ts";
import { PLAIN_SYNTAXES } from "./command.ts";

export interface ObjectReference {
  readonly sopClass: string;
  readonly sopInstance: string;
}

export interface CommitmentReport {
  /** The request's. */
  readonly transaction: string;
  readonly kept: readonly string[];
  /** With the reasons of PS3.3 section C.14: 0x0112 for an object that is not there, say. */
  readonly failed: readonly { readonly instance: string; readonly reason: number }[];
}

export function writeCommitmentRequest(
  context: AcceptedContext,
  transaction: string,
  references: readonly ObjectReference[],
): Uint8Array {
  const items = references.map(
    ({ sopClass, sopInstance }) =>
      new Map<number, ElementValue>([
        [0x00081150, { vr: "UI", value: sopClass }],
        [0x00081155, { vr: "UI", value: sopInstance }],
      ]),
  );
  const dataSet = new Map<number, ElementValue>([
    [0x00081195, { vr: "UI", value: transaction }],
    [0x00081199, { vr: "SQ", value: items }],
  ]);
  const isImplicit = context.transferSyntax === PLAIN_SYNTAXES.implicit;
  return writeBareDataSet(dataSet, isImplicit ? "implicit" : "explicit");
}

/** @throws PacsError `answer` for a report without its transaction, DataError `damaged`. */
export function readCommitmentReport(
  context: AcceptedContext,
  bytes: Uint8Array,
): CommitmentReport {
  const set = parseBareDataSet(bytes, context.transferSyntax, "a report of storage commitment");
  const transaction = set.text("x00081195") ?? "";
  if (!isUid(transaction)) {
    throw new PacsError(
      "answer",
      "a report of storage commitment: expected a transaction's UID, got none",
    );
  }
  const references = (tag: string) =>
    set.items(tag).flatMap((item) => {
      const instance = item.text("x00081155") ?? "";
      return isUid(instance) ? [{ instance, reason: item.short("x00081197") ?? 0 }] : [];
    });
  return {
    transaction,
    kept: references("x00081199").map(({ instance }) => instance),
    failed: references("x00081198"),
  };
}
