/**
 * Whether memory stays flat over an import of many files, and how fast it is. Started by hand:
 *
 *     node bench/import-many.ts [FILES, 10000 unless given] [PIXELS' SIZE IN MM, 0.4 unless given]
 *
 * Re-identified variants of 50 phantoms from both hospitals (0.3 to 0.4 MB each at 0.4 mm) are
 * written and removed in batches of 2,500; archive and study, 4.6 GB for 10,000 files, lie in the
 * system's folder for temporary files and are removed at the end. A line every 500 files: files,
 * files a second, resident memory. At the end, the records are compared with the files in the store.
 */

import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { externalHospital, internalHospital, withPitch } from "@malleolus/phantom";
import { newStudy, phantomFiles, writeVariants } from "./variants.ts";

const files = Number(process.argv[2] ?? 10_000);
const pitchMm = Number(process.argv[3] ?? 0.4);
const BATCH_PATIENTS = 1_000;
const LINE_EVERY = 500;

const mebibytes = () => Math.round(process.memoryUsage.rss() / 2 ** 20);
const folder = mkdtempSync(join(tmpdir(), "malleolus-import-many-"));
try {
  const originals = [
    ...phantomFiles(
      { ...internalHospital, xrayUnit: withPitch(internalHospital.xrayUnit, pitchMm) },
      10,
    ),
    ...phantomFiles(
      { ...externalHospital, xrayUnit: withPitch(externalHospital.xrayUnit, pitchMm) },
      10,
    ),
  ];
  console.log(`${originals.flat().length} phantoms; ${mebibytes()} MiB before the first import`);
  const archive = join(folder, "archive");
  const study = await newStudy(join(folder, "study"));
  let [imported, seconds, most] = [0, 0, 0];
  for (let patient = 0; imported < files; patient += BATCH_PATIENTS) {
    const written = writeVariants(archive, originals, patient, patient + BATCH_PATIENTS);
    const start = performance.now();
    let lineStart = start;
    const counts = await study.importFolder(archive, () => {
      imported++;
      most = Math.max(most, mebibytes());
      if (imported % LINE_EVERY > 0) return;
      const now = performance.now();
      const rate = (LINE_EVERY / ((now - lineStart) / 1_000)).toFixed(1);
      console.log(`${imported} files, ${rate} a second, ${most} MiB at most`);
      [lineStart, most] = [now, 0];
    });
    seconds += (performance.now() - start) / 1_000;
    if (counts.imported !== written) throw new Error(JSON.stringify(counts));
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
