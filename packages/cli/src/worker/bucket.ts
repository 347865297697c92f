/** The bucket that a command names, with the keys of the environment that S3's own tools read. */
import type { Bucket } from "@malleolus/studies";
import { CliError } from "../errors.ts";

/** @throws CliError `run` without keys. */
export function bucketOf(endpoint: string): Bucket {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region = "us-east-1",
  } = process.env;
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { endpoint, region, accessKeyId, secretAccessKey };
  }
  throw new CliError(
    "run",
    `${endpoint}: expected the keys of this store, got none; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
  );
}
