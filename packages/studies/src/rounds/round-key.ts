/** How a round's queues are called. */
import type { Panel } from "@malleolus/schema";
import type { RoundQueue } from "../database/tables.ts";

export type RoundKey = `round-${number}`;

/** `opens_at` of a repeat whose case has not been read yet. */
export const NEVER = "9999";

export function roundKey(id: number): RoundKey {
  return `round-${id}`;
}

export function roundId(key: RoundKey): number {
  return Number(key.slice("round-".length));
}

/** Where the cases stand that are read once more. */
export function repeatOf(key: RoundKey): RoundQueue {
  return `${key}-repeat`;
}

export function isRound(key: Panel | RoundKey): key is RoundKey {
  return key.startsWith("round-");
}
