/**
 * The detector's file for the page that analyses radiographs in the browser. The server hands it out and is
 * handed nothing: no route takes a radiograph. It may be of a study that is not published, so that only its
 * accounts get it.
 */
import { z } from "zod";
import type { App } from "../app.ts";
import { ServerError } from "../errors.ts";

/** The file of ONNX; null where this server has none. */
export type ReadDetector = () => Promise<Uint8Array | null>;

/** Beside the page, as in a copy of it on another server. */
const ADDRESS = "/detector.onnx";

export function addDetectorRoute(app: App, readDetector: ReadDetector): void {
  let read: ReturnType<ReadDetector> | null = null;
  app.get(
    ADDRESS,
    {
      config: { access: "signed in", act: null },
      schema: { summary: "The detector as a file of ONNX", response: { 200: z.unknown() } },
    },
    async (_request, reply) => {
      read ??= readDetector();
      const detector = await read;
      if (detector === null) throw new ServerError("not-found", "This server has no detector.");
      return reply
        .header("cache-control", "private, no-cache")
        .header("content-length", detector.length)
        .type("application/octet-stream")
        .send(detector);
    },
  );
}
