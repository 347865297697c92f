/**
 * The import of DICOM files into a study: large uncompressed radiographs that are new, and the same
 * ones again, as when an import goes on. It has no peer: nothing at hand reads, checks, de-identifies,
 * stores and records in one step. Nearly all of the time is per byte, in as many threads as cores.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { internalHospital } from "@malleolus/phantom";
import type { Bench } from "./bench.ts";
import { measure, row, type Timing } from "./measure.ts";
import { newStudy, phantomFiles, writeVariants } from "./variants.ts";

const SIZE = 1760;
const PATIENTS = 20;

export const importFiles: Bench = {
  name: "import",
  peerModules: [],
  defaultRuns: 5,
  async run({ runs, progress }) {
    const { xrayUnit } = internalHospital;
    const pitchMm = (xrayUnit.pitchMm * Math.max(xrayUnit.width, xrayUnit.height)) / SIZE;
    const large = { ...xrayUnit, width: SIZE, height: SIZE, pitchMm };
    progress(`three phantoms of ${SIZE} x ${SIZE}`);
    const originals = phantomFiles({ ...internalHospital, xrayUnit: large }, 1);
    const folder = mkdtempSync(join(tmpdir(), "malleolus-bench-import-"));
    try {
      const archive = join(folder, "archive");
      let [round, files] = [0, 0];
      let study = await newStudy(join(folder, "study-0"));
      /** Milliseconds a file. */
      const timedImport = async (expected: "imported" | "known") => {
        const start = performance.now();
        const counts = await study.importFolder(archive);
        const elapsed = performance.now() - start;
        if (counts[expected] !== files) throw new Error(`${JSON.stringify(counts)} of ${files}`);
        return elapsed / files;
      };
      const times = await measure(
        [
          {
            name: "new",
            async run() {
              await study.close();
              rmSync(join(folder, `study-${round}`), { recursive: true });
              round++;
              study = await newStudy(join(folder, `study-${round}`));
              files = writeVariants(archive, originals, round * PATIENTS, (round + 1) * PATIENTS);
              return timedImport("imported");
            },
          },
          { name: "again", run: () => timedImport("known") },
        ],
        runs,
        1,
      );
      await study.close();
      return [
        ["new", "one file, 16 bits, uncompressed"],
        ["again", "the same files again"],
      ].map(([name, text]) =>
        row(`${text}, ${SIZE} x ${SIZE}`, times.get(name), undefined, null, rate(times.get(name))),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

function rate(timing: Timing | undefined): string {
  const perSecond = 1_000 / (timing?.medianMs ?? Number.NaN);
  return `${perSecond.toFixed(1)} files a second, ${availableParallelism()} threads`;
}
