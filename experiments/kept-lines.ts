/**
 * Files in which an experiment keeps lines as they come, so that a call that was cut goes on; and arrays of float32 as text
 * in them. Not started by hand.
 */
import { existsSync, readFileSync, truncateSync } from "node:fs";

/** Lines of a file that is appended to; a last line that was cut is taken away. None where there is no file. */
export function wholeLines(path: string): string[] {
  if (!existsSync(path)) return [];
  const text = readFileSync(path, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
  return whole.split("\n").slice(0, -1);
}

/** Base64 of the bytes. */
export function textOf({ buffer, byteOffset, byteLength }: Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

export function floatsOf(text: string): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(text, "base64")).buffer);
}
