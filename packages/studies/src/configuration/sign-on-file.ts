/** The file of an institution's sign-on. It lies outside of the study, whose copies must hold no secret. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { causeText } from "@malleolus/errors";
import { type SignOn, signOnSchema } from "@malleolus/schema";
import { StudyError } from "../errors.ts";
import { readToml } from "./read-toml.ts";

/**
 * With the client's secret in it, wherever it stood.
 *
 * @throws StudyError `configuration`.
 */
export function readSignOn(path: string): SignOn {
  const { clientSecretFile, ...signOn } = readToml(signOnSchema, path);
  if (clientSecretFile === undefined) return signOn;
  const file = resolve(dirname(path), clientSecretFile);
  let clientSecret: string;
  try {
    clientSecret = readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new StudyError(
      "configuration",
      `${path}: clientSecretFile: ${file} cannot be read (${causeText(cause)})`,
      { cause },
    );
  }
  if (clientSecret !== "") return { ...signOn, clientSecret };
  throw new StudyError("configuration", `${file}: expected the client's secret, got an empty file`);
}
