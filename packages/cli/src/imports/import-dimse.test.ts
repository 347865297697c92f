/** `malleolus import dimse` from dcmtk's archive and from Orthanc, on loopback. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { dimseClient } from "@malleolus/pacs";
import {
  freePort,
  skipWithoutDcmtk,
  skipWithoutOrthanc,
  startDcmqrscp,
  startOrthancWithDimse,
} from "@malleolus/pacs/test-archives";
import { run } from "../test-command.ts";

const radiograph = (study: string, instance: string, modality = "DX") =>
  dicomFile({
    ...GRAY_2X2,
    "00080016 UI": "1.2.840.10008.5.1.4.1.1.1",
    "00080018 UI": instance,
    "00080060 CS": modality,
    "00100020 LO": `P-${study}`,
    "0020000d UI": study,
    "0020000e UI": `${study}.${modality === "DX" ? 1 : 2}`,
    "7fe00010 OW": [0, 100, 200, Number(instance.at(-1))],
  });

/** Two radiographs of each of two studies, and something else beside. */
const OBJECTS = [
  radiograph("1.3.99.1", "1.3.99.1.1.1"),
  radiograph("1.3.99.1", "1.3.99.1.1.2"),
  radiograph("1.3.99.1", "1.3.99.1.2.3", "OT"),
  radiograph("1.3.99.2", "1.3.99.2.1.4"),
  radiograph("1.3.99.2", "1.3.99.2.1.5"),
];

const ARCHIVES: readonly (readonly [
  title: string,
  skip: { skip: string | false },
  start: (context: TestContext, port: number) => Promise<number>,
])[] = [
  [
    "ARCHIVE",
    skipWithoutDcmtk(),
    (context, port) => startDcmqrscp(context, { title: "MALLEOLUS", port }),
  ],
  [
    "ORTHANC",
    skipWithoutOrthanc(),
    async (context, port) =>
      (await startOrthancWithDimse(context, { title: "MALLEOLUS", port })).dicomPort,
  ],
];

for (const [title, skip, start] of ARCHIVES) {
  test(
    `import dimse: the radiographs of ${title}, by C-GET and by C-MOVE, once, and nothing is left beside`,
    skip,
    async (context) => {
      const folder = mkdtempSync(join(tmpdir(), "malleolus-cli-dimse-"));
      const before = { ...process.env };
      process.env.MALLEOLUS_PASSPHRASE = "lantern gravel otter nineteen";
      context.after(() => {
        for (const name of ["MALLEOLUS_PASSPHRASE", "TMPDIR"]) {
          if (before[name] === undefined) delete process.env[name];
          else process.env[name] = before[name];
        }
        rmSync(folder, { recursive: true });
      });
      const ours = await freePort();
      const port = await start(context, ours);
      // A temporary folder of its own: others leave things in everybody's.
      process.env.TMPDIR = folder;
      const peer = { host: "127.0.0.1", port, calledTitle: title, callingTitle: "MALLEOLUS" };
      const { failed } = await dimseClient(peer).store(OBJECTS);
      assert.deepEqual(failed, []);

      const importInto = async (name: string, ...more: string[]) => {
        const study = join(folder, name);
        if (!readdirSync(folder).includes(name)) assert.equal((await run("init", study)).code, 0);
        return run(
          "import",
          "dimse",
          `127.0.0.1:${port}`,
          "--called",
          title,
          "--study",
          study,
          ...more,
        );
      };
      const first = await importInto("by-get");
      assert.equal(first.written, "4 imported, 0 known already, 0 refused\n", first.said);
      assert.equal(first.code, 0);
      const again = await importInto("by-get");
      assert.equal(again.written, "0 imported, 4 known already, 0 refused\n", again.said);

      const listen = ["--listen", `127.0.0.1:${ours}`];
      const moved = await importInto("by-move", "--match", "StudyInstanceUID=1.3.99.2", ...listen);
      assert.equal(moved.written, "2 imported, 0 known already, 0 refused\n", moved.said);

      // An archive that sends elsewhere is told of, and the exit code says it.
      const elsewhere = await importInto("by-get", "--calling", "MALLEOLUS", "--match", "Shoe=42");
      assert.match(elsewhere.said, /expected a key of .*; got Shoe/);
      const unknown = await importInto("by-get", "--calling", "NOBODY", "--listen", "127.0.0.1:0");
      assert.equal(unknown.code, 1, unknown.said);
      const left = readdirSync(tmpdir()).filter((name) => name.startsWith("malleolus-archive-"));
      assert.deepEqual(left, []);
    },
  );
}

test("import dimse: wrong usage and nobody there are told", async () => {
  const wrong = await run("import", "dimse", "archive", "--called", "ARCHIVE");
  assert.equal(wrong.code, 2);
  assert.match(wrong.said, /expected HOST:PORT, got "archive"/);
  const half = await run("import", "dimse", "archive:104", "--called", "A", "--tls-key", "k.pem");
  assert.match(half.said, /expected --tls-cert and --tls-key together, got k\.pem alone/);
  const untitled = await run("import", "dimse", "archive:104");
  assert.match(untitled.said, /--called/);
});
