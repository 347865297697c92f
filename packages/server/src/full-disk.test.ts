/**
 * A server whose disk is full: what cannot be saved is refused in words, what was acknowledged is there, also after
 * it was killed then, and with room again it goes on by itself. The disk is a small ext4 file system in a file,
 * which only root can mount. `MALLEOLUS_KILLS=50` fills it and kills the server so often.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { closeStudy, openStudy } from "@malleolus/studies";
import {
  assertAudited,
  assertKept,
  saveAll,
  startProcess,
  studyWithDrafts,
} from "./test-savers.ts";

const KILLS = Number(process.env.MALLEOLUS_KILLS ?? 2);
const READERS = 12;
const PAUSE_MS = 30;
const DISK_BYTES = 128 * 2 ** 20;

interface Disk {
  readonly folder: string;
  fill(): void;
  free(): void;
}

/** A string says why there is none. */
function smallDisk(context: { after(cleanUp: () => void): void }): Disk | string {
  const beside = mkdtempSync(join(tmpdir(), "malleolus-disk-"));
  const [image, folder] = [join(beside, "image"), join(beside, "disk")];
  const filler = join(folder, "filler");
  context.after(() => {
    spawnSync("umount", ["--lazy", folder]);
    rmSync(beside, { recursive: true, force: true });
  });
  mkdirSync(folder);
  writeFileSync(image, "");
  truncateSync(image, DISK_BYTES);
  for (const [program, ...args] of [
    ["mkfs.ext4", "-q", "-m", "0", image],
    ["mount", "-o", "loop", image, folder],
  ]) {
    const { status, error, stderr } = spawnSync(program, args, { encoding: "utf8" });
    if (status !== 0) return `no small disk: ${program}: ${error?.message ?? stderr.trim()}`;
  }
  return {
    folder,
    fill() {
      const file = openSync(filler, "a");
      try {
        for (const bytes of [2 ** 20, 2 ** 12]) fillWith(file, Buffer.alloc(bytes, 1));
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler, { force: true }),
  };
}

function fillWith(file: number, piece: Buffer): void {
  try {
    while (writeSync(file, piece) === piece.length);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  }
}

test(`server: on a full disk it says what is not saved, and loses nothing in ${KILLS} kills there`, async (context) => {
  const disk = smallDisk(context);
  if (typeof disk === "string") {
    context.skip(disk);
    return;
  }
  const { study: original, drafts } = await studyWithDrafts(context, READERS);
  const folder = join(disk.folder, "study");
  cpSync(original.folder, folder, { recursive: true });
  let { child, address, log } = await startProcess(context, folder);
  for (let kill = 0; kill < KILLS; kill++) {
    const saves = saveAll(context, address, drafts, PAUSE_MS);
    await saves.untilEach("acknowledged", 1);
    disk.fill();
    await saves.untilEach("refused", 1);
    disk.free();
    await saves.untilEach("acknowledged", 2);
    disk.fill();
    await saves.untilEach("refused", 1);
    await wait(Math.random() * 100);
    await saves.kill(child);
    // A save is refused in one of two ways; the log says each once, however many there were.
    const warnings = log().match(/"unavailable"/g)?.length ?? 0;
    assert.ok(warnings === 1 || warnings === 2, log());
    // On the full disk, which is read all the same.
    ({ child, address, log } = await startProcess(context, folder));
    await assertKept(address, drafts);
    disk.free();
  }
  child.kill("SIGTERM");
  const [code] = await once(child, "close");
  assert.equal(code, 0);
  const study = await openStudy(folder);
  await assertAudited(study, drafts);
  await closeStudy(study);
});
