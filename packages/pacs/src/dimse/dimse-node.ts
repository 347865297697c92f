/**
 * A DIMSE node: listens, lets associations in by title, answers C-ECHO, takes objects by C-STORE, and hears the
 * archive's reports of storage commitment. It searches for nobody and hands out nothing.
 *
 * It listens where it is told to and nowhere else; whoever calls is limited in number, time, objects and bytes. An
 * association that breaks the protocol is ended, and the others go on. No event holds a word of what objects say.
 */
import { once } from "node:events";
import type { Socket } from "node:net";
import { PacsError } from "../errors.ts";
import { requireTitle } from "./application-title.ts";
import { type AcceptedContext, Association, type Message } from "./association.ts";
import {
  OBJECT_SYNTAXES,
  RADIOGRAPH_CLASSES,
  STORAGE_COMMITMENT,
  VERIFICATION,
} from "./classes.ts";
import { ANSWER, COMMAND, PLAIN_SYNTAXES, STATUS } from "./command.ts";
import { type CommitmentReport, readCommitmentReport } from "./commitment.ts";
import {
  type AnsweredContext,
  APPLICATION_CONTEXT,
  type AssociateRequest,
  type ProposedContext,
} from "./pdu.ts";
import { PduConnection } from "./pdu-connection.ts";
import { type ObjectReceiver, receiveObject } from "./receive-object.ts";
import { readSmallDataSet } from "./small-data-set.ts";
import { type TransportSecurity, transportServer } from "./transport.ts";

export interface NodeLimits {
  /** Of one P-DATA; default 128 KiB. */
  readonly mostPduBytes: number;
  /** Associations at once; further ones are refused for now. Default 16. */
  readonly mostAssociations: number;
  /** Of one association; default 10,000. */
  readonly mostObjects: number;
  /** Of one object; default 512 MiB. */
  readonly mostObjectBytes: number;
  /** Of one association; default 16 GiB. */
  readonly mostBytes: number;
  /** Without a whole PDU; default a minute. */
  readonly idleMs: number;
  /** Of an association as a whole; default an hour. */
  readonly associationMs: number;
}

export interface NodeOptions {
  /** The address to listen on: `127.0.0.1` for this machine alone. */
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Ours, by which it must be called. */
  readonly title: string;
  /** Of those who may call. */
  readonly callingTitles: readonly string[];
  readonly receiver: ObjectReceiver;
  /** Which objects are taken; default radiographs. */
  readonly classes?: readonly string[];
  readonly security?: TransportSecurity;
  readonly limits?: Partial<NodeLimits>;
  readonly onEvent?: (event: NodeEvent) => void;
  readonly onCommitment?: (report: CommitmentReport) => void;
}

/** For a log: who called and what became of it. */
export type NodeEvent =
  | { readonly kind: "refused"; readonly calling: string; readonly reason: string }
  | { readonly kind: "stored"; readonly calling: string; readonly bytes: number }
  | {
      readonly kind: "not stored";
      readonly calling: string;
      readonly status: number;
      readonly reason: string;
    }
  | { readonly kind: "broken"; readonly calling: string; readonly reason: string };

export interface DimseNode {
  readonly port: number;
  /** How many associations there are. */
  busy(): number;
  /** Takes no association any more, and gives those that there are some time to end by themselves. */
  close(graceMs?: number): Promise<void>;
}

const LIMITS: NodeLimits = {
  mostPduBytes: 131_072,
  mostAssociations: 16,
  mostObjects: 10_000,
  mostObjectBytes: 512 * 2 ** 20,
  mostBytes: 16 * 2 ** 30,
  idleMs: 60_000,
  associationMs: 3_600_000,
};

/** Why an association is refused (PS3.8 table 9-21): result, source, reason. */
const REJECTION = {
  "application context": [1, 1, 2],
  "calling title": [1, 1, 3],
  "called title": [1, 1, 7],
  "too many": [2, 3, 2],
} as const;
type Rejection = keyof typeof REJECTION;

/** Of an A-ABORT: by the provider, and a PDU that was not expected or unrecognised. */
const [PROVIDER, UNEXPECTED] = [2, 2];

