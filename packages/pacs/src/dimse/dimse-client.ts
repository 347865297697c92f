/**
 * What we ask of an archive by DIMSE (PS3.7): whether it is there, what it has, that it sends or hands out what we
 * ask for, that it takes our objects and keeps them. Each act is an association of its own.
 *
 * It trusts no answer, keeps nothing and tries nothing twice: whoever has an outbox does.
 */
import { randomUUID } from "node:crypto";
import { type FileParts, readFileParts } from "@malleolus/data/dicom";
import type { DicomJson } from "../dicomweb/dicom-json.ts";
import type { Query, Stored } from "../dicomweb/dicomweb-client.ts";
import { PacsError } from "../errors.ts";
import { requireUid } from "../uid.ts";
import { requireTitle } from "./application-title.ts";
import type { AcceptedContext, Association, Message } from "./association.ts";
import {
  OBJECT_SYNTAXES,
  RADIOGRAPH_CLASSES,
  RESULT_CLASSES,
  STORAGE_COMMITMENT,
  STORAGE_COMMITMENT_INSTANCE,
  STUDY_ROOT,
  VERIFICATION,
} from "./classes.ts";
import { ANSWER, COMMAND, type Command, PLAIN_SYNTAXES, STATUS } from "./command.ts";
import {
  type CommitmentReport,
  type ObjectReference,
  readCommitmentReport,
  writeCommitmentRequest,
} from "./commitment.ts";
import { type DimsePeer, inAssociation, type Proposal } from "./open-association.ts";
import { type QueryLevel, readMatch, writeQuery } from "./query.ts";
import { type ObjectReceiver, receiveObject } from "./receive-object.ts";
import { readSmallDataSet } from "./small-data-set.ts";

/** What is to be retrieved: a study, or one of its series. */
export interface Wanted {
  readonly study: string;
  readonly series?: string;
}

/** By the archive's count, of objects. */
export interface Retrieved {
  readonly completed: number;
  readonly failed: number;
}

export interface GetOptions {
  readonly receiver: ObjectReceiver;
  /** Default radiographs and our results. */
  readonly classes?: readonly string[];
  /** Of one object; default 512 MiB. */
  readonly mostObjectBytes?: number;
}

export interface DimseClient {
  /** That it is there, and lets us in. */
  echo(): Promise<void>;
  find(level: QueryLevel, query: Query): Promise<DicomJson[]>;
  /** It sends what is wanted to a title that it knows: to our node. */
  move(wanted: Wanted, destination: string): Promise<Retrieved>;
  /** It hands out what is wanted in this association. */
  get(wanted: Wanted, options: GetOptions): Promise<Retrieved>;
  /** A file that is not taken is in the answer. */
  store(files: readonly Uint8Array[]): Promise<Stored>;
  /**
   * Asks it to keep objects. Its report may come in this association, within `waitMs` (default 1 s), or later to our
   * node; then it is null here.
   */
  requestCommitment(
    references: readonly ObjectReference[],
    waitMs?: number,
  ): Promise<{ readonly transaction: string; readonly report: CommitmentReport | null }>;
}

const PLAIN = Object.values(PLAIN_SYNTAXES);
const MOST_MATCHES = 1_000_000;
const MOST_OBJECT_BYTES = 512 * 2 ** 20;

/** All throw PacsError: `unreachable`, `refused`, `answer`, `limit`, `uid`, `title` or `query`. */
export function dimseClient(peer: DimsePeer): DimseClient {
  return {
    echo: () => inAssociation(peer, [plain(VERIFICATION)], sendEcho),
    find: (level, query) =>
      inAssociation(peer, [plain(STUDY_ROOT.find)], (association, where) =>
        findAll(association, where, level, query),
      ),
    move: (wanted, destination) =>
      inAssociation(peer, [plain(STUDY_ROOT.move)], async (association, where) => {
        const context = association.contextOf(STUDY_ROOT.move);
        const moveDestination = requireTitle(destination, "the destination");
        await askFor(association, context, wanted, { field: COMMAND.move, moveDestination });
        return readRetrieved(association, where, peer, COMMAND.move, null);
      }),
    get(wanted, options) {
      const classes = options.classes ?? [...RADIOGRAPH_CLASSES, ...RESULT_CLASSES];
      return inAssociation(peer, getProposals(classes), async (association, where) => {
        const context = association.contextOf(STUDY_ROOT.get);
        await askFor(association, context, wanted, { field: COMMAND.get });
        return readRetrieved(association, where, peer, COMMAND.get, options);
      });
    },
    async store(files) {
      const parts = files.map((file, i) => readFileParts(file, `file ${i + 1}`));
      if (parts.length === 0) return { stored: [], failed: [] };
      return inAssociation(peer, storeProposals(parts), (association, where) =>
        storeAll(association, where, parts),
      );
    },
    requestCommitment: (references, waitMs = 1_000) =>
      inAssociation(peer, [plain(STORAGE_COMMITMENT)], (association, where) =>
        askToKeep(association, where, references, waitMs),
      ),
  };
}

