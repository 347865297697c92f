import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { decodeRadiograph } from "../../read-radiograph.ts";
import { skipWithout, testDataPath } from "../../test-data.ts";
import { deidentify } from "./deidentify.ts";

const ankle = testDataPath("dicom-ankle");
const names = ankle === null ? [] : readdirSync(ankle).filter((name) => name.endsWith(".dcm"));
const given = {
  pseudonym: "A-0001",
  key: Buffer.alloc(32, 7),
  shiftDays: -100,
  burnedIn: "refuse",
} as const;

test("deidentify: the real files are there", skipWithout(ankle), () => {
  assert.equal(names.length, 8);
});

for (const name of names) {
  const original = readFileSync(join(ankle ?? "", name));
  const written = deidentify(original, given, name);

  test(`deidentify: pixels of ${name} are what they were`, async () => {
    const before = await decodeRadiograph(original, name);
    const after = await decodeRadiograph(written, name);
    assert.deepEqual(
      {
        ...after,
        pixels: Buffer.from(after.pixels.buffer).equals(Buffer.from(before.pixels.buffer)),
      },
      { ...before, pixels: true },
    );
  });

  test(`deidentify: dcmdump finds nobody in ${name}`, skipWithoutProgram("dcmdump"), (context) => {
    const path = scratchFile(context, written);
    const { status, stdout, stderr } = run("dcmdump", "--load-short", path);
    assert.equal(status, 0, stderr);
    assert.equal(stderr, "");
    const identifying = listValues(run("dcmdump", "--load-short", join(ankle ?? "", name)).stdout);
    for (const text of identifying) assert.ok(!stdout.includes(text), `"${text}" is still there`);
    assert.doesNotMatch(stdout, /^\s*\([0-9a-f]{3}[13579bdf],/m, "a private attribute is left");
  });

  test(
    `deidentify: dciodvfy objects to nothing new in ${name}`,
    skipWithoutProgram("dciodvfy"),
    (context) => {
      const before = new Set(errorsOf(join(ankle ?? "", name)));
      const after = errorsOf(scratchFile(context, written));
      assert.deepEqual(
        after.filter((line) => !before.has(line)),
        [],
      );
    },
  );
}

/** Values of names, IDs, dates, places and instance UIDs in a dump of the original. */
function listValues(dump: string): string[] {
  return [
    ...dump.matchAll(/^\s*\([0-9a-f,]+\) (?:PN|DA|DT|UI) \[([^\]]{4,})\]/gm),
    ...dump.matchAll(
      /^\s*\((?:0010,0020|0008,0050|0008,0080|0008,1010|0018,1000)\) .. \[([^\]]{4,})\]/gm,
    ),
  ]
    .map(([, value]) => value)
    .filter((value) => !value.startsWith("1.2.840.10008."));
}

function errorsOf(path: string): string[] {
  const { stderr } = run("dciodvfy", path);
  return stderr.split("\n").filter((line) => line.startsWith("Error"));
}

function scratchFile(context: { after(cleanUp: () => void): void }, bytes: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-deidentify-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "a.dcm");
  writeFileSync(path, bytes);
  return path;
}

function run(program: string, ...args: string[]) {
  return spawnSync(program, args, { encoding: "utf8", maxBuffer: 2 ** 26 });
}

/** Option of a test that needs a program of another project. */
function skipWithoutProgram(program: string): { skip: string | false } {
  return { skip: run(program, "--version").error === undefined ? false : `${program} is absent` };
}
