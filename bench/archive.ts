/**
 * The inference service between a modality and an archive: how long from the last C-STORE of three views until their
 * report is in Orthanc, which the service sends it to by C-STORE. A minute of it is the wait for the study to be
 * complete. It has no peer, and needs Debian's orthanc and orthanc-dicomweb; a run is a study, and takes a minute.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseDataSet } from "@malleolus/data/dicom";
import { dicomWebClient, dimseClient, textIn } from "@malleolus/pacs";
import { freePort, startOrthancWithDimse } from "@malleolus/pacs/test-archives";
import { internalHospital } from "@malleolus/phantom";
import type { Bench } from "./bench.ts";
import { addressOf, isReady, row, startService } from "./inference.ts";
import { phantomFiles, variantFiles } from "./variants.ts";

const LOOK_MS = 100;
const LONGEST_MS = 10 * 60_000;

export const archive: Bench = {
  name: "archive",
  peerModules: [],
  defaultRuns: 3,
  async run({ runs, progress }) {
    const folder = mkdtempSync(join(tmpdir(), "malleolus-bench-archive-"));
    const ends: (() => Promise<void> | void)[] = [];
    let child: ChildProcess | undefined;
    try {
      progress("a phantom of three views, Orthanc and the service");
      const [original] = phantomFiles(internalHospital, 1);
      const inbox = join(folder, "inbox");
      mkdirSync(inbox);
      const port = await freePort();
      const known = { title: "MALLEOLUS", port };
      const { url, dicomPort } = await startOrthancWithDimse(
        { after: (end: () => Promise<void> | void) => void ends.push(end) },
        known,
      );
      // The wait for completeness is the one that the service begins with.
      writeFileSync(
        join(inbox, "service.toml"),
        `[rule]
bodyParts = []
[dimse]
port = ${port}
callingTitles = ["MODALITY"]
[destination]
host = "127.0.0.1"
port = ${dicomPort}
title = "ORTHANC"
`,
      );
      child = startService(inbox);
      const address = await addressOf(child);
      while (!(await isReady(address))) await wait(LOOK_MS);
      const headers = { Authorization: `Basic ${Buffer.from("user:secret").toString("base64")}` };
      const client = dicomWebClient({ url, headers });
      const node = { host: "127.0.0.1", port, calledTitle: "MALLEOLUS", callingTitle: "MODALITY" };
      const times: number[] = [];
      for (let run = 0; run < runs; run++) {
        progress(`study ${run + 1} of ${runs}`);
        const files = variantFiles(original, run);
        const study = parseDataSet(files[0], "radiograph").text("x0020000d") ?? "";
        const { failed } = await dimseClient(node).store(files);
        if (failed.length > 0) throw new Error(`expected all stored, got ${failed.join(", ")}`);
        const began = performance.now();
        while (!(await hasReport(client, study))) {
          if (performance.now() - began > LONGEST_MS)
            throw new Error("expected a report, got none");
          await wait(LOOK_MS);
        }
        times.push(performance.now() - began);
      }
      return [row("from the last C-STORE to the report in Orthanc, median", times, 0.5)];
    } finally {
      child?.kill("SIGTERM");
      if (child !== undefined && child.exitCode === null) await once(child, "close");
      for (const end of ends.toReversed()) await end();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function hasReport(
  client: ReturnType<typeof dicomWebClient>,
  study: string,
): Promise<boolean> {
  const studies = await client.searchStudies({ StudyInstanceUID: study });
  if (studies.length === 0) return false;
  const instances = await client.searchInstances(study, {});
  return instances.some((one) => textIn(one, "00080060") === "SR");
}
