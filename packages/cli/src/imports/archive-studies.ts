/**
 * Studies of a hospital's archive, one after another: brought into a folder that nobody else may read, handed on,
 * and removed. The files name their patients until the import has de-identified them.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type DicomJson,
  type DicomWebClient,
  type DimseClient,
  folderReceiver,
  isUid,
  type Query,
  RADIOGRAPH_CLASSES,
  textIn,
} from "@malleolus/pacs";
import type { ImportCounts } from "@malleolus/studies";

/** An archive, whatever it speaks. */
export interface Archive {
  searchStudies(query: Query): Promise<DicomJson[]>;
  searchSeries(study: string): Promise<DicomJson[]>;
  /** Writes a series' files, for their owner alone. */
  bringSeries(study: string, series: string, folder: string): Promise<Brought>;
}

interface Brought {
  readonly files: number;
  /** Objects that the archive has and did not send. */
  readonly missing: number;
}

/** Series of these are radiographs; what else lies in a study is not asked for. */
const MODALITIES: ReadonlySet<string> = new Set(["CR", "DX"]);

const NOTHING: ImportCounts = {
  imported: 0,
  known: 0,
  refused: 0,
  orphansRemoved: 0,
  stopped: false,
};

/**
 * Hands the radiographs of every study that matches to `importFolder`, and adds up what it says. Ends after a
 * study once `stop` is aborted.
 *
 * @throws PacsError where the archive does not give what it should; what was imported stays.
 */
export async function importArchiveStudies(
  archive: Archive,
  query: Query,
  importFolder: (folder: string) => Promise<ImportCounts>,
  stop: AbortSignal | undefined,
  onProblem: (problem: string) => void,
): Promise<ImportCounts> {
  let counts = NOTHING;
  for (const found of await archive.searchStudies(query)) {
    if (stop?.aborted === true) return { ...counts, stopped: true };
    const study = textIn(found, "0020000D") ?? "";
    const folder = mkdtempSync(join(tmpdir(), "malleolus-archive-"));
    try {
      const { files, missing } = await bringStudy(archive, study, folder);
      if (missing > 0) {
        onProblem(
          `${study}: expected all of its radiographs from the archive, and ${missing} did not come; ` +
            "the archive's log says why",
        );
        counts = sumOf(counts, { ...NOTHING, refused: missing });
      }
      if (files > 0) counts = sumOf(counts, await importFolder(folder));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return counts;
}

export function dicomWebArchive(client: DicomWebClient): Archive {
  return {
    searchStudies: (query) => client.searchStudies(query),
    searchSeries: (study) => client.searchSeries(study, {}),
    async bringSeries(study, series, folder) {
      let files = 0;
      for await (const file of client.retrieveSeries(study, series)) {
        files++;
        writeFileSync(join(folder, `${series}-${files}.dcm`), file, { mode: 0o600 });
      }
      return { files, missing: 0 };
    },
  };
}

/** One that hands objects out in the association that asks for them (C-GET). */
export function dimseArchive(client: DimseClient): Archive {
  return {
    ...dimseSearches(client),
    bringSeries: (study, series, folder) =>
      counted(folder, (receiver) =>
        client.get({ study, series }, { receiver, classes: RADIOGRAPH_CLASSES }),
      ),
  };
}

/** A node of ours, to which an archive sends: into the folder that is named last. */
export interface ReceivingNode {
  readonly title: string;
  /** Null between two series: then what comes is refused. */
  receiveWith(receiver: ReturnType<typeof folderReceiver> | null): void;
}

/** One that sends objects to a node that it knows (C-MOVE). */
export function movingArchive(client: DimseClient, node: ReceivingNode): Archive {
  return {
    ...dimseSearches(client),
    bringSeries: (study, series, folder) =>
      counted(folder, async (receiver) => {
        node.receiveWith(receiver);
        try {
          return await client.move({ study, series }, node.title);
        } finally {
          node.receiveWith(null);
        }
      }),
  };
}

function dimseSearches(client: DimseClient) {
  return {
    searchStudies: (query: Query) => client.find("STUDY", query),
    searchSeries: (study: string) => client.find("SERIES", { StudyInstanceUID: study }),
  };
}

/** What came is counted by what is there; what the archive says that failed did not come. */
async function counted(
  folder: string,
  bring: (receiver: ReturnType<typeof folderReceiver>) => Promise<{ readonly failed: number }>,
): Promise<Brought> {
  let files = 0;
  const { failed } = await bring(folderReceiver(folder, () => files++));
  return { files, missing: failed };
}

async function bringStudy(archive: Archive, study: string, folder: string): Promise<Brought> {
  let files = 0;
  let missing = 0;
  for (const found of await archive.searchSeries(study)) {
    const series = textIn(found, "0020000E") ?? "";
    if (!MODALITIES.has(textIn(found, "00080060") ?? "") || !isUid(series)) continue;
    const brought = await archive.bringSeries(study, series, folder);
    files += brought.files;
    missing += brought.missing;
  }
  return { files, missing };
}

/** Of two imports into one study. */
export function sumOf(a: ImportCounts, b: ImportCounts): ImportCounts {
  return {
    imported: a.imported + b.imported,
    known: a.known + b.known,
    refused: a.refused + b.refused,
    orphansRemoved: a.orphansRemoved + b.orphansRemoved,
    stopped: a.stopped || b.stopped,
  };
}
