/** Bytes as text, without Node's Buffer: DICOM is read in a browser, too. */

/** A call takes only so many arguments. */
const PART = 8192;

/** ISO 8859-1: every byte is the character of its number. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PART) {
    text += String.fromCharCode(...bytes.subarray(at, at + PART));
  }
  return text;
}

/** Two digits a byte, in lower case. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
