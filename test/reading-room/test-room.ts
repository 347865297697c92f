/**
 * A small simulated study with a server on it and the pages as they are shipped: what the tests of the
 * reading room in a browser, and whoever wants to look at it, begin with.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { internalHospital, mixedSpecs, withPitch, writeArchive } from "@malleolus/phantom";
import { type RunningServer, type ServerOptions, startServer } from "@malleolus/server";
import {
  ankleProtocol,
  assignReaders,
  closeStudy,
  createStudy,
  findHospital,
  importDicom,
  importReports,
  openKeys,
  openStudy,
  type Study,
  screenCases,
} from "@malleolus/studies";
import { build } from "vite";

export interface Room {
  readonly study: Study;
  readonly server: RunningServer;
  /** The pages as they were built. */
  readonly webFolder: string;
  readonly close: () => Promise<void>;
}

export const OBSERVERS = ["observer-1", "observer-2", "observer-3"] as const;
export const ANNOTATORS = ["annotator-1", "annotator-2"] as const;
export const PASSPHRASE = "correct horse";
const root = join(import.meta.dirname, "../..");

/** `patients` of each class; radiographs are coarse, so that simulating them takes seconds. */
export async function openRoom(
  folder: string,
  {
    patients,
    pitchMm,
    readDetector,
  }: { readonly patients: number; readonly pitchMm: number } & Pick<ServerOptions, "readDetector">,
): Promise<Room> {
  const study = await simulatedStudy(folder, patients, pitchMm);
  return openRoomOn(study, { folder, readDetector });
}

/** On a study that is there, with what a server can be told besides. */
export async function openRoomOn(
  study: Study,
  {
    folder,
    ...options
  }: { readonly folder: string } & Pick<ServerOptions, "signOn" | "tls" | "readDetector">,
): Promise<Room> {
  const webFolder = join(folder, "pages");
  await build({
    root: join(root, "packages/web"),
    logLevel: "error",
    build: { outDir: webFolder, emptyOutDir: true },
  });
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

async function simulatedStudy(folder: string, patients: number, pitchMm: number): Promise<Study> {
  const archive = join(folder, "archive");
  await writeArchive({
    folder: archive,
    hospital: internalHospital,
    xrayUnit: withPitch(internalHospital.xrayUnit, pitchMm),
    seed: "reading room",
    specs: mixedSpecs(patients, 0),
    stop: new AbortController().signal,
    onStudy: () => {},
  });
  await createStudy({
    folder: join(folder, "study"),
    name: "Simulated ankles",
    passphrase: PASSPHRASE,
    simulation: "reading room",
    protocol: ankleProtocol,
    participants: {
      hospitals: [{ id: "one", name: "Simulated Hospital", role: "internal", language: "en" }],
      observers: [
        ...OBSERVERS.map((id, i) => ({
          id,
          name: `Simulated Observer ${i + 1}`,
          roles: ["observer" as const],
        })),
        { id: "senior-1", name: "Simulated Senior", roles: ["senior"] },
        ...ANNOTATORS.map((id, i) => ({
          id,
          name: `Simulated Annotator ${i + 1}`,
          roles: ["annotator" as const],
        })),
      ],
    },
  });
  const study = await openStudy(join(folder, "study"));
  const hospital = findHospital(study, "one");
  const keys = await openKeys(study, PASSPHRASE);
  try {
    await importDicom(study, {
      paths: [join(archive, "dicom")],
      hospital,
      keys,
      who: "test",
      stop: new AbortController().signal,
      onEvent: () => {},
    });
    await importReports(study, { path: join(archive, "reports.csv"), hospital, keys, who: "test" });
  } finally {
    keys.close();
  }
  await screenCases(study, "test", () => {});
  await assignReaders(study, "curation");
  return study;
}
