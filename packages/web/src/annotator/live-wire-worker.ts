/** The worker that finds the live wire's paths: an anchor with its pixels, then places to go to. */
import {
  type PixelPatch,
  type WireField,
  type WireTarget,
  wireField,
  wirePath,
} from "./live-wire.ts";

export interface WireQuestion {
  /** Answered under this name. */
  readonly request: string;
  /** Of the anchor and what it follows: ways from one that is known are not computed again. */
  readonly field: string;
  /** Left out where the field was sent before. */
  readonly start?: {
    readonly patch: PixelPatch;
    readonly anchor: readonly [x: number, y: number];
    readonly follow: WireTarget;
  };
  readonly to: readonly [x: number, y: number];
}

export interface WireAnswer {
  readonly request: string;
  readonly points: readonly number[];
}

/** The last ones: who takes a piece back needs the one before. */
const KEPT = 3;
const fields = new Map<string, WireField>();

addEventListener("message", ({ data }: MessageEvent<WireQuestion>) => {
  const { request, field, start, to } = data;
  if (start !== undefined) {
    fields.set(field, wireField(start.patch, start.anchor, start.follow));
    for (const old of [...fields.keys()].slice(0, -KEPT)) fields.delete(old);
  }
  const known = fields.get(field);
  const points = known === undefined ? [...to, ...to] : wirePath(known, to);
  postMessage({ request, points } satisfies WireAnswer);
});