function plain(abstractSyntax: string): Proposal {
  return { abstractSyntax, transferSyntaxes: PLAIN };
}

/** A context for each syntax would be more than there may be; the archive chooses one of all. */
function getProposals(classes: readonly string[]): Proposal[] {
  return [
    plain(STUDY_ROOT.get),
    ...classes.map((abstractSyntax) => ({
      abstractSyntax,
      transferSyntaxes: OBJECT_SYNTAXES,
      isProvidedByUs: true,
    })),
  ];
}

/** Each class in each syntax that a file of it is in: nothing is written anew on the way. */
function storeProposals(parts: readonly FileParts[]): Proposal[] {
  const pairs = new Map(
    parts.map(({ sopClass, transferSyntax }) => [
      `${sopClass} ${transferSyntax}`,
      { abstractSyntax: sopClass, transferSyntaxes: [transferSyntax] },
    ]),
  );
  return [...pairs.values()];
}

async function sendEcho(association: Association, where: string): Promise<void> {
  const context = association.contextOf(VERIFICATION);
  const messageId = association.nextMessageId();
  await association.send(context, {
    field: COMMAND.echo,
    messageId,
    affectedClass: VERIFICATION,
  });
  const { command } = await answerTo(association, where, COMMAND.echo, messageId);
  requireSuccess(command, where, "C-ECHO");
}

async function findAll(
  association: Association,
  where: string,
  level: QueryLevel,
  query: Query,
): Promise<DicomJson[]> {
  const context = association.contextOf(STUDY_ROOT.find);
  const messageId = association.nextMessageId();
  const data = writeQuery(context, level, query, "find");
  const affectedClass = context.abstractSyntax;
  await association.send(context, { field: COMMAND.find, messageId, affectedClass }, data);
  const matches: DicomJson[] = [];
  for (;;) {
    const message = await answerTo(association, where, COMMAND.find, messageId);
    const { status } = message.command;
    if (status !== STATUS.pending && status !== STATUS.pendingWithWarning) {
      requireSuccess(message.command, where, "C-FIND");
      return matches;
    }
    if (matches.length >= MOST_MATCHES) {
      throw new PacsError(
        "limit",
        `${where}: expected at most ${MOST_MATCHES} matches, got more; search for less`,
      );
    }
    matches.push(readMatch(context, await readSmallDataSet(message)));
  }
}

async function askFor(
  association: Association,
  context: AcceptedContext,
  { study, series }: Wanted,
  command: { readonly field: number; readonly moveDestination?: string },
): Promise<void> {
  const query = {
    StudyInstanceUID: requireUid(study, "study"),
    ...(series === undefined ? {} : { SeriesInstanceUID: requireUid(series, "series") }),
  };
  const level = series === undefined ? "STUDY" : "SERIES";
  await association.send(
    context,
    {
      ...command,
      messageId: association.nextMessageId(),
      affectedClass: context.abstractSyntax,
    },
    writeQuery(context, level, query, "retrieve"),
  );
}

/** Answers to a C-MOVE or C-GET; of the latter the objects come in between. */
async function readRetrieved(
  association: Association,
  where: string,
  peer: DimsePeer,
  field: number,
  objects: GetOptions | null,
): Promise<Retrieved> {
  for (;;) {
    const message = await received(association, where);
    const { command, context } = message;
    if (command.field === COMMAND.store && objects !== null) {
      const { status, problem } = await receiveObject(message, objects.receiver, {
        mostBytes: objects.mostObjectBytes ?? MOST_OBJECT_BYTES,
        sender: peer.calledTitle,
      });
      await association.send(context, {
        field: COMMAND.store | ANSWER,
        answeredId: command.messageId ?? 0,
        affectedClass: context.abstractSyntax,
        affectedInstance: command.affectedInstance ?? "",
        status,
      });
      // On a full disk all further ones would fail as well.
      if (status === STATUS.outOfResources) {
        throw new PacsError("limit", `${where}: expected room for an object: ${problem}`);
      }
      continue;
    }
    if (command.field !== (field | ANSWER)) throw unexpected(where, command);
    if (command.status === STATUS.pending) continue;
    const retrieved = { completed: command.completed ?? 0, failed: command.failed ?? 0 };
    // 0xB000: some went wrong, which the caller is told by the count.
    if (command.status !== 0xb000) {
      requireSuccess(command, where, field === COMMAND.move ? "C-MOVE" : "C-GET");
    }
    return retrieved;
  }
}

