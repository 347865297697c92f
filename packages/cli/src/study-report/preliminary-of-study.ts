/** What a study's report says of its preliminary networks; nothing where none has proposed anything. */
import { readRadiograph } from "@malleolus/data";
import {
  auditAssistance,
  auditedPatients,
  compareSelection,
  type JudgedShape,
  type PreliminaryPicture,
  type PreliminaryPictures,
  type PreliminaryResult,
  proposalMeasures,
} from "@malleolus/evaluation";
import type { Polygon } from "@malleolus/geometry";
import { polygonBounds, polygonsIou } from "@malleolus/geometry";
import { FRACTURE, likeliestClass } from "@malleolus/schema";
import {
  auditedAnnotations,
  imagePath,
  type PoolRadiograph,
  type ProposalBesideTruth,
  proposalsBesideTruth,
  type Reference,
  type Study,
  selectionBesidePool,
} from "@malleolus/studies";
import { CliError } from "../errors.ts";
import { renderOverlay } from "../overlay.ts";
import { evenly, overlayPicture, pictureCaption } from "./gallery.ts";

export interface PreliminaryToReport {
  readonly study: Study;
  /** What is true of an image, where it is known otherwise: of a simulation, what was simulated. */
  readonly reference: Reference | null;
  /** Whose outlines that is, in words. */
  readonly whose: string | null;
  readonly selectionAudit: PreliminaryResult["selectionAudit"];
  /** Who reads it: one of those who run the study. */
  readonly viewer: string;
}

/** Of each kind. */
const SHOWN = 8;
/** Of the selected, and of the passed-over. */
const SHOWN_OF_POOL = 4;
const RESAMPLES = { seed: 1, resamples: 2000 };

/**
 * Null where no network has proposed anything.
 *
 * @throws CliError `study` for an audit of selection beside a study that has no proposals to choose by.
 */
export async function preliminaryOf(given: PreliminaryToReport): Promise<PreliminaryResult | null> {
  const { study, reference, whose, selectionAudit, viewer } = given;
  const found = await proposalsBesideTruth(study, reference ?? undefined);
  if (found === null) {
    if (selectionAudit === null) return null;
    throw new CliError(
      "study",
      `${study.folder}: expected the study that was audited, whose radiographs a network has looked at, got one ` +
        "without proposals; give --study that study's folder, or leave out --selection-audit",
    );
  }
  const structures = [...study.protocol.structures.map(({ id }) => id), FRACTURE];
  const shapes = found.radiographs.flatMap((one) => judged(one, structures));
  const audited = await auditedAnnotations(study, reference ?? undefined);
  const hasArms = (["assisted", "unassisted"] as const).every((arm) =>
    audited.annotations.some((drawing) => drawing.arm === arm),
  );
  const judgedPatients = patientsOf(found.radiographs);
  return {
    model: found.model,
    radiographs: found.radiographs.length,
    patients: judgedPatients.length,
    judged: judgedPatients,
    against:
      whose ?? "the annotators' outlines, of the cases that were drawn without seeing a proposal",
    measures: proposalMeasures(shapes, structures, RESAMPLES),
    pictures: await besideTruth(study, found.radiographs),
    selection: await selectionOf(study, viewer),
    assistance: hasArms
      ? auditAssistance(audited.annotations, audited.agreements, RESAMPLES)
      : null,
    assistancePatients: hasArms ? auditedPatients(audited.annotations, audited.agreements) : null,
    selectionAudit,
  };
}

/** Each once. */
function patientsOf(some: readonly { readonly patient: string }[]): string[] {
  return [...new Set(some.map(({ patient }) => patient))];
}

function judged(one: ProposalBesideTruth, structures: readonly string[]): JudgedShape[] {
  return structures.map((structure) => {
    const { patient } = one;
    const proposed = one.shapes.find((shape) => shape.structure === structure)?.polygons ?? [];
    const truth = one.truth.get(structure) ?? [];
    const [isProposed, isTrue] = [proposed.length > 0, truth.length > 0];
    const iou = isProposed && isTrue ? polygonsIou(proposed, truth, one) : 0;
    const dice = isProposed || isTrue ? (2 * iou) / (1 + iou) : null;
    return { patient, structure, isProposed, isTrue, dice };
  });
}

