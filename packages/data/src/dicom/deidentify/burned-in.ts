/**
 * Images that have, or by their kind may have, words in their pixels: a file says so itself, or it is
 * a captured screen, a scanned sheet or a page of text, whatever its SOP class.
 */
import { DataError } from "../../errors.ts";

const SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7";

/** Conversion types (PS3.3 section C.8.6.1) that bring a screen or a sheet of paper. */
const CAPTURES = new Set(["DV", "DRW", "SD", "SI", "WSD"]);
const SCREEN = /SCREEN|SNAP ?SHOT|CAPTURE/;
/** Of series that are pages of text. */
const PAGE = /\b(patient protocol|dose (report|info|record)|screen ?(save|shot|capture)s?)\b/i;

/**
 * `text` gives an attribute's text.
 *
 * @throws DataError `burned-in`.
 */
export function refuseBurnedIn(text: (tag: number) => string | null, where: string): void {
  const says = (text(0x00280301) ?? "").toUpperCase();
  const saysSome = says === "Y" || says === "YES" || says === "TRUE" || says === "1";
  const saysNone = says === "N" || says === "NO" || says === "FALSE" || says === "0";
  const suspect = saysSome ? "one that says it has some" : saysNone ? null : suspectKind(text);
  if (suspect === null) return;
  throw new DataError(
    "burned-in",
    `${where}: expected an image without words burned in, got ${suspect}; ` +
      "look at it, and import it with burned-in images accepted if it names nobody",
  );
}

function suspectKind(text: (tag: number) => string | null): string | null {
  const sopClass = text(0x00080016) ?? "";
  if (sopClass === SECONDARY_CAPTURE || sopClass.startsWith(`${SECONDARY_CAPTURE}.`)) {
    return "a captured screen";
  }
  const conversion = (text(0x00080064) ?? "").toUpperCase();
  if (CAPTURES.has(conversion)) return `a captured screen or sheet (conversion ${conversion})`;
  const imageType = (text(0x00080008) ?? "").toUpperCase();
  if (SCREEN.test(imageType)) return `a captured screen (${imageType})`;
  const page = PAGE.exec(text(0x0008103e) ?? "")?.[0];
  return page === undefined ? null : `a page of text ("${page}")`;
}
