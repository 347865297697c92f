/** `malleolus import dimse`: the radiographs of an archive that speaks DICOM's own protocol, into a study. */
import { readFileSync } from "node:fs";
import type { DimsePeer, TransportSecurity } from "@malleolus/pacs";
import { Command, InvalidArgumentError } from "commander";
import type { ExitCode } from "../command-file.ts";
import type { Output } from "../output.ts";
import type { Archive } from "./archive-studies.ts";
import { collectPair } from "./collect-pair.ts";
import { type ImportArguments, withStudyOptions } from "./import-options.ts";
import { importRadiographs } from "./import-radiographs.ts";

interface Address {
  readonly host: string;
  readonly port: number;
}

interface DimseArguments extends ImportArguments {
  readonly match?: ReadonlyMap<string, string>;
  readonly called: string;
  readonly calling: string;
  readonly listen?: Address;
  readonly tls?: true;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsAuthority?: string;
}

export function importDimseCommand(output: Output, finish: (code: ExitCode) => void): Command {
  return withStudyOptions(new Command("dimse"))
    .description("radiographs of a hospital's archive that speaks DIMSE (C-FIND, C-GET, C-MOVE)")
    .argument("<host:port>", "the archive's address", addressOf)
    .requiredOption("--called <title>", "the archive's AE title")
    .option("--calling <title>", "our AE title, as the archive knows it", "MALLEOLUS")
    .option(
      "--match <key=value>",
      "which studies, by a DICOM keyword; for several, repeat it",
      collectPair("KEY=VALUE"),
    )
    .option(
      "--listen <host:port>",
      "take the files by C-MOVE on this address, which the archive must know under our title",
      addressOf,
    )
    .option("--tls", "speak TLS, which --tls-authority and the others imply")
    .option("--tls-authority <file>", "PEM: who vouches for the archive (default: the well-known)")
    .option("--tls-cert <file>", "PEM: our certificate, where the archive wants one")
    .option("--tls-key <file>", "PEM: its key")
    .addHelpText(
      "after",
      `
Asks the archive for its studies (all of them without --match), brings the CR and DX series of each into a
folder of its own that nobody else may read, imports them as import dicom does it, and removes the folder.
Radiographs that are known are skipped, so an interrupted import goes on when it is started again. Ctrl-C ends
after the current file.

Without --listen the archive hands the files out in the connection that asks for them (C-GET). An archive that
does not do that sends them to a title that it knows (C-MOVE): have it know our title with this machine's address
and a port, and name these by --listen. Whoever calls there must have the archive's title; what comes unasked is
refused. With --tls-cert and --tls-key the port speaks TLS, and with --tls-authority it asks the caller for a
certificate.

--match takes AccessionNumber, ModalitiesInStudy, PatientID, StudyDate, StudyDescription, StudyInstanceUID and
the like; a date may be a range. The key file's passphrase comes from MALLEOLUS_PASSPHRASE, else it is asked
for.

Examples:
  ./malleolus import dimse --study my-study archive:104 --called ARCHIVE --match StudyDate=20250101-20250331
  ./malleolus import dimse --study my-study archive:104 --called ARCHIVE --calling RESEARCH --listen 10.0.0.7:11112
  ./malleolus import dimse --study my-study archive:2762 --called ARCHIVE --tls-authority hospital.pem`,
    )
    .action((address: Address, given: DimseArguments, command: Command) => {
      const security = securityOf(given, command);
      return importRadiographs(output, finish, given, command, async (studies, study, source) => {
        const { importArchiveStudies } = await import("./archive-studies.ts");
        const peer: DimsePeer = {
          ...address,
          calledTitle: given.called,
          callingTitle: given.calling,
          ...(security === null ? {} : { security }),
        };
        const opened = await openArchive(peer, given.listen, security);
        try {
          const counts = await importArchiveStudies(
            opened.archive,
            Object.fromEntries(given.match ?? []),
            (folder) => studies.importDicom(study, { ...source, paths: [folder] }),
            source.stop,
            (problem) => output.writeError(`malleolus: ${problem}\n`),
          );
          return { counts, further: "" };
        } finally {
          await opened.close();
        }
      });
    });
}

async function openArchive(
  peer: DimsePeer,
  listen: Address | undefined,
  security: Partial<TransportSecurity> | null,
): Promise<{ readonly archive: Archive; close(): Promise<void> }> {
  const { dimseClient, PacsError, startDimseNode } = await import("@malleolus/pacs");
  const { dimseArchive, movingArchive } = await import("./archive-studies.ts");
  const client = dimseClient(peer);
  if (listen === undefined) {
    return { archive: dimseArchive(client), close: () => Promise.resolve() };
  }
  let current: Parameters<Parameters<typeof movingArchive>[1]["receiveWith"]>[0] = null;
  const { certificate, key, authorities } = security ?? {};
  const node = await startDimseNode({
    ...listen,
    title: peer.callingTitle,
    callingTitles: [peer.calledTitle],
    receiver: {
      async open(head) {
        if (current !== null) return current.open(head);
        throw new PacsError("refused", "expected what was asked for, got an object unasked");
      },
    },
    ...(certificate === undefined || key === undefined
      ? {}
      : { security: { certificate, key, ...(authorities === undefined ? {} : { authorities }) } }),
  });
  const receiving = {
    title: peer.callingTitle,
    receiveWith: (receiver: typeof current) => {
      current = receiver;
    },
  };
  return { archive: movingArchive(client, receiving), close: () => node.close(0) };
}

/** Null for a plain connection. A certificate without its key, or a key without it, is wrong usage. */
function securityOf(
  { tls, tlsCert, tlsKey, tlsAuthority }: DimseArguments,
  command: Command,
): Partial<TransportSecurity> | null {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    return command.error(
      `error: expected --tls-cert and --tls-key together, got ${tlsCert ?? tlsKey} alone`,
    );
  }
  if (tls === undefined && tlsCert === undefined && tlsAuthority === undefined) return null;
  return {
    ...(tlsAuthority === undefined ? {} : { authorities: readFileSync(tlsAuthority) }),
    ...(tlsCert === undefined ? {} : { certificate: readFileSync(tlsCert) }),
    ...(tlsKey === undefined ? {} : { key: readFileSync(tlsKey) }),
  };
}

/** `archive:104`, or `[::1]:104`. */
function addressOf(text: string): Address {
  const [, inBrackets, plain, port] = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = inBrackets ?? plain;
  if (host === undefined || Number(port) > 65_535) {
    throw new InvalidArgumentError(`expected HOST:PORT, got "${text}"`);
  }
  return { host, port: Number(port) };
}
