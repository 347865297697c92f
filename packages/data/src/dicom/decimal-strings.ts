/**
 * Decimal and integer strings (PS3.5 section 6.2, DS and IS), also as programs write them that took the
 * decimal sign of their country: `0,143`, and lists parted by a comma where a backslash should stand.
 */

/** The values of an element, null for those that are no numbers; none of an empty one. */
export function readDecimals(text: string): (number | null)[] {
  const written = text.replaceAll("\0", " ").trim();
  if (written === "") return [];
  return splitValues(written).map(readDecimal);
}

const LISTS = [
  // Two decimals with points, parted by a comma; with commas, parted by one, a semicolon or a blank.
  /^([-+]?\d*\.\d+)\s*[,;]\s*([-+]?\d*\.\d+)$/,
  /^([-+]?\d+,\d+)\s*[,;]\s*([-+]?\d+,\d+)$/,
  /^([-+]?\d*[.,]\d+)\s+([-+]?\d*[.,]\d+)$/,
];

function splitValues(written: string): readonly string[] {
  if (written.includes("\\")) return written.split("\\");
  for (const list of LISTS) {
    const found = list.exec(written);
    if (found !== null) return found.slice(1);
  }
  return [written];
}

function readDecimal(written: string): number | null {
  const plain = written.trim();
  const decimal = /^[-+]?\d*,\d+(?:[eE][-+]?\d+)?$/.test(plain) ? plain.replace(",", ".") : plain;
  const value = decimal === "" ? Number.NaN : Number(decimal);
  return Number.isFinite(value) ? value : null;
}
