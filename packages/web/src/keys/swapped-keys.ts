/**
 * Keys that somebody has changed about. Two keys always change places, so that no command loses its key and none comes
 * to two; only single characters do, since the others mean the same everywhere.
 */
import type { KeyName } from "./match-key.ts";

/** From the key that is pressed to the one that it stands for. */
export type SwappedKeys = Readonly<Record<KeyName, KeyName>>;

export const noSwaps: SwappedKeys = {};

/** What a press of the key means. */
export function meantBy(swapped: SwappedKeys, pressed: KeyName): KeyName {
  return Object.hasOwn(swapped, pressed) ? swapped[pressed] : pressed;
}

/** The key that has to be pressed for what this one meant at first. */
export function pressedFor(swapped: SwappedKeys, meant: KeyName): KeyName {
  return Object.keys(swapped).find((pressed) => swapped[pressed] === meant) ?? meant;
}

export function canSwap(name: KeyName): boolean {
  return name.length === 1 && name !== " ";
}

/** From now on `pressed` means what `meant` meant at first, and the key that did so means what `pressed` did. */
export function swapKeys(swapped: SwappedKeys, meant: KeyName, pressed: KeyName): SwappedKeys {
  const changed = {
    ...swapped,
    [pressedFor(swapped, meant)]: meantBy(swapped, pressed),
    [pressed]: meant,
  };
  return Object.fromEntries(Object.entries(changed).filter(([key, value]) => key !== value));
}