async function storeAll(
  association: Association,
  where: string,
  parts: readonly FileParts[],
): Promise<Stored> {
  const stored: string[] = [];
  const failed: { instance: string; reason: number }[] = [];
  for (const { sopClass, sopInstance, transferSyntax, dataSet } of parts) {
    const instance = requireUid(sopInstance, "a file");
    const context = association.contexts.find(
      (one) => one.abstractSyntax === sopClass && one.transferSyntax === transferSyntax,
    );
    if (context === undefined) {
      failed.push({ instance, reason: STATUS.classNotSupported });
      continue;
    }
    const messageId = association.nextMessageId();
    const about = { affectedClass: sopClass, affectedInstance: instance };
    await association.send(context, { field: COMMAND.store, messageId, ...about }, dataSet);
    const { command } = await answerTo(association, where, COMMAND.store, messageId);
    const status = command.status ?? STATUS.cannotUnderstand;
    // 0xB000 and its kind: kept, with a remark.
    if (status === STATUS.success || status >> 12 === 0xb) stored.push(instance);
    else failed.push({ instance, reason: status });
  }
  return { stored, failed };
}

async function askToKeep(
  association: Association,
  where: string,
  references: readonly ObjectReference[],
  waitMs: number,
) {
  const context = association.contextOf(STORAGE_COMMITMENT);
  const messageId = association.nextMessageId();
  const transaction = newUid();
  const data = writeCommitmentRequest(context, transaction, references);
  await association.send(
    context,
    {
      field: COMMAND.action,
      messageId,
      requestedClass: STORAGE_COMMITMENT,
      requestedInstance: STORAGE_COMMITMENT_INSTANCE,
      actionType: 1,
    },
    data,
  );
  const { command } = await answerTo(association, where, COMMAND.action, messageId);
  requireSuccess(command, where, "a request for storage commitment");
  const report = await reportWithin(association, where, waitMs);
  return { transaction, report: report?.transaction === transaction ? report : null };
}

/** A report in the association of its request; null where none comes in time. */
async function reportWithin(
  association: Association,
  where: string,
  waitMs: number,
): Promise<CommitmentReport | null> {
  if (!(await association.hasMore(waitMs))) return null;
  const message = await received(association, where);
  const { command, context } = message;
  if (command.field !== COMMAND.eventReport) throw unexpected(where, command);
  const report = readCommitmentReport(context, await readSmallDataSet(message));
  await association.send(context, {
    field: COMMAND.eventReport | ANSWER,
    answeredId: command.messageId ?? 0,
    affectedClass: STORAGE_COMMITMENT,
    affectedInstance: STORAGE_COMMITMENT_INSTANCE,
    status: STATUS.success,
  });
  return report;
}

/** A UID of nobody's root: a UUID as a number (PS3.5 annex B.2). */
function newUid(): string {
  return `2.25.${BigInt(`0x${randomUUID().replaceAll("-", "")}`)}`;
}

async function answerTo(
  association: Association,
  where: string,
  field: number,
  messageId: number,
): Promise<Message> {
  const message = await received(association, where);
  const { command } = message;
  if (command.field === (field | ANSWER) && command.answeredId === messageId) return message;
  throw unexpected(where, command);
}

async function received(association: Association, where: string): Promise<Message> {
  const message = await association.receive();
  if (message !== null) return message;
  throw new PacsError("answer", `${where}: expected an answer, got the end of the association`);
}

function unexpected(where: string, { field, answeredId }: Command): PacsError {
  return new PacsError(
    "answer",
    `${where}: expected the answer to what was asked, got a message 0x${field.toString(16)} to ${answeredId ?? "nothing"}`,
  );
}

function requireSuccess({ status, errorComment }: Command, where: string, what: string): void {
  if (status === STATUS.success) return;
  const code = `0x${(status ?? 0).toString(16).padStart(4, "0")}`;
  const comment = errorComment === undefined ? "" : `: ${errorComment}`;
  throw new PacsError(
    "refused",
    `${where}: expected ${what} to succeed, got status ${code}${comment}; the archive's log says why`,
  );
}
