/**
 * What the benchmarks of Mask R-CNN share: the same network on both sides.
 *
 * The peer draws the weights and the images and writes them to a file; ours reads them. The
 * settings in which torchvision's network differs from Detectron2's follow torchvision here.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Box } from "@malleolus/geometry";
import { freeModel, type ImageBatch, type MaskRcnn, maskRcnn } from "@malleolus/networks";
import { detectron2Config, type MaskRcnnConfig } from "@malleolus/schema";
import { keep, manualSeed, nn, randn, readSafetensors, scope } from "@malleolus/torch";
import { type Contestant, type Row, row, type Timing } from "./measure.ts";
import type { Peer } from "./peer.ts";
import { hasBfloat16 } from "./report.ts";

export interface Size {
  readonly height: number;
  readonly width: number;
}

export const SIZES: readonly Size[] = [
  { height: 384, width: 320 },
  { height: 800, width: 672 },
];

/**
 * torchvision's forms: float32 as users run it, channels-last, and bfloat16 by force. Where the peer
 * has Detectron2, that in float32 as users run it and channels-last.
 */
export type PeerVariant =
  | "float32"
  | "channels-last"
  | "bfloat16"
  | "detectron2"
  | "detectron2 channels-last";

/** Those that the peer has and that mean something on this processor. */
export function variantsOf(peer: Peer): readonly PeerVariant[] {
  return [
    "float32",
    "channels-last",
    ...(hasBfloat16() ? (["bfloat16"] as const) : []),
    ...(peer.versions.detectron2 === undefined
      ? []
      : (["detectron2", "detectron2 channels-last"] as const)),
  ];
}

/** Ours that mean something on this processor. */
export const OUR_DTYPES: readonly ("float32" | "bfloat16")[] = hasBfloat16()
  ? ["float32", "bfloat16"]
  : ["float32"];

export interface Prepared {
  readonly model: MaskRcnn;
  readonly batch: ImageBatch;
  free(): void;
}

/** The network and images of the peer's file, or, without a peer, of our own initialisation. */
export function prepareOurs(file: string | null, size: Size, images: number): Prepared {
  manualSeed(0);
  const live = scope(() => {
    const model = maskRcnn(torchvisionConfig());
    const tensors = file === null ? new Map() : readSafetensors(file).tensors;
    const state = new Map(tensors);
    state.delete("images");
    if (file !== null) {
      const report = nn.loadStateDict(model, state);
      const bad = [
        ...report.missing,
        ...report.unexpected,
        ...report.mismatched.map(({ name }) => name),
      ];
      if (bad.length > 0) throw new Error(`the peer's weights do not fit: ${bad.join(", ")}`);
    }
    const pixels = tensors.get("images") ?? randn([images, 3, size.height, size.width]).mul(40);
    const tensor = keep(pixels.to({ memoryFormat: "channelsLast" }));
    for (const parameter of nn.stateDict(model).values()) keep(parameter);
    return { model, tensor };
  });
  return {
    model: live.model,
    batch: {
      tensor: live.tensor,
      sizes: Array.from({ length: images }, () => [size.height, size.width] as const),
    },
    free() {
      freeModel(live.model);
      live.tensor.free();
    },
  };
}

/** Detectron2's settings but where torchvision has others. */
function torchvisionConfig(): MaskRcnnConfig {
  const config = detectron2Config(["object"]);
  return {
    ...config,
    backbone: { ...config.backbone, strideIn1x1: false },
    roi: {
      ...config.roi,
      box: { ...config.roi.box, samplingRatio: 2 },
      mask: { ...config.roi.mask, samplingRatio: 2 },
    },
  };
}

/** Prepares every variant of the peer; returns what each answered, and where its weights lie. */
export async function preparePeers(
  peer: Peer,
  request: Readonly<Record<string, unknown>>,
): Promise<{
  file: string;
  answers: Map<PeerVariant, Record<string, unknown>>;
  free(): Promise<void>;
}> {
  const folder = mkdtempSync(join(tmpdir(), "malleolus-bench-"));
  const file = join(folder, "peer.safetensors");
  const answers = new Map<PeerVariant, Record<string, unknown>>();
  const variants = variantsOf(peer);
  for (const variant of variants) {
    const answer = await peer.ask({
      ...request,
      action: "prepare",
      bench: "mask-rcnn",
      key: variant,
      variant,
      ...(variant === "float32" ? { write: file } : {}),
    });
    answers.set(variant, answer);
  }
  return {
    file,
    answers,
    async free() {
      for (const variant of variants) {
        await peer.ask({ action: "forget", bench: "mask-rcnn", key: variant });
      }
      rmSync(folder, { recursive: true });
    },
  };
}

/** Every variant that was prepared, as one to measure. */
export function peerContestants(peer: Peer | null): Contestant[] {
  if (peer === null) return [];
  return variantsOf(peer).map((key) => ({
    name: key,
    run: () => peer.run({ action: "run", bench: "mask-rcnn", key }),
  }));
}

/** Ours in one dtype against each variant of the peer, or alone. */
export function rowsOf(
  peer: Peer | null,
  name: string,
  times: ReadonlyMap<string, Timing>,
  dtype: string,
  note: (variant: PeerVariant) => string,
): Row[] {
  const ours = times.get(`ours ${dtype}`);
  if (peer === null) return [row(name, ours, undefined, null, note("float32"))];
  return variantsOf(peer).map((variant) =>
    row(name, ours, times.get(variant), peerName(variant), note(variant)),
  );
}

function peerName(variant: PeerVariant): string {
  return variant.startsWith("detectron2") ? variant : `torchvision ${variant}`;
}

/** Two objects on every image, in shares of its size. */
export function truthBoxes(images: number, size: Size): Box[][] {
  const shares: readonly Box[] = [
    [0.12, 0.13, 0.38, 0.52],
    [0.47, 0.26, 0.69, 0.42],
  ];
  return Array.from({ length: images }, () =>
    shares.map(
      ([x1, y1, x2, y2]): Box => [
        Math.round(x1 * size.width),
        Math.round(y1 * size.height),
        Math.round(x2 * size.width),
        Math.round(y2 * size.height),
      ],
    ),
  );
}
