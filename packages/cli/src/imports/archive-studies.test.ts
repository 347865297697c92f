/** `malleolus import dicomweb` from an archive on loopback. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { run } from "../test-command.ts";

const radiograph = (study: string, instance: string) =>
  dicomFile({
    ...GRAY_2X2,
    "00080016 UI": "1.2.840.10008.5.1.4.1.1.1",
    "00080018 UI": instance,
    "00100020 LO": `P-${study}`,
    "0020000d UI": study,
    "0020000e UI": `${study}.1`,
    "7fe00010 OW": [0, 100, 200, Number(instance.at(-1))],
  });

const series = (uid: string, modality: string) => ({
  "0020000E": { vr: "UI", Value: [uid] },
  "00080060": { vr: "CS", Value: [modality] },
});

/** Two studies of radiographs, the first with a report beside, and what was asked of it. */
async function startArchive(context: TestContext) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? "").replace(/[?].*$/, "");
    asked.push(`${request.url} ${request.headers.authorization}`);
    const study = /^\/web\/studies\/([\d.]+)/.exec(path)?.[1] ?? "";
    if (path === "/web/studies") {
      const found = ["1.3.99.1", "1.3.99.2"].map((uid) => ({
        "0020000D": { vr: "UI", Value: [uid] },
      }));
      response.end(JSON.stringify(found));
    } else if (path.endsWith("/series")) {
      response.end(JSON.stringify([series(`${study}.1`, "DX"), series(`${study}.2`, "SR")]));
    } else if (path.endsWith(".1")) {
      const files = [1, 2].map((i) => radiograph(study, `${study}.1.${i}`));
      response.setHeader("content-type", "multipart/related; boundary=b");
      for (const file of files) {
        response.write("\r\n--b\r\nContent-Type: application/dicom\r\n\r\n");
        response.write(file);
      }
      response.end("\r\n--b--");
    } else response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return { url: `http://127.0.0.1:${address.port}/web`, asked };
}

test("import dicomweb: the radiographs of an archive's studies, once, and nothing is left beside", async (context) => {
  const { url, asked } = await startArchive(context);
  const folder = mkdtempSync(join(tmpdir(), "malleolus-cli-archive-"));
  const before = { ...process.env };
  // A temporary folder of its own: others leave things in everybody's.
  process.env.TMPDIR = folder;
  process.env.MALLEOLUS_PASSPHRASE = "lantern gravel otter nineteen";
  process.env.MALLEOLUS_ARCHIVE_AUTHORIZATION = "Bearer key";
  context.after(() => {
    for (const name of ["MALLEOLUS_PASSPHRASE", "MALLEOLUS_ARCHIVE_AUTHORIZATION", "TMPDIR"]) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    rmSync(folder, { recursive: true });
  });
  const study = join(folder, "study");
  assert.equal((await run("init", study)).code, 0);

  const args = ["import", "dicomweb", url, "--study", study, "--match", "StudyDate=20250101"];
  const first = await run(...args);
  assert.equal(first.written, "4 imported, 0 known already, 0 refused\n", first.said);
  assert.equal(first.code, 0);
  assert.match(asked[0], /^\/web\/studies\?StudyDate=20250101&.* Bearer key$/);
  // The report was not asked for.
  assert.ok(!asked.some((path) => /series\/[\d.]*\.2 /.test(path)), asked.join("\n"));

  const again = await run(...args);
  assert.equal(again.written, "0 imported, 4 known already, 0 refused\n", again.said);
  assert.deepEqual(
    readdirSync(tmpdir()).filter((name) => name.startsWith("malleolus-archive-")),
    [],
  );

  const nowhere = await run("import", "dicomweb", "http://127.0.0.1:1/web", "--study", study);
  assert.equal(nowhere.code, 1);
  assert.match(
    nowhere.said,
    /malleolus: GET http:\/\/127\.0\.0\.1:1\/web\/studies.*: no whole answer/,
  );
  const wrong = await run("import", "dicomweb", url, "--match", "StudyDate");
  assert.match(wrong.said, /expected KEY=VALUE, got "StudyDate"/);
});
