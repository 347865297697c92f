/**
 * A case that is looked at with what a detector found on it: its views, and the finding that is chosen. Nothing is
 * said of it here, and nothing is saved.
 */
import type { CaseImage, ShownFinding } from "@malleolus/schema";
import type { CaseMachines } from "../case/case-machines.ts";
import { type Machine, startMachine } from "../machine.ts";
import { geometryOf } from "../reader/case-session.ts";
import { beginViewer, nextViewer, type ViewerState } from "../view/viewer.ts";

export interface FindingsSession extends CaseMachines {
  readonly findings: readonly ShownFinding[];
  /** Its place among the findings; null for none. */
  readonly chosen: Machine<number | null, number | null>;
}

/** Around a finding that is shown, so that its surroundings are seen. */
const MARGIN = 1;

export function openFindings(
  images: readonly CaseImage[],
  findings: readonly ShownFinding[],
  view: Pick<ViewerState, "linked" | "startWindow">,
): FindingsSession {
  const views = images.map((image) => ({ id: image.id, image: geometryOf(image) }));
  return {
    findings,
    viewer: startMachine(beginViewer(views, view), nextViewer),
    chosen: startMachine<number | null, number | null>(null, (_, next) => next),
    tick: () => undefined,
  };
}

/** Chooses a finding and shows its place. */
export function showFinding({ viewer, chosen, findings }: FindingsSession, place: number): void {
  const finding = findings.at(place);
  if (finding === undefined) return;
  chosen.dispatch(place);
  const [left, top, right, bottom] = finding.box;
  const [beside, above] = [MARGIN * (right - left), MARGIN * (bottom - top)];
  viewer.dispatch({ type: "activate", view: finding.image });
  viewer.dispatch({
    type: "show",
    view: finding.image,
    extent: {
      left: left - beside,
      top: top - above,
      right: right + beside,
      bottom: bottom + above,
    },
  });
}

/** The next or the one before; of none chosen, the first or the last. */
export function stepFinding(session: FindingsSession, step: 1 | -1): boolean {
  const { findings, chosen } = session;
  if (findings.length === 0) return false;
  const now = chosen.state();
  const from = now ?? (step === 1 ? -1 : findings.length);
  showFinding(session, (from + step + findings.length) % findings.length);
  return true;
}

/** The finding at a place of a radiograph: of those whose box holds it, the smallest; null for none. */
export function findingAt(
  findings: readonly ShownFinding[],
  image: string,
  { x, y }: { readonly x: number; readonly y: number },
): number | null {
  let best: { readonly place: number; readonly area: number } | null = null;
  for (const [place, { image: on, box }] of findings.entries()) {
    const [left, top, right, bottom] = box;
    if (on !== image || x < left || x >= right || y < top || y >= bottom) continue;
    const area = (right - left) * (bottom - top);
    if (best === null || area < best.area) best = { place, area };
  }
  return best === null ? null : best.place;
}
