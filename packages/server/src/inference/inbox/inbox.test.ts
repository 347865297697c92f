import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openTestInbox, PASSPHRASE, put, RESULT, radiograph, testFolder } from "../test-inbox.ts";
import { openInbox } from "./inbox.ts";

/** All files below a folder, with what they hold. */
function contents(folder: string): Map<string, Buffer> {
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [
        join(parentPath, name),
        readFileSync(join(parentPath, name)),
      ]),
  );
}

test("inbox: radiographs of a study come together, once each, and nobody's name is on the disk", async (context) => {
  const inbox = await openTestInbox(context);
  const first = await put(inbox, radiograph("1.3.99.1", "1.3.99.1.1"));
  const again = await put(inbox, radiograph("1.3.99.1", "1.3.99.1.1"));
  const second = await put(inbox, radiograph("1.3.99.1", "1.3.99.1.2"));
  const other = await put(inbox, radiograph("1.3.99.2", "1.3.99.2.1"));
  assert.deepEqual(
    [first.isNew, again.isNew, second.isNew, other.isNew],
    [true, false, true, true],
  );
  assert.equal(second.study.images.length, 2);
  assert.equal(first.study.id, second.study.id);
  assert.notEqual(first.study.id, other.study.id);
  const [image] = second.study.images;
  assert.deepEqual([image.modality, image.bodyPart, image.view], ["DX", "ANKLE", "ap"]);
  assert.deepEqual(
    new Uint8Array(await inbox.read(first.study.id, image.file)),
    new Uint8Array(radiograph("1.3.99.1", "1.3.99.1.1")),
  );
  for (const [path, bytes] of contents(inbox.folder)) {
    for (const word of ["Doe", "P-1", "1.3.99.1", "ANKLE"]) {
      assert.ok(!bytes.includes(word) && !path.includes("1.3.99"), `${word} in ${path}`);
    }
  }
  await inbox.close();
});

test("inbox: what is no radiograph is refused, and nothing is left of it", async (context) => {
  const inbox = await openTestInbox(context);
  const before = contents(inbox.folder).size;
  for (const file of [
    Buffer.from("no DICOM"),
    radiograph("1.3.99.1", "1.3.99.1.1").subarray(0, 200),
    radiograph("1.3.99.1", "1.3.99.1.1", { "00280010 US": null, "7fe00010 OW": null }),
  ]) {
    await assert.rejects(put(inbox, file), { name: "DataError" });
  }
  const incoming = await inbox.receive();
  await incoming.write(Buffer.from("half"));
  await incoming.discard();
  assert.equal(contents(inbox.folder).size, before);
  assert.deepEqual(inbox.studies(), []);
  await inbox.close();
});

test("inbox: opened again it is as it was, without what a kill left", async (context) => {
  const folder = testFolder(context);
  const inbox = await openInbox(folder, PASSPHRASE);
  const { study } = await put(inbox, radiograph("1.3.99.1", "1.3.99.1.1"));
  const bytes = Buffer.from("an object");
  await inbox.putObjects(study.id, [{ kind: "report", sopInstance: "1.2.3", bytes }], () => ({
    state: "done",
    result: RESULT,
  }));
  await inbox.close();
  const own = join(folder, "studies", study.id);
  const kept = readdirSync(own).toSorted();
  writeFileSync(join(own, "study.sealed.0123.part"), "half");
  writeFileSync(join(own, "object-strange.sealed"), "left by a kill before its record");
  writeFileSync(join(folder, "studies", "image-0123.sealed"), "left before its study");
  const again = await openInbox(folder, PASSPHRASE);
  assert.deepEqual(readdirSync(own).toSorted(), kept);
  assert.deepEqual(readdirSync(join(folder, "studies")), [study.id]);
  const found = again.find(study.id);
  assert.equal(found?.state, "done");
  assert.deepEqual(found?.result, RESULT);
  assert.deepEqual(await again.read(study.id, found?.objects[0]?.file ?? ""), bytes);
  await again.close();
  await assert.rejects(openInbox(folder, "another passphrase altogether"), { code: "passphrase" });
});

