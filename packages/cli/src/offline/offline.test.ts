/** What goes into the archive and what its installer refuses; test/offline/install.sh installs one in a bare Debian. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { debianRelease, packagesOf } from "./debian-packages.ts";
import { developmentPackages, otherPlatforms } from "./program-files.ts";

const hasDpkg = spawnSync("dpkg", ["--version"]).error === undefined;
const isRoot = process.getuid?.() === 0;

test("what nothing runs with, and what is for other machines, stays here", () => {
  const lock = {
    packages: {
      "": {},
      "packages/cli": { dev: true },
      "node_modules/zod": {},
      "node_modules/vite": { dev: true },
      "node_modules/a/node_modules/b": { dev: true },
    },
  };
  assert.deepEqual(developmentPackages(lock), [
    "node_modules/vite",
    "node_modules/a/node_modules/b",
  ]);
  const runtimes = ["linux/x64", "linux/arm64", "darwin/x64"].map((of) => `o/bin/napi-v6/${of}`);
  assert.deepEqual(otherPlatforms(runtimes, "linux", "x64"), runtimes.slice(1));
});

test("an archive is for one release of Debian, and for no other system", async (context) => {
  const fedora = debianRelease('ID=fedora\nVERSION_ID="42"\n');
  await assert.rejects(fedora, { code: "device", message: /expected Debian, got fedora/ });
  if (!hasDpkg) return context.skip("dpkg absent");
  const release = await debianRelease('PRETTY_NAME="Debian"\nVERSION_ID="12"\nID=debian\n');
  assert.match(release, /^debian 12 \w+$/);
  const names = await packagesOf([process.execPath]);
  assert.ok(names.includes("libc6") && names.includes("libstdc++6"), names.join());
});

/** An archive with one package, which is none: whatever goes on to it fails there. */
function unpacked(context: TestContext, madeFor: string) {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-offline-"));
  context.after(() => rmSync(folder, { recursive: true }));
  copyFileSync(join(import.meta.dirname, "install.sh"), join(folder, "install.sh"));
  mkdirSync(join(folder, "debian"));
  writeFileSync(join(folder, "debian/none.deb"), "none");
  writeFileSync(join(folder, "made-for"), `${madeFor}\n`);
  const sum = spawnSync("sha256sum", ["debian/none.deb"], { cwd: folder, encoding: "utf8" });
  writeFileSync(join(folder, "SHA256SUMS"), sum.stdout);
  const install = () => {
    const target = join(folder, "target");
    const args = [join(folder, "install.sh"), target];
    const { status, stderr } = spawnSync("sh", args, { encoding: "utf8" });
    return { status, stderr };
  };
  return { folder, install };
}

test("the installer refuses another machine, a changed file, and packages that are none", async (context) => {
  if (!isRoot || !hasDpkg) return context.skip("needs root and dpkg");
  const other = unpacked(context, "debian 99 amd64").install();
  assert.equal(other.status, 1);
  assert.match(other.stderr, /expected debian 99 amd64, got /);
  const { stdout } = spawnSync("sh", [
    "-c",
    '. /etc/os-release; echo "$ID $VERSION_ID $(dpkg --print-architecture)"',
  ]);
  const { folder, install } = unpacked(context, String(stdout).trim());
  const broken = install();
  assert.equal(broken.status, 1);
  assert.match(broken.stderr, /Debian's packages could not be installed/);
  writeFileSync(join(folder, "debian/none.deb"), "other");
  assert.match(install().stderr, /a file is not the one that was packed/);
});
