/**
 * Studies of a hospital's archive, one after another: brought by DICOMweb into a folder that nobody else may
 * read, handed on, and removed. The files name their patients until the import has de-identified them.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DicomWebClient, isUid, type Query, textIn } from "@malleolus/pacs";
import type { ImportCounts } from "@malleolus/studies";

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
  client: DicomWebClient,
  query: Query,
  importFolder: (folder: string) => Promise<ImportCounts>,
  stop: AbortSignal | undefined,
): Promise<ImportCounts> {
  let counts = NOTHING;
  for (const found of await client.searchStudies(query)) {
    if (stop?.aborted === true) return { ...counts, stopped: true };
    const study = textIn(found, "0020000D") ?? "";
    const folder = mkdtempSync(join(tmpdir(), "malleolus-archive-"));
    try {
      if ((await bringStudy(client, study, folder)) === 0) continue;
      counts = sumOf(counts, await importFolder(folder));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return counts;
}

/** Writes its radiographs, and says how many there are. */
async function bringStudy(client: DicomWebClient, study: string, folder: string): Promise<number> {
  let count = 0;
  for (const found of await client.searchSeries(study, {})) {
    const series = textIn(found, "0020000E") ?? "";
    if (!MODALITIES.has(textIn(found, "00080060") ?? "") || !isUid(series)) continue;
    for await (const file of client.retrieveSeries(study, series)) {
      count++;
      writeFileSync(join(folder, `${series}-${count}.dcm`), file, { mode: 0o600 });
    }
  }
  return count;
}

function sumOf(a: ImportCounts, b: ImportCounts): ImportCounts {
  return {
    imported: a.imported + b.imported,
    known: a.known + b.known,
    refused: a.refused + b.refused,
    orphansRemoved: a.orphansRemoved + b.orphansRemoved,
    stopped: a.stopped || b.stopped,
  };
}
