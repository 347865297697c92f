/** A process that serves a study, for the tests to kill. */
import { join } from "node:path";
import { closeStudy, openStudy } from "@malleolus/studies";
import { startServer } from "./start-server.ts";

export const serverProcess = import.meta.filename;

if (import.meta.main) {
  const study = await openStudy(process.argv[2] ?? "");
  // In place of what needs LibTorch.
  const program = [process.execPath, join(import.meta.dirname, "test-training-process.ts")];
  const server = await startServer({ study, webFolder: import.meta.dirname, port: 0, program });
  process.stdout.write(`${server.address}\n`);
  process.on("SIGTERM", async () => {
    await server.stop();
    await closeStudy(study);
  });
}