test("inbox: pixels that are forgotten are gone, and the result stays", async (context) => {
  const inbox = await openTestInbox(context);
  const { study } = await put(inbox, radiograph("1.3.99.1", "1.3.99.1.1"));
  const object = { kind: "picture", sopInstance: "1.2.3", bytes: Buffer.from("pixels") } as const;
  await inbox.putObjects(study.id, [object], () => ({ state: "done", result: RESULT }));
  const forgotten = await inbox.forgetPixels(study.id, () => ({ state: "confirmed" }));
  assert.deepEqual(forgotten, inbox.find(study.id));
  const own = join(inbox.folder, "studies", study.id);
  assert.deepEqual(readdirSync(own), ["study.sealed"]);
  const found = inbox.find(study.id);
  assert.deepEqual([found?.state, found?.images, found?.objects], ["confirmed", [], []]);
  assert.deepEqual(found?.result, RESULT);
  assert.equal(await inbox.remove(study.id), true);
  assert.equal(await inbox.remove(study.id), false);
  assert.deepEqual(readdirSync(join(inbox.folder, "studies")), []);
  assert.deepEqual(inbox.studies(), []);
  await inbox.close();
});

test("inbox: records of two studies that were exchanged are refused", async (context) => {
  const folder = testFolder(context);
  const inbox = await openInbox(folder, PASSPHRASE);
  const [one, two] = [
    await put(inbox, radiograph("1.3.99.1", "1.3.99.1.1")),
    await put(inbox, radiograph("1.3.99.2", "1.3.99.2.1")),
  ].map(({ study }) => join(folder, "studies", study.id, "study.sealed"));
  await inbox.close();
  writeFileSync(one, readFileSync(two));
  await assert.rejects(openInbox(folder, PASSPHRASE), { code: "settings" });
  rmSync(one);
});

test("inbox: what its record could not be written for is not left on the disk", async (context) => {
  const inbox = await openTestInbox(context);
  context.after(() => inbox.close());
  const known = (await put(inbox, radiograph("1.3.99.1", "1.3.99.1.1"))).study;
  const own = join(inbox.folder, "studies", known.id);
  /** A folder in its place: no record is written over it. */
  const block = (folder: string) => {
    rmSync(join(folder, "study.sealed"), { recursive: true, force: true });
    mkdirSync(join(folder, "study.sealed"), { recursive: true });
  };
  block(own);
  const before = readdirSync(own);
  await assert.rejects(put(inbox, radiograph("1.3.99.1", "1.3.99.1.2")), { code: "EISDIR" });
  const object = { kind: "picture", sopInstance: "1.2.3", bytes: Buffer.from("pixels") } as const;
  const kept = inbox.putObjects(known.id, [object], () => ({ state: "done", result: RESULT }));
  await assert.rejects(kept, { code: "EISDIR" });
  assert.deepEqual(readdirSync(own), before);
  assert.deepEqual(inbox.find(known.id), known);

  const { id } = (await put(inbox, radiograph("1.3.99.2", "1.3.99.2.1"))).study;
  await inbox.remove(id);
  block(join(inbox.folder, "studies", id));
  await assert.rejects(put(inbox, radiograph("1.3.99.2", "1.3.99.2.1")), { code: "EISDIR" });
  assert.deepEqual(readdirSync(join(inbox.folder, "studies")), [known.id]);
});

test("inbox: closed, it writes nothing into what another service may have", async (context) => {
  const folder = testFolder(context);
  const inbox = await openInbox(folder, PASSPHRASE);
  const { id } = (await put(inbox, radiograph("1.3.99.1", "1.3.99.1.1"))).study;
  const incoming = await inbox.receive();
  await incoming.write(radiograph("1.3.99.1", "1.3.99.1.2"));
  await inbox.close();
  await assert.rejects(incoming.commit(), { code: "unavailable" });
  await assert.rejects(
    inbox.change(id, () => ({ state: "done" })),
    { code: "unavailable" },
  );
  const again = await openInbox(folder, PASSPHRASE);
  context.after(() => again.close());
  assert.deepEqual([again.find(id)?.state, again.find(id)?.images.length], ["receiving", 1]);
  assert.deepEqual(readdirSync(join(folder, "studies")), [id]);
});
