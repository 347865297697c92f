import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assignReaders } from "../reading/assign-readers.ts";
import { readingsVisibleTo } from "../reading/reading-visibility.ts";
import { submitReading } from "../reading/submit-reading.ts";
import { closeStudy, openStudy } from "../study.ts";
import { addCases, OBSERVERS, reading, studyWithPeople } from "../test-people.ts";
import { scratchFolder } from "../test-study.ts";
import { backUpStudy } from "./back-up-study.ts";

test("backUpStudy: what tar unpacks is a study with every reading, taken while somebody reads", async (context) => {
  const study = await studyWithPeople(context);
  const ids = Array.from({ length: 40 }, (_, index) => `case-${index}`);
  await addCases(
    study,
    ids.map((id) => ({ id })),
  );
  await assignReaders(study, "curation");
  const image = join(study.images, "ab", `${"ab".repeat(32)}.dcm`);
  mkdirSync(join(study.images, "ab"), { recursive: true });
  writeFileSync(image, Buffer.alloc(1_500_000, 7));
  writeFileSync(join(study.images, "ab", "half.tmp"), "half");
  const checkpoint = join(study.folder, "runs", "r".repeat(60), "checkpoints", "step-000100");
  mkdirSync(checkpoint, { recursive: true });
  writeFileSync(join(checkpoint, "optimizer.safetensors"), "of a training that goes on");
  const [reader] = OBSERVERS;
  const saved: string[] = [];
  const reads = (async () => {
    for (const id of ids) {
      await submitReading(study, reading(id, reader, "weber_b"));
      saved.push(id);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  while (saved.length < 10) await new Promise((resolve) => setImmediate(resolve));
  const before = [...saved];
  const folder = scratchFolder(context);
  const path = join(folder, "backup.tar");
  const { files } = await backUpStudy(study, path);
  await reads;
  assert.deepEqual(readdirSync(folder), ["backup.tar"]);

  execFileSync("tar", ["-xf", path, "-C", folder]);
  const restored = await openStudy(join(folder, "study"));
  try {
    const found = readdirSync(restored.folder, { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && !/-(?:wal|shm)$/.test(entry.name),
    );
    assert.equal(found.length, files);
    assert.ok(!found.some(({ name }) => name.endsWith(".keys") || name.endsWith(".tmp")));
    assert.ok(found.some(({ name }) => name === `${"ab".repeat(32)}.dcm`));
    assert.ok(!readdirSync(restored.folder).includes("runs"));
    for (const caseId of before) {
      const { own } = await readingsVisibleTo(restored, {
        caseId,
        panel: "curation",
        viewer: reader,
      });
      assert.deepEqual(own[0]?.decision, { kind: "class", id: "weber_b" });
    }
  } finally {
    await closeStudy(restored);
  }
});

test("backUpStudy: never writes over a file", async (context) => {
  const study = await studyWithPeople(context);
  const path = join(scratchFolder(context), "there");
  writeFileSync(path, "mine");
  await assert.rejects(backUpStudy(study, path), { code: "exists" });
});
