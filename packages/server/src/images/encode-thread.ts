/** The thread that decodes radiographs and encodes them for a screen, one after the other. */
import { parentPort } from "node:worker_threads";
import { constants, zstdCompressSync } from "node:zlib";
import { DataError, readGrayLevels } from "@malleolus/data";
import { encodeLevels, halveLevels } from "@malleolus/imaging";
import type { EncodeAnswer, EncodeRequest } from "./encode-threads.ts";

const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 5 } };

parentPort?.on("message", (request: EncodeRequest) => {
  encode(request).then(
    (answer) => parentPort?.postMessage(answer),
    (error) => parentPort?.postMessage(failureOf(request, error)),
  );
});

async function encode({ id, path }: EncodeRequest): Promise<EncodeAnswer> {
  const full = await readGrayLevels(path);
  const half = halveLevels(full);
  const [fullBytes, halfBytes] = [full, half].map((one) =>
    zstdCompressSync(encodeLevels(one), ZSTD),
  );
  return { kind: "encoded", id, full: fullBytes, half: halfBytes };
}

/** Errors do not travel whole: a copy has lost its class and its fields. */
function failureOf({ id }: EncodeRequest, error: unknown): EncodeAnswer {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const isForeseen = error instanceof DataError || (error instanceof Error && "syscall" in error);
  return { kind: "failed", id, isForeseen, message };
}
