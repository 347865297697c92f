/**
 * A detector that the graphics card runs where it can, and else the processor: also where the card gives up at the
 * first radiograph, since a program that cannot be compiled is found then. Somebody who asked for an engine gets
 * that one or its error.
 */
import type { OnnxDetectableImage, OnnxDetector } from "@malleolus/onnx";
import type { RadiographAnalysis } from "@malleolus/schema";

export type Engine = "webgpu" | "wasm";

export interface EngineDetector {
  /** What runs it now. */
  current(): RunningDetector;
  analyze(image: OnnxDetectableImage): Promise<RadiographAnalysis>;
}

interface RunningDetector {
  readonly engine: Engine;
  /** Whether the graphics card was tried, and did not run it. */
  readonly isInstead: boolean;
  readonly detector: OnnxDetector;
}

/** @throws what `open` throws for the engine that was asked for, or for both. */
export async function openEngineDetector(
  engine: Engine,
  isAskedFor: boolean,
  open: (engine: Engine) => Promise<OnnxDetector>,
): Promise<EngineDetector> {
  const byProcessor = async (cause: unknown): Promise<RunningDetector> => {
    if (engine === "wasm" || isAskedFor) throw cause;
    return { engine: "wasm", isInstead: true, detector: await open("wasm") };
  };
  let running: RunningDetector = await open(engine).then(
    (detector) => ({ engine, isInstead: false, detector }),
    byProcessor,
  );
  return {
    current: () => running,
    async analyze(image) {
      try {
        return await running.detector.analyze(image);
      } catch (cause) {
        if (running.engine === "wasm") throw cause;
        running = await byProcessor(cause);
        return running.detector.analyze(image);
      }
    },
  };
}
