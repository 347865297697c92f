/**
 * The detector that a command is to use: the one that is named, else the one that comes with the
 * project.
 */
import { shippedDetector } from "@malleolus/networks/shipped-detector";
import { findNetwork } from "@malleolus/runs";
import { CliError } from "./errors.ts";
import type { Output } from "./output.ts";
import { sayWhichDetector } from "./say-which-detector.ts";

const SIMULATED_ONLY =
  "the detector that comes with the project: trained on simulated ankles alone, it knows no real one\n";

/**
 * Its file; says which one it is.
 *
 * @throws CliError `run` where none is named and none is there.
 */
export async function chooseDetector(
  checkpoint: string | undefined,
  isQuiet: boolean,
  output: Output,
): Promise<string> {
  if (checkpoint !== undefined) {
    const found = await findNetwork(checkpoint, "detection");
    if (!isQuiet) sayWhichDetector(found, output);
    return found.path;
  }
  const path = shippedDetector();
  if (path === null) {
    throw new CliError(
      "run",
      "the detector that comes with the project is not there; name one with --checkpoint",
    );
  }
  // Said to programs too: nobody may take it for one of real ankles.
  output.writeError(SIMULATED_ONLY);
  return path;
}
