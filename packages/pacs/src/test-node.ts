/** A node of ours for tests, on loopback, with a folder of its own; and callers that speak PDUs by hand. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import {
  type DimseNode,
  type NodeEvent,
  type NodeOptions,
  startDimseNode,
} from "./dimse/dimse-node.ts";
import { folderReceiver } from "./dimse/folder-receiver.ts";
import { APPLICATION_CONTEXT, type AssociateRequest } from "./dimse/pdu.ts";

export const CR = "1.2.840.10008.5.1.4.1.1.1";
export const EXPLICIT = "1.2.840.10008.1.2.1";

export interface TestNode extends DimseNode {
  readonly folder: string;
  readonly events: NodeEvent[];
  /** Names in the folder, in order. */
  names(): string[];
}

/** Called `MALLEOLUS`, for callers called `MODALITY`, `ARCHIVE` or `ORTHANC`. */
export async function startTestNode(
  context: TestContext,
  options: Partial<NodeOptions> = {},
): Promise<TestNode> {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-node-"));
  const events: NodeEvent[] = [];
  let started: DimseNode | null = null;
  context.after(async () => {
    await started?.close(0);
    rmSync(folder, { recursive: true });
  });
  const node = await startDimseNode({
    host: "127.0.0.1",
    port: 0,
    title: "MALLEOLUS",
    callingTitles: ["MODALITY", "ARCHIVE", "ORTHANC"],
    receiver: folderReceiver(folder),
    onEvent: (event) => events.push(event),
    ...options,
  });
  started = node;
  return { ...node, folder, events, names: () => readdirSync(folder).toSorted() };
}

export function associateRequest(options: Partial<AssociateRequest> = {}): AssociateRequest {
  return {
    type: "associate request",
    calledTitle: "MALLEOLUS",
    callingTitle: "MODALITY",
    applicationContext: APPLICATION_CONTEXT,
    mostPduBytes: 16_384,
    roles: [],
    contexts: [{ id: 1, abstractSyntax: CR, transferSyntaxes: [EXPLICIT] }],
    ...options,
  };
}

/** A socket to the node that is closed with the test. */
export async function openRawSocket(context: TestContext, port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port });
  socket.on("error", () => undefined);
  context.after(() => void socket.destroy());
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return socket;
}

/** Waits for something that another process or a socket brings about. */
export async function eventually(what: string, holds: () => boolean): Promise<void> {
  for (const began = Date.now(); Date.now() - began < 60_000; ) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`not within a minute: ${what}`);
}
