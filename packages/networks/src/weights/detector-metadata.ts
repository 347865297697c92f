/**
 * The metadata of a detector's file: its format, the network's configuration and the preprocessing of
 * radiographs. Files of the first version say the same under other names.
 */
import {
  type MaskRcnnConfig,
  maskRcnnConfigSchema,
  type Preprocess,
  preprocessSchema,
  readJson,
  upgradeModel,
  upgradePreprocess,
} from "@malleolus/schema";
import { z } from "zod";

/** As `writeDetector` writes it. */
export const DETECTOR_FORMAT = "malleolus-detector-2";

const DETECTOR_1 = "malleolus-detector-1";
/** Those that are read. */
export const DETECTOR_FORMATS = [DETECTOR_FORMAT, DETECTOR_1] as const;
const configSchema1 = z.preprocess(upgradeModel, maskRcnnConfigSchema);
const preprocessSchema1 = z.preprocess(upgradePreprocess, preprocessSchema);

/** Files of others may hold numbers and truths beside texts. */
type Metadata = Readonly<Record<string, string | number | boolean>>;

export function isDetector({ format }: Metadata): boolean {
  return format === DETECTOR_FORMAT || format === DETECTOR_1;
}

/** @throws SchemaError as `readJson`; `where` begins the message. */
export function configOf({ format, config = "" }: Metadata, where: string): MaskRcnnConfig {
  const schema = format === DETECTOR_1 ? configSchema1 : maskRcnnConfigSchema;
  return readJson(schema, String(config), where);
}

/** @throws SchemaError as `readJson`; `where` begins the message. */
export function preprocessOf({ format, preprocess = "" }: Metadata, where: string): Preprocess {
  const schema = format === DETECTOR_1 ? preprocessSchema1 : preprocessSchema;
  return readJson(schema, String(preprocess), where);
}
