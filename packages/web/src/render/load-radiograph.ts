/**
 * One radiograph from the server to levels that a renderer draws. It runs in a worker: undoing the
 * predictor of nine million pixels takes a tenth of a second, which a page would stand still for.
 */
import { decodeLevels } from "@malleolus/imaging";
import { type Histogram, histogramOf } from "../view/histogram.ts";
import { makeLevels, type PixelLevels } from "./pixel-levels.ts";

export interface LoadedRadiograph {
  readonly levels: PixelLevels;
  readonly histogram: Histogram;
  /** Values that the file shows as black and white. */
  readonly low: number;
  readonly high: number;
}

export interface RadiographRequest {
  readonly url: string;
  /** Of the full radiograph. */
  readonly width: number;
  readonly height: number;
  /** 0 for full size, 1 for half. */
  readonly shift: 0 | 1;
}

export class LoadError extends Error {
  /** HTTP's; 0 where nothing came back. */
  readonly status: number;

  constructor(status: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "LoadError";
    this.status = status;
  }
}

/** `progress` is told the bytes that are there and their number. Throws a LoadError. */
export async function loadRadiograph(
  { url, width, height, shift }: RadiographRequest,
  progress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<LoadedRadiograph> {
  const bytes = await readBytes(url, expectedBytes(width, height, shift), progress, signal);
  const image = decodeLevels(bytes);
  if (image.width !== halved(width, shift) || image.height !== halved(height, shift)) {
    const expected = `${halved(width, shift)} x ${halved(height, shift)}`;
    throw new LoadError(
      200,
      `${url}: expected ${expected} pixels, got ${image.width} x ${image.height}`,
    );
  }
  const levels = makeLevels(width, height, shift, image);
  return { levels, histogram: histogramOf(image.levels), ...image.window };
}

async function readBytes(
  url: string,
  total: number,
  progress: (done: number, total: number) => void,
  signal: AbortSignal,
): Promise<Uint8Array> {
  try {
    const response = await fetch(url, { signal });
    if (!response.ok || response.body === null) {
      throw new LoadError(response.status, `${url}: HTTP ${response.status}`);
    }
    const chunks: Uint8Array[] = [];
    let done = 0;
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      chunks.push(part.value);
      done += part.value.length;
      progress(done, total);
    }
    const bytes = new Uint8Array(done);
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    return bytes;
  } catch (cause) {
    if (cause instanceof LoadError) throw cause;
    throw new LoadError(0, `${url}: no answer`, cause);
  }
}

function expectedBytes(width: number, height: number, shift: 0 | 1): number {
  return 24 + 2 * halved(width, shift) * halved(height, shift);
}

function halved(size: number, shift: 0 | 1): number {
  return shift === 0 ? size : (size + 1) >> 1;
}
