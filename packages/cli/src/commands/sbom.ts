/** `malleolus sbom`: of what this program consists, as CycloneDX. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
import type { CommandFile } from "../command-file.ts";

const LOCK = fileURLToPath(new URL("../../../../package-lock.json", import.meta.url));

export const sbomCommand: CommandFile = (output) =>
  new Command("sbom")
    .description("print a bill of materials: all that runs here, as CycloneDX 1.5")
    .addHelpText(
      "after",
      `
All packages of npm that run, of every platform, with their versions, licences and hashes; Node with what it is built
of, the addon and LibTorch of this machine; and on Debian the packages of its libraries that these load, with the
libraries that no package has by their hashes. What only builds and tests is left out.

Example:
  ./malleolus sbom > malleolus.cdx.json`,
    )
    .action(async () => {
      const { addonPath, libtorchVersion } = await import("@malleolus/torch");
      const { billOfMaterials } = await import("../offline/bill-of-materials.ts");
      const { nativeComponents } = await import("../offline/native-components.ts");
      const native = await nativeComponents({
        addon: addonPath(),
        addonVersion: manifest.version,
        libtorchVersion: libtorchVersion(),
      });
      const lock: unknown = JSON.parse(readFileSync(LOCK, "utf8"));
      const made = { at: new Date().toISOString(), serial: randomUUID() };
      output.write(`${JSON.stringify(billOfMaterials(lock, native, made), null, 2)}\n`);
    });
