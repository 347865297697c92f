/** Options whose values are pairs, and which may be repeated. */
import { InvalidArgumentError } from "commander";

/** `fracture=weber_b`, added to those before it; `form` is what a person is told to write. */
export function collectPair(form: string) {
  return (
    written: string,
    before: ReadonlyMap<string, string> | undefined,
  ): ReadonlyMap<string, string> => {
    const [, key, value] = /^([^=]+)=([^=]+)$/.exec(written) ?? [];
    if (key === undefined || value === undefined) {
      throw new InvalidArgumentError(`expected ${form}, got "${written}"`);
    }
    return new Map([...(before ?? []), [key.trim(), value.trim()]]);
  };
}