/** Fractures by falling overlap, at even distances: the best, the worst, and between. */
async function besideTruth(
  study: Study,
  radiographs: readonly ProposalBesideTruth[],
): Promise<PreliminaryPictures | null> {
  const broken = radiographs
    .filter(({ truth }) => (truth.get(FRACTURE) ?? []).length > 0)
    .map((one) => ({ one, dice: judged(one, [FRACTURE])[0].dice ?? 0 }))
    .toSorted((a, b) => b.dice - a.dice || (a.one.image < b.one.image ? -1 : 1));
  if (broken.length === 0) return null;
  const items = await Promise.all(
    evenly(broken, SHOWN).map(({ one, dice }) =>
      picture(study, one, {
        proposed: one.shapes,
        truths: [...one.truth.values()],
        lines: [`fracture: Dice ${dice.toFixed(2)}`],
      }),
    ),
  );
  return {
    chosen:
      `${items.length} of ${broken.length} radiographs with a fracture, by falling overlap of its outline, evenly ` +
      "spaced. Dashed: what is true.",
    items,
  };
}

async function selectionOf(study: Study, viewer: string): Promise<PreliminaryResult["selection"]> {
  const beside = await selectionBesidePool(study, { viewer });
  if (beside === null) return null;
  const { selection, radiographs } = beside;
  const picked = radiographs
    .filter(({ rank }) => rank !== null)
    .toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  const left = radiographs.filter(({ rank }) => rank === null);
  const show = (some: readonly PoolRadiograph[]) =>
    Promise.all(
      some.map((one) => {
        const { class: said, probability } = likeliestClass(one.probabilities);
        const nameOf = (id: string) =>
          study.protocol.classes.find((each) => each.id === id)?.name ?? id;
        return picture(study, one, {
          proposed: [],
          truths: [],
          lines: [
            one.reason === null ? "passed over" : `selected: ${one.reason}`,
            `${nameOf(one.class)}; the network says ${nameOf(said)} (${probability.toFixed(2)})`,
          ],
        });
      }),
    );
  return {
    strategy: selection.strategy,
    picked: picked.length,
    passedOver: left.length,
    patients: { picked: patientsOf(picked), passedOver: patientsOf(left) },
    rows: compareSelection(
      radiographs.map(({ rank, ...one }) => ({ ...one, isPicked: rank !== null })),
      study.protocol.classes.map(({ id }) => id),
    ),
    pictures: {
      chosen: `The first ${Math.min(SHOWN_OF_POOL, picked.length)} that were selected, and ${Math.min(SHOWN_OF_POOL, left.length)} of those passed over, evenly spaced in the order of their hashes.`,
      items: [
        ...(await show(picked.slice(0, SHOWN_OF_POOL))),
        ...(await show(evenly(left, SHOWN_OF_POOL))),
      ],
    },
  };
}

interface Pictured {
  readonly image: string;
  readonly format: PoolRadiograph["format"];
  readonly patient: string;
  readonly view: PoolRadiograph["view"];
}

interface Drawn {
  readonly proposed: readonly {
    readonly structure: string;
    readonly polygons: readonly Polygon[];
    readonly score: number | null;
  }[];
  readonly truths: readonly (readonly Polygon[])[];
  readonly lines: readonly string[];
}

async function picture(
  study: Study,
  { image, format, patient, view }: Pictured,
  { proposed, truths, lines }: Drawn,
): Promise<PreliminaryPicture> {
  const radiograph = await readRadiograph(imagePath(study.images, image, format));
  const structures = [...study.protocol.structures.map(({ id }) => id), FRACTURE];
  const findings = proposed.map(({ structure, polygons, score }) => ({
    class: structure,
    score: score ?? 1,
    box: polygonBounds(...polygons),
    polygons: polygons.map((ring) => [...ring]),
    areaMm2: null,
    lengthMm: null,
    calibration: "none" as const,
  }));
  const overlay = await renderOverlay(radiograph, findings, structures, truths);
  return { ...(await overlayPicture(overlay)), caption: pictureCaption(view, patient), lines };
}
