/** Settings of the whole process: LibTorch's version, threads, seeds, devices. */
import { loadedFrom, native } from "./native.ts";

/** As "1.13.0". */
export function libtorchVersion(): string {
  return native.version();
}

/** The addon's file: what is kept for this build of it lies beside it. */
export function addonPath(): string {
  return loadedFrom;
}

/** Threads of one operator. */
export function threads(): number {
  return native.threads();
}

/** @throws TorchError `argument` unless 1 to 1024. */
export function setThreads(count: number): void {
  native.setThreads(count);
}

/** Seeds LibTorch's own generator (`rand`, `randn`, `normal_`, `dropout`), on every device. */
export function manualSeed(seed: number): void {
  native.manualSeed(seed);
}

/** Whether LibTorch has CUDA and finds a device. */
export function hasCuda(): boolean {
  return native.hasCuda();
}
