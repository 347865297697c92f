/** The file of the inference service's settings, beside its objects: it belongs to no study. */
import { type ServiceSettings, serviceSettingsSchema } from "@malleolus/schema";
import { readToml } from "./read-toml.ts";

/** @throws StudyError `configuration`. */
export function readServiceSettings(path: string): ServiceSettings {
  return readToml(serviceSettingsSchema, path);
}
