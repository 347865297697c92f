/** Where a server of ours listens, and by which certificate. */
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { isIP } from "node:net";
import { ServerError } from "./errors.ts";

export const LOOPBACK = "127.0.0.1";
export const LOOPBACK_NAMES: readonly string[] = ["localhost", "127.0.0.1", "[::1]", "::1"];

export interface Credentials {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** @throws ServerError `settings`, and the system's error where a file cannot be read. */
export function readCredentials({
  certificate,
  key,
}: {
  certificate: string;
  key: string;
}): Credentials {
  const credentials = { cert: readFileSync(certificate), key: readFileSync(key) };
  try {
    createServer(credentials).close();
  } catch (cause) {
    throw new ServerError(
      "settings",
      `${certificate}, ${key}: expected a certificate and its key as PEM, got others (${String(cause)})`,
      { cause },
    );
  }
  return credentials;
}

/** `http://127.0.0.1:8400` */
export function addressOf(port: number, host: string, isTls: boolean): string {
  const named = isIP(host) === 6 ? `[${host}]` : host;
  return `${isTls ? "https" : "http"}://${named}:${port}`;
}
