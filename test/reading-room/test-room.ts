/**
 * A small simulated study with a server on it and the pages as they are shipped: what the tests of the
 * reading room in a browser, and whoever wants to look at it, begin with.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningServer, type ServerOptions, startServer } from "@malleolus/server";
import { closeStudy, openStudy, type Study } from "@malleolus/studies";
import { preparedPages, preparedStudy } from "./test-prepared-room.ts";

export { ANNOTATORS, OBSERVERS, PASSPHRASE } from "./test-prepared-room.ts";

export interface Room {
  readonly study: Study;
  readonly server: RunningServer;
  /** The pages as they were built. */
  readonly webFolder: string;
  readonly close: () => Promise<void>;
}

/** One patient of each class, whom nobody has read yet. */
export async function openRoom(
  folder: string,
  options: Pick<ServerOptions, "readDetector" | "program" | "startAnalysis"> = {},
): Promise<Room> {
  const study = await openStudy(await preparedStudy(folder));
  return openRoomOn(study, { folder, ...options });
}

/** On a study that is there, with what a server can be told besides. */
export async function openRoomOn(
  study: Study,
  {
    folder,
    ...options
  }: { readonly folder: string } & Pick<
    ServerOptions,
    "signOn" | "tls" | "readDetector" | "program" | "startAnalysis"
  >,
): Promise<Room> {
  const webFolder = await preparedPages(folder);
  const server = await startServer({ study, webFolder, port: 0, ...options });
  return {
    study,
    server,
    webFolder,
    async close() {
      await server.stop();
      await closeStudy(study);
    },
  };
}

/** A folder that goes when the test ends. */
export function scratchFolder(context: { after(cleanUp: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-room-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
