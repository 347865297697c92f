/** The client and the node against archives: Debian's dcmtk (dcmqrscp) and Orthanc. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readFileParts } from "@malleolus/data/dicom";
import { textIn } from "../dicomweb/dicom-json.ts";
import { skipWithoutDcmtk, startDcmqrscp } from "../test-dcmtk.ts";
import { eventually, startTestNode, type TestNode } from "../test-node.ts";
import { skipWithoutOrthanc, startOrthancWithDimse } from "../test-orthanc.ts";
import { dataSetOf, filesOfStudy, SERIES, STUDY } from "../test-study.ts";
import { RADIOGRAPH_CLASSES, RESULT_CLASSES } from "./classes.ts";
import type { CommitmentReport } from "./commitment.ts";
import { type DimseClient, dimseClient } from "./dimse-client.ts";
import { folderReceiver } from "./folder-receiver.ts";

const CLASSES = [...RADIOGRAPH_CLASSES, ...RESULT_CLASSES];

interface Archive {
  readonly client: DimseClient;
  readonly node: TestNode;
  readonly reports: CommitmentReport[];
}

const ARCHIVES: readonly {
  readonly title: string;
  readonly skip: { skip: string | false };
  readonly start: (context: TestContext, port: number) => Promise<number>;
}[] = [
  {
    title: "ARCHIVE",
    skip: skipWithoutDcmtk(),
    start: (context, port) => startDcmqrscp(context, { title: "MALLEOLUS", port }),
  },
  {
    title: "ORTHANC",
    skip: skipWithoutOrthanc(),
    start: async (context, port) =>
      (await startOrthancWithDimse(context, { title: "MALLEOLUS", port })).dicomPort,
  },
];

async function startArchive(
  context: TestContext,
  { title, start }: (typeof ARCHIVES)[number],
): Promise<Archive> {
  const reports: CommitmentReport[] = [];
  const node = await startTestNode(context, {
    classes: CLASSES,
    onCommitment: (report) => reports.push(report),
  });
  const port = await start(context, node.port);
  const peer = { host: "127.0.0.1", port, calledTitle: title, callingTitle: "MALLEOLUS" };
  return { client: dimseClient(peer), node, reports };
}

for (const archive of ARCHIVES) {
  test(
    `${archive.title}: radiographs and results go in, are found, and come out as they were, by C-MOVE and C-GET`,
    archive.skip,
    async (context) => {
      const { client, node } = await startArchive(context, archive);
      await client.echo();
      assert.deepEqual(await client.find("STUDY", {}), []);

      const files = filesOfStudy();
      const { stored, failed } = await client.store([...files.values()]);
      assert.deepEqual([stored.toSorted(), failed], [[...files.keys()].toSorted(), []]);

      const studies = await client.find("STUDY", { PatientID: "P-11", PatientName: "" });
      assert.deepEqual(
        studies.map((found) => textIn(found, "0020000D")),
        [STUDY],
      );
      assert.equal(textIn(studies[0], "00100010"), "Föhn^Ève");
      assert.deepEqual(await client.find("STUDY", { PatientID: "P-12" }), []);
      const dates = await client.find("STUDY", { StudyDate: "20250101-20250331" });
      assert.equal(dates.length, 1);
      const series = await client.find("SERIES", { StudyInstanceUID: STUDY });
      assert.deepEqual(series.map((found) => textIn(found, "00080060")).toSorted(), [
        "CR",
        "OT",
        "PR",
        "SEG",
        "SR",
      ]);
      const images = await client.find("IMAGE", {
        StudyInstanceUID: STUDY,
        SeriesInstanceUID: SERIES,
      });
      assert.equal(images.length, 2);

      // Into our node.
      const moved = await client.move({ study: STUDY }, "MALLEOLUS");
      assert.deepEqual(moved, { completed: files.size, failed: 0 });
      expectFiles(node.folder, files);

      // And in the association itself, SEG and SR as well.
      const folder = mkdtempSync(join(tmpdir(), "malleolus-get-"));
      context.after(() => rmSync(folder, { recursive: true }));
      const got = await client.get({ study: STUDY }, { receiver: folderReceiver(folder) });
      assert.equal(got.failed, 0);
      expectFiles(folder, files);
      const one = mkdtempSync(join(tmpdir(), "malleolus-get-"));
      context.after(() => rmSync(one, { recursive: true }));
      await client.get({ study: STUDY, series: SERIES }, { receiver: folderReceiver(one) });
      assert.equal(readdirSync(one).length, 2);
    },
  );
}

const [, orthanc] = ARCHIVES;

test(
  "ORTHANC: it promises to keep what it has, and says what it has not",
  orthanc.skip,
  async (context) => {
    const { client, reports } = await startArchive(context, orthanc);
    const files = [...filesOfStudy().values()];
    await client.store(files);
    const references = files.map((file) => readFileParts(file, "test"));
    const { transaction, report } = await client.requestCommitment(references, 200);
    await eventually("the report has come", () => report !== null || reports.length > 0);
    const told = report ?? reports[0];
    assert.equal(told.transaction, transaction);
    assert.deepEqual(
      told.kept.toSorted(),
      references.map(({ sopInstance }) => sopInstance).toSorted(),
    );
    assert.deepEqual(told.failed, []);

    const missing = { sopClass: references[0].sopClass, sopInstance: "1.3.99.404" };
    const second = await client.requestCommitment([references[0], missing], 200);
    await eventually(
      "the second report has come",
      () => second.report !== null || reports.length > 1,
    );
    const other = second.report ?? reports[1];
    assert.deepEqual(other.kept, [references[0].sopInstance]);
    assert.deepEqual(other.failed, [{ instance: "1.3.99.404", reason: 0x0112 }]);
  },
);

test(
  "an archive that is not there, does not know us, or is asked for nonsense is an error that says so",
  orthanc.skip,
  async (context) => {
    const { client } = await startArchive(context, orthanc);
    const nobody = { host: "127.0.0.1", port: 1, calledTitle: "NOBODY", callingTitle: "MALLEOLUS" };
    await assert.rejects(dimseClient(nobody).echo(), {
      code: "unreachable",
      message: /^NOBODY at 127\.0\.0\.1:1: the connection broke \(.*ECONNREFUSED/,
    });
    await assert.rejects(client.move({ study: STUDY }, "UNKNOWN"), { code: "refused" });
    await assert.rejects(client.move({ study: "../x" }, "MALLEOLUS"), { code: "uid" });
    await assert.rejects(client.find("STUDY", { Shoe: "42" }), {
      code: "query",
      message: /expected a key of .*PatientID.*; got Shoe/,
    });
    await assert.rejects(client.store([Buffer.from("no DICOM")]), { code: "damaged" });
  },
);

function expectFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  assert.deepEqual(
    readdirSync(folder).toSorted(),
    [...files.keys()].map((uid) => `${uid}.dcm`).toSorted(),
  );
  for (const [uid, file] of files) {
    assert.deepEqual(dataSetOf(readFileSync(join(folder, `${uid}.dcm`))), dataSetOf(file), uid);
  }
}
