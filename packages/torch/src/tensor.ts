/**
 * A tensor: a number in the addon's table, with an owner.
 *
 * Every tensor made inside a `scope` belongs to it and is freed at its end; one made outside
 * any scope, or taken out by `keep`, lives until `free()` or until the garbage collector finds
 * it. The operators are methods too, added by `ops.generated.ts`.
 */
import type { Device, DType, MemoryFormat } from "./dtype.ts";
import { parseDevice, parseDType } from "./dtype.ts";
import { TorchError } from "./errors.ts";
import { type Handle, native, type TypedArray } from "./native.ts";

const FREED = -1;

/** The tensors of the innermost scope, or null outside any. */
let current: Tensor[] | null = null;

// A net under tensors that nobody scoped or freed: V8 tells when their object is gone.
const unreachable = new FinalizationRegistry<Handle>((handle) => native.free(handle));

export class Tensor {
  /** The addon's number, or -1 once freed. Not for use outside this package. */
  handle: Handle;
  private scoped: boolean;

  constructor(handle: Handle) {
    this.handle = handle;
    this.scoped = current !== null;
    if (current !== null) current.push(this);
    else unreachable.register(this, handle, this);
  }

  /** The sizes of its dimensions. */
  get shape(): number[] {
    return native.shape(this.live());
  }

  /** Steps in elements between neighbours in each dimension. */
  get strides(): number[] {
    return native.strides(this.live());
  }

  get dtype(): DType {
    return parseDType(native.dtype(this.live()));
  }

  get device(): Device {
    return parseDevice(native.device(this.live()));
  }

  /** Number of elements. */
  get size(): number {
    return this.shape.reduce((product, size) => product * size, 1);
  }

  get isFreed(): boolean {
    return this.handle === FREED;
  }

  isContiguous(memoryFormat: Exclude<MemoryFormat, "preserve"> = "contiguous"): boolean {
    return native.isContiguous(this.live(), memoryFormat);
  }

  /** Its only element. An int64 beyond 2^53 is an error: read it with `toTypedArray`. */
  item(): number {
    const value = native.item(this.live());
    if (typeof value === "bigint") {
      throw new TorchError(
        "argument",
        `item: ${value} does not fit a number; read it with toTypedArray`,
      );
    }
    return value;
  }

  /**
   * Its elements in row-major order, in the typed array of its dtype: bfloat16 and float16 as
   * bits in a Uint16Array, int64 in a BigInt64Array, bool in a Uint8Array.
   */
  toTypedArray(): TypedArray {
    return native.toTypedArray(this.live());
  }

  /** Like `toTypedArray`, into an array that exists; its type and length must fit. */
  copyTo(target: TypedArray): void {
    native.copyToTypedArray(this.live(), target);
  }

  /** Whether autograd records its operations. */
  get requiresGrad(): boolean {
    return native.requiresGrad(this.live());
  }

  requiresGrad_(value = true): this {
    native.setRequiresGrad(this.live(), value);
    return this;
  }

  /** The gradient that `backward` accumulated, or null. A new object at every reading. */
  get grad(): Tensor | null {
    const handle = native.gradient(this.live());
    return handle === null ? null : new Tensor(handle);
  }

  set grad(gradient: Tensor | null) {
    native.setGradient(this.live(), gradient === null ? null : gradient.live());
  }

  /** Gives its memory back now. Freeing twice is allowed. */
  free(): void {
    if (this.handle === FREED) return;
    if (!this.scoped) unreachable.unregister(this);
    native.free(this.handle);
    this.handle = FREED;
  }

  /** The addon's number; throws where the tensor has been freed. */
  live(): Handle {
    if (this.handle === FREED) throw new TorchError("freed", "the tensor has been freed");
    return this.handle;
  }

  /** Takes it out of its scope, and out of all around it. */
  keep(): this {
    this.live();
    if (this.scoped) {
      this.scoped = false;
      unreachable.register(this, this.handle, this);
    }
    return this;
  }

  toString(): string {
    if (this.isFreed) return "Tensor(freed)";
    return `Tensor([${this.shape.join(", ")}], ${this.dtype}, ${this.device})`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** Ends one scope: frees what it made but `survivors`, which go to the scope around it. */
  static leaveScope(made: Tensor[], outer: Tensor[] | null, survivors: ReadonlySet<Tensor>): void {
    current = outer;
    for (const tensor of made) {
      if (!tensor.scoped || tensor.handle === FREED) continue;
      if (!survivors.has(tensor)) {
        native.free(tensor.handle);
        tensor.handle = FREED;
      } else if (outer !== null) {
        outer.push(tensor);
      } else {
        tensor.scoped = false;
        unreachable.register(tensor, tensor.handle, tensor);
      }
    }
    if (outer === null) native.setScoped(false);
  }

  /** Begins one scope; returns the one around it, for `leaveScope`. */
  static enterScope(made: Tensor[]): Tensor[] | null {
    const outer = current;
    current = made;
    if (outer === null) native.setScoped(true);
    return outer;
  }
}
