import assert from "node:assert/strict";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { isBundle, networkOf, openBundle, writeBundle } from "./bundle.ts";

const ABOUT = { name: "ankle", version: "3", writtenBy: "0.1.0" };

async function bundleIn(context: TestContext) {
  const parent = mkdtempSync(join(tmpdir(), "malleolus-bundle-"));
  context.after(() => rmSync(parent, { recursive: true }));
  const networks = (["detection", "segmentation"] as const).map((network) => {
    const path = join(parent, `${network}-of-a-run`);
    writeFileSync(path, `weights of ${network}`);
    return { network, path };
  });
  const folder = join(parent, "there", "bundle");
  await writeBundle({ ...ABOUT, folder, networks });
  return { parent, folder, networks };
}

test("writeBundle: the networks, byte by byte, and a manifest that knows them", async (context) => {
  const { parent, folder, networks } = await bundleIn(context);
  assert.ok(isBundle(folder));
  // A bundle is a folder that can be copied.
  const copy = join(parent, "copy");
  cpSync(folder, copy, { recursive: true });
  const opened = await openBundle(copy);
  assert.deepEqual(
    opened.manifest.members.map(({ network, file }) => [network, file]),
    [
      ["detection", "detection.safetensors"],
      ["segmentation", "segmentation.safetensors"],
    ],
  );
  for (const { network, path } of networks) {
    assert.deepEqual(readFileSync(networkOf(opened, network)), readFileSync(path));
  }
  assert.throws(
    () => networkOf(opened, "classification"),
    /bundle ankle 3: expected a classification network, got only detection and segmentation;/,
  );
});

test("openBundle: a network that was exchanged, one that is missing, and no manifest, are told", async (context) => {
  const { parent, folder } = await bundleIn(context);
  const path = join(folder, "segmentation.safetensors");
  writeFileSync(path, "weights of something else");
  await assert.rejects(openBundle(folder), /expected the segmentation that the bundle was made of/);
  rmSync(path);
  await assert.rejects(openBundle(folder), /expected the bundle's segmentation, got nothing; copy/);
  writeFileSync(join(folder, "bundle.json"), '{"format": "malleolus-bundle-9"}');
  await assert.rejects(openBundle(folder), { name: "RunError", code: "run" });
  assert.ok(!isBundle(parent));
  await assert.rejects(openBundle(parent), /expected a bundle with bundle\.json, got none/);
});

test("writeBundle: what is there stays, and what fails leaves nothing behind", async (context) => {
  const { parent, folder, networks } = await bundleIn(context);
  await assert.rejects(
    writeBundle({ ...ABOUT, folder, networks }),
    /expected nothing there yet, got a file or folder; give the bundle another place/,
  );
  const other = join(parent, "other");
  const missing = [{ network: "detection" as const, path: join(parent, "nowhere") }];
  await assert.rejects(
    writeBundle({ ...ABOUT, folder: other, networks: missing }),
    /other: the bundle cannot be written: .*nowhere/,
  );
  assert.ok(!existsSync(other) && !existsSync(`${other}.${process.pid}.tmp`));
});
