/**
 * What an inference service gives to a study of research: radiographs with what their follow-up found. This side is
 * the one that asks, by HTTP and with a key.
 */
import { causeText } from "@malleolus/errors";
import { z } from "zod";
import { ServerError } from "../errors.ts";
import { LOOPBACK_NAMES } from "../listening.ts";

export const correctionSchema = z.strictObject({
  /** The service's own number of the study. */
  id: z.string(),
  /** What the follow-up found. */
  class: z.string(),
  images: z.int(),
});
export type Correction = z.infer<typeof correctionSchema>;

export interface CorrectionSource {
  list(): Promise<readonly Correction[]>;
  /** A file as it came, which names its patient; `number` from 1. */
  image(correction: Correction, number: number): Promise<Uint8Array>;
}

const TIMEOUT_MS = 60_000;

/** @throws ServerError `settings` for an address without TLS that is not this machine's; the rest throw it, too. */
export function correctionSource(address: string, key: string): CorrectionSource {
  const url = URL.parse(address);
  const isSafe =
    url?.protocol === "https:" ||
    (url?.protocol === "http:" && LOOPBACK_NAMES.includes(url.hostname));
  if (!isSafe) {
    throw new ServerError(
      "settings",
      `${address}: expected https, or http on this machine, got another address; radiographs come with their patients' names`,
    );
  }
  const base = address.replace(/\/+$/, "");
  const ask = async (path: string): Promise<Response> => {
    const where = `GET ${base}${path}`;
    let answer: Response;
    try {
      answer = await fetch(`${base}${path}`, {
        headers: { authorization: `Bearer ${key}` },
        // Somewhere else may be somebody else, who would get the key.
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (cause) {
      // Why it failed is what fetch's own error was caused by.
      const why = causeText(cause instanceof Error ? (cause.cause ?? cause) : cause);
      throw new ServerError("settings", `${where}: expected the service, got ${why}`, { cause });
    }
    if (answer.ok) return answer;
    await answer.body?.cancel();
    throw new ServerError(
      "settings",
      `${where}: expected an answer, got ${answer.status} ${answer.statusText}; the key needs corrections:read`,
    );
  };
  return {
    async list() {
      const path = "/v1/corrections";
      const parsed = z.array(correctionSchema).safeParse(await (await ask(path)).json());
      if (parsed.success) return parsed.data;
      throw new ServerError(
        "settings",
        `GET ${base}${path}: expected a list of corrections, got another answer; is it the inference service?`,
      );
    },
    async image({ id }, number) {
      const answer = await ask(`/v1/corrections/${encodeURIComponent(id)}/images/${number}`);
      return new Uint8Array(await answer.arrayBuffer());
    },
  };
}
