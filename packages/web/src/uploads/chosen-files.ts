/** Which of the files that somebody chose are sent: not what a system writes beside them, and none too large. */

/** Of `File`, what counts. */
interface Chosen {
  readonly name: string;
  readonly size: number;
}

/** What file managers and optical discs add; nothing of it is a radiograph. */
const BESIDE = /^(\..*|Thumbs\.db|desktop\.ini|DICOMDIR|autorun\.inf)$/i;

export function chosenFiles<T extends Chosen>(
  files: readonly T[],
  largestBytes: number,
): { readonly wanted: readonly T[]; readonly tooLarge: readonly T[] } {
  const own = files.filter(({ name, size }) => size > 0 && !BESIDE.test(name));
  return {
    wanted: own.filter(({ size }) => size <= largestBytes),
    tooLarge: own.filter(({ size }) => size > largestBytes),
  };
}
