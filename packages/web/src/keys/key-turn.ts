/**
 * Whose turn it is to take a key: the case's that is on the screen, from the moment it is there until the
 * moment it goes. A key that comes in between belongs to no case that anybody sees; it is kept by name, so
 * that the page can say that it did nothing. It is never given to the next case, which its reader had not
 * seen when it was pressed.
 */
import { certaintyOfKey, readerKeys } from "./bindings.ts";
import type { KeyName } from "./match-key.ts";

/** What of a keyboard's event counts here. */
export interface Press {
  readonly names: readonly KeyName[];
  /** Whether a case is, or is about to be, on the screen. */
  readonly onCase: boolean;
  /** Whether the key goes to a control of the page, such as a text field. */
  readonly elsewhere: boolean;
}

export interface KeyTurn<Event> {
  /** From now on keys are this one's; gives back how to stop it. */
  readonly take: (taker: (event: Event) => void) => () => void;
  /** Hands an event to whose turn it is, or keeps the key's name. */
  readonly press: (event: Event, press: Press) => void;
  /** Says of a key that it came when its case had been left already. */
  readonly miss: (name: KeyName) => void;
  /** The last key that did nothing, until it has been told. */
  readonly missed: () => KeyName | null;
  readonly told: () => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function createKeyTurn<Event>(): KeyTurn<Event> {
  const listeners = new Set<() => void>();
  let taker: ((event: Event) => void) | null = null;
  let missed: KeyName | null = null;
  const setMissed = (name: KeyName | null) => {
    if (missed === name) return;
    missed = name;
    for (const listener of listeners) listener();
  };
  return {
    take(next) {
      taker = next;
      return () => {
        if (taker === next) taker = null;
      };
    },
    press(event, { names, onCase, elsewhere }) {
      if (taker !== null) {
        taker(event);
        return;
      }
      const [name] = names.filter(meansSomething);
      if (onCase && !elsewhere && name !== undefined) setMissed(name);
    },
    miss: setMissed,
    missed: () => missed,
    told: () => setMissed(null),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Whether a case could take the key; classes are a protocol's, and so any letter may be one. */
function meansSomething(name: KeyName): boolean {
  return readerKeys.has(name) || certaintyOfKey(name) !== undefined || /^[a-z0-9]$/.test(name);
}
