/** For tests: how often the host would wait for a GPU. */
import { startProfile, stopProfile } from "@malleolus/torch";

// In this order: what every tensor goes through before its elements are copied into a typed array,
// whatever its device; the reading of one element; results whose size hangs on values.
const waiting = [
  "aten::resolve_neg",
  "aten::_local_scalar_dense",
  "aten::nonzero",
  "aten::masked_select",
];

/** How often `body` reads what only the device knows. A slow upload is not seen. */
export function waitsIn(body: () => void): number {
  startProfile();
  try {
    body();
  } catch (error) {
    stopProfile();
    throw error;
  }
  return stopProfile()
    .operators.filter(({ operator }) => waiting.includes(operator))
    .reduce((sum, { calls }) => sum + calls, 0);
}
