/**
 * Passwords as argon2id hashes (RFC 9106's second choice: 64 MiB, three passes), computed beside the event
 * loop. Few at a time: each takes its memory, and a flood of sign-ins must not take the machine's.
 */
import { hash, verify } from "@node-rs/argon2";

/** argon2id: the library's `Algorithm` is an ambient const enum, which erasable syntax cannot import. */
const ARGON2ID = 2;
const COST = { algorithm: ARGON2ID, memoryCost: 65_536, timeCost: 3, parallelism: 1 } as const;
const MOST_AT_ONCE = 2;

let running = 0;
const waiting: (() => void)[] = [];

export async function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, COST));
}

/** False for an account without a password; as slow as for one with it. */
export async function passwordMatches(password: string, held: string | null): Promise<boolean> {
  return inTurn(async () => {
    if (held !== null) return verify(held, password);
    await hash(password, COST);
    return false;
  });
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    return await work();
  } finally {
    running--;
    waiting.shift()?.();
  }
}
