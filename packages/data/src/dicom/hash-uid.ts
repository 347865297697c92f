/** UIDs that follow from what they name, so that the same thing gets the same one. */

/**
 * The UID of a hash's first 16 bytes (PS3.5 annex B.2: `2.25.` and a UUID as a number; RFC 9562's
 * version 8, whose bits are its maker's business).
 */
export function hashUid(hash: Uint8Array): string {
  const uuid = Buffer.from(hash.subarray(0, 16));
  uuid[6] = (uuid[6] & 0x0f) | 0x80;
  uuid[8] = (uuid[8] & 0x3f) | 0x80;
  return `2.25.${BigInt(`0x${uuid.toString("hex")}`)}`;
}
