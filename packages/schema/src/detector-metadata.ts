/**
 * The metadata of a detector's file: its format, the network's configuration and the preprocessing of
 * radiographs. Files of the first version say the same under other names. They are the same whether
 * LibTorch or ONNX Runtime is to run the network. A file of fused detectors says both of each.
 */
import { z } from "zod";
import { type MaskRcnnConfig, maskRcnnConfigSchema } from "./mask-rcnn-config.ts";
import { type Preprocess, preprocessSchema } from "./preprocess.ts";
import { readJson } from "./read-json.ts";
import { upgradeModel, upgradePreprocess } from "./version-1.ts";

/** That of the files that are written. */
export const DETECTOR_FORMAT = "malleolus-detector-2";

const DETECTOR_1 = "malleolus-detector-1";
/** Those of one network that are read. */
export const DETECTOR_FORMATS = [DETECTOR_FORMAT, DETECTOR_1] as const;
const configSchema1 = z.preprocess(upgradeModel, maskRcnnConfigSchema);
const preprocessSchema1 = z.preprocess(upgradePreprocess, preprocessSchema);

/** Several networks of the same classes in one file, which are asked together. */
export const FUSED_FORMAT = "malleolus-fused-detectors-1";

/** One of the networks in a detector's file. */
export interface DetectorMember {
  readonly config: MaskRcnnConfig;
  readonly preprocess: Preprocess;
}

const membersSchema = z
  .array(z.object({ config: maskRcnnConfigSchema, preprocess: preprocessSchema }))
  .min(2);

/** Files of others may hold numbers and truths beside texts. */
type Metadata = Readonly<Record<string, string | number | boolean>>;

export function isDetector({ format }: Metadata): boolean {
  return format === DETECTOR_FORMAT || format === DETECTOR_1;
}

/** @throws SchemaError as `readJson`; `where` begins the message. */
export function detectorConfig({ format, config = "" }: Metadata, where: string): MaskRcnnConfig {
  const schema = format === DETECTOR_1 ? configSchema1 : maskRcnnConfigSchema;
  return readJson(schema, String(config), where);
}

/** @throws SchemaError as `readJson`; `where` begins the message. */
export function detectorPreprocess(
  { format, preprocess = "" }: Metadata,
  where: string,
): Preprocess {
  const schema = format === DETECTOR_1 ? preprocessSchema1 : preprocessSchema;
  return readJson(schema, String(preprocess), where);
}

/**
 * The networks of a detector's file, in order: one, or those that were fused.
 *
 * @throws SchemaError as `readJson`; `where` begins the message.
 */
export function detectorMembers(metadata: Metadata, where: string): readonly DetectorMember[] {
  if (metadata.format === FUSED_FORMAT) {
    return readJson(membersSchema, String(metadata.members ?? ""), `${where}: its detectors`);
  }
  return [
    {
      config: detectorConfig(metadata, `${where}: its configuration`),
      preprocess: detectorPreprocess(metadata, `${where}: its preprocessing`),
    },
  ];
}