/** @throws PacsError `title`, and the system's error where the port is taken. */
export async function startDimseNode(options: NodeOptions): Promise<DimseNode> {
  requireTitle(options.title, "the node");
  for (const title of options.callingTitles) requireTitle(title, "a calling title");
  const limits = { ...LIMITS, ...options.limits };
  const open = new Map<Socket, Promise<void>>();
  const sockets = new Set<Socket>();
  const server = transportServer(options.security, (socket) => {
    const isOneTooMany = open.size >= limits.mostAssociations;
    const served = serve(socket, options, limits, isOneTooMany).finally(() => open.delete(socket));
    open.set(socket, served);
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  // Those beyond are told so as long as there is room for that.
  server.maxConnections = 2 * limits.mostAssociations + 8;
  // A handshake that fails is the caller's, and nobody else's.
  server.on("tlsClientError", (error: Error) => {
    options.onEvent?.({ kind: "broken", calling: "", reason: error.message });
  });
  server.listen({ host: options.host, port: options.port });
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("internal: expected a port");
  return {
    port: address.port,
    busy: () => open.size,
    async close(graceMs = 5_000) {
      const closed = new Promise((resolve) => server.close(resolve));
      const late = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(late);
      await Promise.all(open.values());
    },
  };
}

async function serve(
  socket: Socket,
  options: NodeOptions,
  limits: NodeLimits,
  isOneTooMany: boolean,
): Promise<void> {
  const connection = new PduConnection(socket, limits, "a caller");
  const late = setTimeout(() => socket.destroy(), limits.associationMs);
  let calling = "";
  try {
    const request = await connection.read();
    if (request.type !== "associate request") {
      throw new PacsError("answer", `expected a request for an association, got ${request.type}`);
    }
    calling = request.callingTitle.replace(/[^ -~]/g, "?");
    const rejection = isOneTooMany ? "too many" : rejectionOf(request, options);
    if (rejection !== null) {
      const [result, source, reason] = REJECTION[rejection];
      await connection.write({ type: "associate reject", result, source, reason });
      connection.close();
      options.onEvent?.({ kind: "refused", calling, reason: rejection });
      return;
    }
    const association = await accept(connection, request, options, limits);
    await answerMessages(association, calling, options, limits);
  } catch (error) {
    connection.abort(PROVIDER, UNEXPECTED);
    const reason = error instanceof Error ? error.message : String(error);
    options.onEvent?.({ kind: "broken", calling, reason });
  } finally {
    clearTimeout(late);
  }
}

function rejectionOf(request: AssociateRequest, options: NodeOptions): Rejection | null {
  if (request.applicationContext !== APPLICATION_CONTEXT) return "application context";
  if (request.calledTitle !== options.title) return "called title";
  return options.callingTitles.includes(request.callingTitle) ? null : "calling title";
}

async function accept(
  connection: PduConnection,
  request: AssociateRequest,
  { classes = RADIOGRAPH_CLASSES }: NodeOptions,
  { mostPduBytes }: NodeLimits,
): Promise<Association> {
  const answers = request.contexts.map((context) => answerContext(context, classes));
  const accepted = answers.flatMap(({ id, result, transferSyntax }): AcceptedContext[] => {
    const asked = request.contexts.find((context) => context.id === id);
    return result === 0 && asked !== undefined
      ? [{ id, abstractSyntax: asked.abstractSyntax, transferSyntax }]
      : [];
  });
  await connection.write({
    type: "associate accept",
    calledTitle: request.calledTitle,
    callingTitle: request.callingTitle,
    mostPduBytes,
    // An archive that reports on storage commitment provides it, though it asked for the association.
    roles: request.roles
      .filter(({ abstractSyntax }) => abstractSyntax === STORAGE_COMMITMENT)
      .map(({ abstractSyntax, provider }) => ({ abstractSyntax, user: false, provider })),
    contexts: answers,
  });
  return new Association(connection, accepted, request.mostPduBytes, "a caller");
}

/** Results of PS3.8 table 9-18: 0 accepted, 3 a class that is not served, 4 no syntax that is read. */
function answerContext(
  { id, abstractSyntax, transferSyntaxes }: ProposedContext,
  classes: readonly string[],
): AnsweredContext {
  const isObject = classes.includes(abstractSyntax);
  if (!isObject && abstractSyntax !== VERIFICATION && abstractSyntax !== STORAGE_COMMITMENT) {
    return { id, result: 3, transferSyntax: PLAIN_SYNTAXES.implicit };
  }
  const known = isObject ? OBJECT_SYNTAXES : Object.values(PLAIN_SYNTAXES);
  const transferSyntax = known.find((syntax) => transferSyntaxes.includes(syntax));
  return transferSyntax === undefined
    ? { id, result: 4, transferSyntax: PLAIN_SYNTAXES.implicit }
    : { id, result: 0, transferSyntax };
}

async function answerMessages(
  association: Association,
  calling: string,
  options: NodeOptions,
  limits: NodeLimits,
): Promise<void> {
  let objects = 0;
  let bytes = 0;
  for (;;) {
    const message = await association.receive();
    if (message === null) return;
    const { context, command } = message;
    const about = {
      field: command.field | ANSWER,
      answeredId: command.messageId ?? 0,
      affectedClass: context.abstractSyntax,
    };
    switch (command.field) {
      case COMMAND.echo:
        await association.send(context, { ...about, status: STATUS.success });
        break;
      case COMMAND.store: {
        if (++objects > limits.mostObjects) throw tooMuch(`${limits.mostObjects} objects`);
        const mostBytes = Math.min(limits.mostObjectBytes, limits.mostBytes - bytes);
        const isTaken = (options.classes ?? RADIOGRAPH_CLASSES).includes(context.abstractSyntax);
        const received = isTaken
          ? await receiveObject(message, options.receiver, { mostBytes, sender: calling })
          : { status: STATUS.classNotSupported, bytes: 0, problem: "its class is not taken" };
        bytes += received.bytes;
        const { status, problem } = received;
        options.onEvent?.(
          problem === null
            ? { kind: "stored", calling, bytes: received.bytes }
            : { kind: "not stored", calling, status, reason: problem },
        );
        const affectedInstance = command.affectedInstance ?? "";
        await association.send(context, { ...about, affectedInstance, status });
        break;
      }
      case COMMAND.eventReport:
        await association.send(context, {
          ...about,
          affectedInstance: command.affectedInstance ?? "",
          ...(command.eventType === undefined ? {} : { eventType: command.eventType }),
          status: await hearReport(message, options),
        });
        break;
      case COMMAND.cancel:
        // Of something that is done already: it has no answer.
        break;
      default:
        await association.send(context, { ...about, status: STATUS.unrecognizedOperation });
    }
  }
}

async function hearReport(message: Message, { onCommitment }: NodeOptions): Promise<number> {
  if (message.context.abstractSyntax !== STORAGE_COMMITMENT) return STATUS.noSuchClass;
  const bytes = await readSmallDataSet(message);
  let report: CommitmentReport;
  try {
    report = readCommitmentReport(message.context, bytes);
  } catch {
    return STATUS.cannotUnderstand;
  }
  onCommitment?.(report);
  return STATUS.success;
}

function tooMuch(what: string): PacsError {
  return new PacsError("limit", `an association: expected at most ${what}, got more`);
}
