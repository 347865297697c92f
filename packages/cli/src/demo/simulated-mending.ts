/**
 * What a simulated annotator makes of a model's proposals. Everybody accepts what overlaps enough with what
 * they would have drawn, and some accept what does not: how often is a figure of this file, so that an
 * audit of anchoring has something to find. Times are simulated, too, and stand for nobody's.
 */
import { createHash } from "node:crypto";
import { polygonsIou } from "@malleolus/geometry";
import { FRACTURE, type Outline, type ProposalDecision, type Visibility } from "@malleolus/schema";
import type { SeenProposals } from "@malleolus/studies";

export const MENDING = {
  /** Overlap with the own drawing from which a proposal is good enough: a line's is never large. */
  bone: 0.9,
  line: 0.6,
  /** The chance that what is not good enough is accepted as it is. */
  acceptingBias: 0.2,
  seconds: { look: 6, accept: 2, mend: 14, bone: 35, line: 22, class: 3 },
} as const;

export interface OwnDrawing {
  readonly visibility: Visibility | null;
  readonly outlines: readonly Outline[];
}

export interface MendedDrawing {
  readonly visibility: Visibility | null;
  readonly outlines: Outline[];
  readonly decisions: ProposalDecision[];
  readonly seconds: number;
}

interface Seen {
  readonly offered: SeenProposals;
  /** The case's, by its readers. */
  readonly class: string;
  readonly noFractureClass: string;
  readonly size: { readonly width: number; readonly height: number };
  /** Whose chances: the annotator and the image. */
  readonly seed: string;
}

/** Seconds of a drawing from nothing. */
export function secondsAlone({ outlines }: OwnDrawing): number {
  return outlines.reduce((sum, { structure }) => sum + drawingSeconds(structure), look());
}

/** The drawing that comes of the own one and of what was offered. */
export function mendProposals(own: OwnDrawing, seen: Seen): MendedDrawing {
  const { offered, seed } = seen;
  const outlines = new Map(own.outlines.map((outline) => [outline.structure, outline]));
  const decisions: ProposalDecision[] = [];
  let { visibility } = own;
  let seconds = look();
  for (const { structure, polygons, prelabel } of offered.shapes) {
    const mine = outlines.get(structure);
    const proposed = { structure, polygons: polygons.map((ring) => [...ring]) };
    const isGood =
      mine !== undefined &&
      polygonsIou(proposed.polygons, mine.polygons, seen.size) >= least(structure);
    const isTaken = isGood || (mayBeTaken(structure, seen) && isLed(seed, structure));
    const is = isTaken ? "accepted" : mine === undefined ? "rejected" : "mended";
    if (isTaken) {
      outlines.set(structure, proposed);
      if (structure === FRACTURE && visibility === "impossible") visibility = "difficult";
    }
    seconds += is === "mended" ? MENDING.seconds.mend : MENDING.seconds.accept;
    const why = is === "rejected" ? { why: "nothing there" as const } : {};
    decisions.push({ of: "shape", prelabel, structure, is, ...why });
  }
  const isOffered = new Set(offered.shapes.map(({ structure }) => structure));
  for (const { structure } of own.outlines) {
    if (!isOffered.has(structure)) seconds += drawingSeconds(structure);
  }
  if (offered.class !== null) {
    const { class: proposed, prelabel } = offered.class;
    const isTaken = proposed === seen.class || isLed(seed, "class");
    const is = isTaken ? "accepted" : "mended";
    decisions.push({ of: "class", prelabel, is, class: isTaken ? proposed : seen.class });
    seconds += MENDING.seconds.class;
  }
  return { visibility, outlines: [...outlines.values()], decisions, seconds };
}

/** What contradicts the case's class cannot be drawn: the study refuses it. */
function mayBeTaken(structure: string, { class: name, noFractureClass }: Seen): boolean {
  const isSound = name === noFractureClass;
  return structure === FRACTURE ? !isSound : structure !== noFractureClass || isSound;
}

function isLed(seed: string, what: string): boolean {
  const digest = createHash("sha256").update(`${seed} ${what} led`).digest();
  return digest.readUInt32BE(0) / 2 ** 32 < MENDING.acceptingBias;
}

function least(structure: string): number {
  return structure === FRACTURE ? MENDING.line : MENDING.bone;
}

function drawingSeconds(structure: string): number {
  return structure === FRACTURE ? MENDING.seconds.line : MENDING.seconds.bone;
}

function look(): number {
  return MENDING.seconds.look;
}
