/** An inbox of a test's own, and radiographs for it. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { dicomFile, GRAY_2X2 } from "@malleolus/data/test-dicom";
import { type Inbox, openInbox } from "./inbox/inbox.ts";
import type { LiveResult } from "./inbox/live-study.ts";

export const PASSPHRASE = "lantern gravel otter nineteen";

export function radiograph(
  study: string,
  instance: string,
  changes: Parameters<typeof dicomFile>[0] = {},
): Uint8Array {
  return dicomFile({
    ...GRAY_2X2,
    "00080016 UI": "1.2.840.10008.5.1.4.1.1.1",
    "00080018 UI": instance,
    "00080060 CS": "DX",
    "00100010 PN": "Doe^Jane",
    "00100020 LO": "P-1",
    "00180015 CS": "ANKLE",
    "00185101 CS": "AP",
    "0020000d UI": study,
    "0020000e UI": `${study}.1`,
    "7fe00010 OW": [0, 100, 200, 300],
    ...changes,
  });
}

export function testFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-inbox-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

export function openTestInbox(context: TestContext): Promise<Inbox> {
  return openInbox(testFolder(context), PASSPHRASE);
}

export async function put(inbox: Inbox, file: Uint8Array) {
  const incoming = await inbox.receive();
  await incoming.write(file);
  return incoming.commit();
}

export const RESULT: LiveResult = {
  analysedAt: "2026-03-01T10:00:00.000Z",
  modelSha256: "ab".repeat(32),
  modelVersion: "0.1.0",
  scoreThreshold: 0.5,
  predictions: [],
  answer: null,
};

/** Of a file with a line of JSON an event. */
export function linesOf(path: string) {
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}

export async function until(holds: () => boolean): Promise<void> {
  for (const began = Date.now(); !holds(); ) {
    assert.ok(Date.now() - began < 60_000, "not within a minute");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
