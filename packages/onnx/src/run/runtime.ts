/**
 * ONNX Runtime as this package needs it: onnxruntime-node and onnxruntime-web are both one. Which it is, is its
 * caller's choice, who alone imports it.
 */
import type { InferenceSession, Tensor, TensorConstructor } from "onnxruntime-common";

export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: TensorConstructor;
}

export type SessionOptions = InferenceSession.SessionOptions;
export type Outputs = Readonly<Record<string, Tensor>>;
