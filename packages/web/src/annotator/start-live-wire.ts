/**
 * The live wire at work: what the tool wants to know goes to a worker, with the radiograph's pixels around each
 * anchor, and what comes back goes to the editor. Of the pointer's moves only the last is asked for.
 */
import { FRACTURE } from "@malleolus/schema";
import type { PixelLevels } from "../render/pixel-levels.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import { patchAround, type WireTarget } from "./live-wire.ts";
import type { WireAnswer, WireQuestion } from "./live-wire-worker.ts";
import workerUrl from "./live-wire-worker.ts?worker&url";
import { type WirePiece, wantedPieces } from "./tools/wire.ts";

/** Pixels around an anchor within which the wire finds its way. */
const RADIUS = 300;

let trusted: string | undefined;

/** Gives back how to stop it. `pixelsOf` has the best that is loaded of a radiograph. */
export function startLiveWire(
  { editor }: Pick<AnnotatingSession, "editor">,
  pixelsOf: (image: string) => PixelLevels | null,
): () => void {
  trusted ??= trustedUrl();
  const worker = new Worker(trusted, { type: "module", name: "live wire" });
  const asked = new Set<string>();
  const sent = new Set<string>();
  let live: string | null = null;

  const ask = (image: string, piece: WirePiece, follow: WireTarget) => {
    const { request, from, to } = piece;
    if (request === null || asked.has(request)) return;
    asked.add(request);
    const finest = pixelsOf(image)?.levels[0];
    if (finest === undefined) {
      // Without pixels the way is straight.
      editor.dispatch({ type: "path", request, points: [from.x, from.y, to.x, to.y] });
      return;
    }
    const scale = 2 ** finest.shift;
    const anchor = [from.x / scale, from.y / scale] as const;
    const field = `${image} ${from.x} ${from.y} ${follow} ${finest.shift}`;
    const start = sent.has(field)
      ? {}
      : { start: { patch: patchAround(finest, anchor, RADIUS), anchor, follow } };
    sent.add(field);
    scales.set(request, { scale, piece });
    worker.postMessage({
      request,
      field,
      ...start,
      to: [to.x / scale, to.y / scale],
    } satisfies WireQuestion);
  };
  const scales = new Map<string, { readonly scale: number; readonly piece: WirePiece }>();

  const look = () => {
    const { tool } = editor.state();
    if (tool.tool !== "wire" || tool.at.phase !== "drawing") {
      asked.clear();
      sent.clear();
      live = null;
      return;
    }
    const { image, structure } = tool.at;
    const follow: WireTarget = structure === FRACTURE ? "dark line" : "edge";
    for (const piece of wantedPieces(tool.at)) {
      const isLive = piece === tool.at.live;
      if (isLive && live !== null) continue;
      if (isLive) live = piece.request;
      ask(image, piece, follow);
    }
  };
  worker.addEventListener("message", ({ data }: MessageEvent<WireAnswer>) => {
    const known = scales.get(data.request);
    scales.delete(data.request);
    if (data.request === live) live = null;
    if (known !== undefined) {
      const { scale, piece } = known;
      const way = data.points.map((value) => value * scale);
      // The ends are where they were clicked, whatever the scale.
      const points = [piece.from.x, piece.from.y, ...way.slice(2, -2), piece.to.x, piece.to.y];
      editor.dispatch({ type: "path", request: data.request, points });
    }
    look();
  });
  worker.addEventListener("error", () => {
    for (const [request, { piece }] of scales) {
      const { from, to } = piece;
      editor.dispatch({ type: "path", request, points: [from.x, from.y, to.x, to.y] });
    }
    scales.clear();
    live = null;
  });
  const stop = editor.subscribe(look);
  return () => {
    stop();
    worker.terminate();
  };
}

/** The content policy takes a script's address only from a policy of trusted types. */
function trustedUrl(): string {
  const policy = window.trustedTypes?.createPolicy("malleolus-live-wire", {
    createScriptURL(url) {
      if (url === workerUrl) return url;
      throw new Error(`internal: expected the worker's own address, got ${url}`);
    },
  });
  return policy === undefined ? workerUrl : policy.createScriptURL(workerUrl);
}
