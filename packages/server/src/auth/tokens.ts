/** Tokens of sessions and links: 256 random bits, of which the study keeps the hash. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

export interface Token {
  /** 43 characters that need no escape in an address. */
  readonly text: string;
  readonly sha256: string;
}

export function newToken(): Token {
  const text = randomBytes(32).toString("base64url");
  return { text, sha256: tokenSha256(text) };
}

export function tokenSha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** In a time that tells nothing of where they differ. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(left, right);
}
