/**
 * Whether memory stays flat over an import of many files, and how fast it is. Started by hand:
 *
 *     node bench/import-many.ts [FILES, 10000 unless given] [PIXELS' SIZE IN MM, 0.4 unless given]
 *
 * Re-identified variants of 50 phantoms from both hospitals (0.3 to 0.4 MB each at 0.4 mm) are
 * written and removed in batches; the study, 3.7 GB for 10,000 files, lies in the system's folder for
 * temporary files and is removed at the end. A line a batch: files, files a second, resident memory.
 * At the end, the records are compared with what was written and with the files in the store.
 */
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { externalHospital, internalHospital, withPitch } from "@malleolus/data";
import { newStudy, phantomFiles, writeVariants } from "./variants.ts";

const files = Number(process.argv[2] ?? 10_000);
const pitchMm = Number(process.argv[3] ?? 0.4);
const BATCH_PATIENTS = 100;

const mebibytes = () => Math.round(process.memoryUsage.rss() / 2 ** 20);
const folder = mkdtempSync(join(tmpdir(), "malleolus-import-many-"));
try {
  const originals = [
    ...phantomFiles({ ...internalHospital, room: withPitch(internalHospital.room, pitchMm) }, 10),
    ...phantomFiles({ ...externalHospital, room: withPitch(externalHospital.room, pitchMm) }, 10),
  ];
  console.log(`${originals.flat().length} phantoms; ${mebibytes()} MiB before the first import`);
  const archive = join(folder, "archive");
  const study = await newStudy(join(folder, "study"));
  let [imported, seconds] = [0, 0];
  for (let patient = 0; imported < files; patient += BATCH_PATIENTS) {
    const written = writeVariants(archive, originals, patient, patient + BATCH_PATIENTS);
    const start = performance.now();
    let most = 0;
    const counts = await study.importFolder(archive, () => {
      most = Math.max(most, mebibytes());
    });
    const elapsed = (performance.now() - start) / 1_000;
    if (counts.imported !== written) throw new Error(JSON.stringify(counts));
    imported += written;
    seconds += elapsed;
    const rate = (written / elapsed).toFixed(1);
    console.log(`${imported} files, ${rate} a second, at most ${most} MiB, then ${mebibytes()}`);
  }
  await study.close();
  const stored = globSync("*/*.dcm", { cwd: join(folder, "study", "images") }).length;
  if (stored !== imported) throw new Error(`${imported} files imported, ${stored} stored`);
  console.log(
    `${imported} files in ${seconds.toFixed(0)} s: ${(imported / seconds).toFixed(1)} a second`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
