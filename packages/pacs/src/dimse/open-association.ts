/** An association that we ask an archive for. */
import { PacsError } from "../errors.ts";
import { requireTitle } from "./application-title.ts";
import { type AcceptedContext, Association } from "./association.ts";
import { APPLICATION_CONTEXT, type ProposedContext, type Role } from "./pdu.ts";
import { PduConnection } from "./pdu-connection.ts";
import { openSocket, type TransportSecurity } from "./transport.ts";

/** An archive, and what we call ourselves there. */
export interface DimsePeer {
  readonly host: string;
  readonly port: number;
  /** The archive's title. */
  readonly calledTitle: string;
  /** Ours, as the archive knows it. */
  readonly callingTitle: string;
  /** Absent for a plain connection; what is missing in it is Node's own, as the well-known authorities are. */
  readonly security?: Partial<TransportSecurity>;
  /** Until the next piece of an answer; default a minute. */
  readonly timeoutMs?: number;
}

export interface Proposal {
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
  /** Whether the archive sends to us in it, as after C-GET. */
  readonly isProvidedByUs?: boolean;
}

const MOST_PDU_BYTES = 131_072;
const MOST_CONTEXTS = 128;
/** Of an A-ABORT: by whoever uses the association, without a reason. */
const [USER, NO_REASON] = [0, 0];

const REJECTIONS = new Map([
  ["1.1.3", "it does not know our title"],
  ["1.1.7", "it does not know itself by the title it was called"],
  ["1.1.2", "it does not speak DICOM's application context"],
  ["2.3.2", "it has too many associations for now"],
  ["2.3.1", "it is busy for now"],
]);

/**
 * Runs `act` in an association, and releases it; ends it where something goes wrong.
 *
 * @throws PacsError `unreachable`, `refused`, `answer` or `title`, and whatever `act` throws.
 */
export async function inAssociation<T>(
  peer: DimsePeer,
  proposals: readonly Proposal[],
  act: (association: Association, where: string) => Promise<T>,
): Promise<T> {
  const calledTitle = requireTitle(peer.calledTitle, "the archive's title");
  const callingTitle = requireTitle(peer.callingTitle, "our title");
  const where = `${peer.calledTitle} at ${peer.host}:${peer.port}`;
  if (proposals.length > MOST_CONTEXTS) {
    throw new RangeError(`internal: expected at most ${MOST_CONTEXTS} contexts`);
  }
  const socket = openSocket(peer.host, peer.port, peer.security ?? null);
  const limits = { mostPduBytes: MOST_PDU_BYTES, idleMs: peer.timeoutMs ?? 60_000 };
  const connection = new PduConnection(socket, limits, where);
  try {
    const contexts = proposals.map(
      ({ abstractSyntax, transferSyntaxes }, i): ProposedContext => ({
        id: 2 * i + 1,
        abstractSyntax,
        transferSyntaxes,
      }),
    );
    await connection.write({
      type: "associate request",
      calledTitle,
      callingTitle,
      mostPduBytes: MOST_PDU_BYTES,
      applicationContext: APPLICATION_CONTEXT,
      roles: rolesOf(proposals),
      contexts,
    });
    const association = await readAnswer(connection, contexts, where);
    const result = await act(association, where);
    await association.release();
    return result;
  } catch (error) {
    connection.abort(USER, NO_REASON);
    throw error;
  }
}

function rolesOf(proposals: readonly Proposal[]): Role[] {
  const provided = proposals.filter(({ isProvidedByUs }) => isProvidedByUs === true);
  return [...new Set(provided.map(({ abstractSyntax }) => abstractSyntax))].map(
    (abstractSyntax) => ({ abstractSyntax, user: false, provider: true }),
  );
}

async function readAnswer(
  connection: PduConnection,
  proposed: readonly ProposedContext[],
  where: string,
): Promise<Association> {
  const answer = await connection.read();
  if (answer.type === "associate reject") {
    const { result, source, reason } = answer;
    const why = REJECTIONS.get(`${result}.${source}.${reason}`);
    throw new PacsError(
      "refused",
      `${where}: expected an association, and it was refused (${why ?? `result ${result}, source ${source}, reason ${reason}`}); ` +
        "see the titles and addresses in the archive's configuration",
    );
  }
  if (answer.type === "abort") {
    throw new PacsError("refused", `${where}: expected an association, and it was aborted`);
  }
  if (answer.type !== "associate accept") {
    throw new PacsError(
      "answer",
      `${where}: expected an answer to an association, got ${answer.type}`,
    );
  }
  const accepted = answer.contexts.flatMap(({ id, result, transferSyntax }): AcceptedContext[] => {
    const asked = proposed.find((context) => context.id === id);
    if (result !== 0 || asked === undefined) return [];
    if (!asked.transferSyntaxes.includes(transferSyntax)) {
      throw new PacsError(
        "answer",
        `${where}: expected one of the transfer syntaxes that were proposed, got ${transferSyntax}`,
      );
    }
    return [{ id, abstractSyntax: asked.abstractSyntax, transferSyntax }];
  });
  return new Association(connection, accepted, answer.mostPduBytes, where);
}
