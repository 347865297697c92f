/** DICOM's windows: from values to shares of the display's range. */

/** A window as a share of the display's range, 0 to 1 (PS3.3 section C.11.2.1.2 and .3). */
export function windowFunction(
  name: "LINEAR" | "LINEAR_EXACT" | "SIGMOID",
  center: number,
  width: number,
): (value: number) => number {
  switch (name) {
    case "LINEAR":
      return (value) => {
        if (value <= center - 0.5 - (width - 1) / 2) return 0;
        if (value > center - 0.5 + (width - 1) / 2) return 1;
        return (value - (center - 0.5)) / (width - 1) + 0.5;
      };
    case "LINEAR_EXACT":
      return (value) => Math.min(Math.max((value - center) / width + 0.5, 0), 1);
    case "SIGMOID":
      return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width));
  }
}
