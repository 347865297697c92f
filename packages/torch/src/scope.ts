/** Lifetimes: what is made inside a scope is freed at its end, but for what it returns. */
import { TorchError } from "./errors.ts";
import { native } from "./native.ts";
import { Tensor } from "./tensor.ts";

/**
 * Runs `body` and frees every tensor made inside but those it returns (in arrays, plain
 * objects, Maps and Sets at any depth) and those taken out with `keep`.
 *
 * `body` must not be asynchronous: other code would run inside its scope.
 *
 * @throws TorchError `scope` when `body` returns a Promise.
 */
export function scope<T>(body: () => T): T {
  const made: Tensor[] = [];
  const outer = Tensor.enterScope(made);
  const survivors = new Set<Tensor>();
  try {
    const result = body();
    if (result instanceof Promise) {
      // Its rejection, if it comes, is of no interest any more.
      result.catch(() => undefined);
      throw new TorchError(
        "scope",
        "scope: expected a synchronous function, got one that returns a Promise; free tensors of asynchronous code with free()",
      );
    }
    collect(result, survivors, new Set());
    return result;
  } finally {
    Tensor.leaveScope(made, outer, survivors);
  }
}

/** Takes a tensor out of every scope: it lives until `free()`. */
export function keep<T extends Tensor>(tensor: T): T {
  return tensor.keep();
}

/** How many tensors exist. The same before and after a piece of work, unless it kept some. */
export function liveTensors(): number {
  return native.live();
}

function collect(value: unknown, found: Set<Tensor>, seen: Set<object>): void {
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  if (value instanceof Tensor) {
    found.add(value);
    return;
  }
  if (ArrayBuffer.isView(value)) return;
  seen.add(value);
  if (value instanceof Map) {
    for (const [key, entry] of value) {
      collect(key, found, seen);
      collect(entry, found, seen);
    }
  } else if (value instanceof Set || Array.isArray(value)) {
    for (const entry of value) collect(entry, found, seen);
  } else {
    for (const entry of Object.values(value)) collect(entry, found, seen);
  }
}
