/** The analysis as the page sees it: a worker with the detector, and where its work stands. */
import type { RadiographAnalysis } from "@malleolus/schema";
import { useCallback, useEffect, useRef, useState } from "react";
import type { FromAnalysisWorker, OpenedDetector, ToAnalysisWorker } from "./analysis-messages.ts";
import type { Engine } from "./engine-detector.ts";
import { type Picture, PictureError, type PictureFault } from "./picture.ts";
import { readPicture } from "./read-picture.ts";
import { startAnalysisWorker } from "./start-analysis-worker.ts";

/** Beside the page, on our server and in a copy alike. */
const DETECTOR = "detector.onnx";

export type Stand =
  | { readonly kind: "loading"; readonly done: number; readonly total: number }
  | { readonly kind: "ready" }
  | { readonly kind: "analysing" }
  | { readonly kind: "found"; readonly analysis: RadiographAnalysis; readonly ms: number }
  | { readonly kind: "failed"; readonly status: number; readonly reason: string }
  | { readonly kind: "no picture"; readonly fault: PictureFault; readonly detail: string };

export interface Analysis {
  readonly stand: Stand;
  /** Null as long as it loads. */
  readonly detector: OpenedDetector | null;
  /** The radiograph that was last chosen; null before one was. */
  readonly image: Picture | null;
  readonly analyse: (file: Blob) => Promise<void>;
}

export function useAnalysis(): Analysis {
  const [stand, setStand] = useState<Stand>({ kind: "loading", done: 0, total: 0 });
  const [detector, setDetector] = useState<OpenedDetector | null>(null);
  const [image, setImage] = useState<Picture | null>(null);
  const worker = useRef<Worker | null>(null);

  useEffect(() => {
    const own = startAnalysisWorker();
    worker.current = own;
    own.addEventListener("message", ({ data }: MessageEvent<FromAnalysisWorker>) => {
      if (data.kind === "ready" || data.kind === "found") setDetector(data.detector);
      setStand(data.kind === "ready" ? { kind: "ready" } : data);
    });
    own.addEventListener("error", ({ message }) => {
      setStand({ kind: "failed", status: 0, reason: message });
    });
    const detector = new URL(DETECTOR, document.baseURI).href;
    tell(own, { kind: "open", detector, engine: engineIn(location.search) });
    return () => own.terminate();
  }, []);

  const analyse = useCallback(async (file: Blob) => {
    try {
      const picture = await readPicture(file);
      setImage(picture);
      setStand({ kind: "analysing" });
      if (worker.current !== null) {
        const { notes: _, ...image } = picture;
        tell(worker.current, { kind: "analyse", image });
      }
    } catch (error) {
      if (!(error instanceof PictureError)) throw error;
      setImage(null);
      setStand({ kind: "no picture", fault: error.fault, detail: error.detail });
    }
  }, []);
  return { stand, detector, image, analyse };
}

function tell(worker: Worker, message: ToAnalysisWorker): void {
  worker.postMessage(message);
}

/** `?engine=wasm` or `?engine=webgpu` asks for one, to compare them. */
function engineIn(search: string): Engine | null {
  const wanted = new URLSearchParams(search).get("engine");
  return wanted === "wasm" || wanted === "webgpu" ? wanted : null;
}
