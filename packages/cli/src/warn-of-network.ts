/** For commands that several machines might run on one study: whether its file bears it. */
import type { Study } from "@malleolus/studies";
import type { Output } from "./output.ts";

export async function warnOfNetwork(study: Study, output: Output): Promise<void> {
  const { sharedFileWarning } = await import("@malleolus/studies");
  const warning = sharedFileWarning(study);
  if (warning !== null) output.writeError(`malleolus: ${warning}\n`);
}
