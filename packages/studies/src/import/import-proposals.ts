/**
 * Outlines that another tool's model made into a study, as proposals for its annotators. Unlike people's
 * (`import-annotations.ts`) they need no class of the case and decide nothing. The whole file or nothing;
 * the same again changes nothing.
 */
import type { ImageAnnotation, OutlinedImage, OutlinedShape, OutlinesFile } from "@malleolus/data";
import { maskOutlines, type Polygon, rasterizePolygons } from "@malleolus/geometry";
import {
  type ImageRecord,
  type Model,
  type Prelabel,
  type ProposedShape,
  prelabelSchema,
  readRecord,
  SchemaError,
  widenedLineSchema,
} from "@malleolus/schema";
import { type FoundImage, findImage } from "../annotation/find-image.ts";
import { outlinePolygons } from "../annotation/outline-polygons.ts";
import { checkPrelabel, storeProposals } from "../annotation/proposals/store-proposals.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";
import { type CategoryMeaning, mapNames } from "./coco-classes.ts";
import { type FaultyImage, refuse, requireSameSize, UNMATCHED } from "./faulty-image.ts";
import { type ImageNames, matchImage } from "./match-image.ts";

export interface ProposalsImport extends ImageNames {
  /** For messages. */
  readonly path: string;
  readonly file: OutlinesFile;
  /** What a category means in the protocol, where its name does not say. */
  readonly categories: ReadonlyMap<string, string>;
  readonly model: Model;
  readonly who: string;
  /** Pass over images that are not in the study, instead of importing nothing. */
  readonly skipUnmatched: boolean;
  readonly onImage?: (done: number, total: number) => void;
}

export interface ProposalsCounts {
  readonly imported: number;
  readonly known: number;
  /** Images on which the model outlines nothing. */
  readonly withoutShape: number;
  readonly unmatched: readonly string[];
  /** Why nothing was imported; empty where all was. */
  readonly refused: readonly FaultyImage[];
}

/** @throws StudyError `source` for a category that the protocol does not know. */
export async function importProposals(
  study: Study,
  given: ProposalsImport,
): Promise<ProposalsCounts> {
  const { file, path } = given;
  const meanings = mapNames(study.protocol, file.categories, given.categories, path);
  const unmatched: string[] = [];
  const refused: FaultyImage[] = [];
  const prelabels: Prelabel[] = [];
  const seen = new Map<string, string>();
  for (const [done, image] of file.images.entries()) {
    const sha256 = await matchImage(study, image, given);
    const twin = sha256 === null ? undefined : seen.get(sha256);
    if (sha256 === null) unmatched.push(image.place);
    else if (twin !== undefined) {
      const why = `it is the same radiograph as ${twin}; leave one of the two out`;
      refused.push({ place: image.place, why });
    } else {
      seen.set(sha256, image.place);
      await orRefuse(image, async () => {
        const known = await findImage(study.database, sha256);
        const prelabel = prelabelOf(study, image, known, meanings, given.model);
        checkPrelabel(study, prelabel, known);
        prelabels.push(prelabel);
      });
    }
    given.onImage?.(done + 1, file.images.length);
  }
  if (!given.skipUnmatched) {
    for (const place of unmatched) refused.push({ place, why: UNMATCHED });
  }
  const counts = { withoutShape: prelabels.filter(({ shapes }) => shapes.length === 0).length };
  if (refused.length > 0) return { imported: 0, known: 0, ...counts, unmatched, refused };
  const { stored, known } = await storeProposals(study, prelabels, given.who);
  return { imported: stored, known, ...counts, unmatched, refused };

  async function orRefuse(image: OutlinedImage, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof StudyError || error instanceof SchemaError)) throw error;
      refused.push({ place: image.place, why: error.message });
    }
  }
}

function prelabelOf(
  study: Study,
  image: OutlinedImage,
  known: FoundImage,
  meanings: ReadonlyMap<string, CategoryMeaning>,
  model: Model,
): Prelabel {
  requireSameSize(image, known);
  if (image.annotations.length > 1) {
    throw refuse(
      `expected what one model outlines, got annotations of ${image.annotations.length}; ` +
        "import people's without --as proposals",
    );
  }
  const { extra } = image;
  const shapes = image.annotations.flatMap((annotation) =>
    shapesOf(study, annotation, known.facts, meanings, extra),
  );
  return readRecord(
    prelabelSchema,
    {
      image: known.sha256,
      model,
      isLowerLeg: extra.lower_leg !== false,
      shapes,
      probabilities: extra.probabilities ?? null,
      flippedProbabilities: null,
      segmentation: null,
      view: null,
      side: null,
    },
    image.place,
  );
}

function shapesOf(
  { protocol }: Study,
  { shapes }: ImageAnnotation,
  facts: ImageRecord,
  meanings: ReadonlyMap<string, CategoryMeaning>,
  extra: OutlinedImage["extra"],
): ProposedShape[] {
  const byStructure = Map.groupBy(shapes, ({ category }) => {
    const meaning = meanings.get(category);
    if (meaning === undefined) throw new Error(`internal: ${category} has no meaning`);
    return meaning.structure;
  });
  return [...byStructure].map(([structure, own]) => {
    const points = own.flatMap(({ line }) => (line === null ? [] : [[...line]]));
    const lines = points.map((one) => ({ points: one, widthMm: protocol.zonesMm.fractureLine }));
    const closed = own.flatMap((shape: OutlinedShape) => shape.polygons.map((ring) => [...ring]));
    const told = widenedLineSchema.safeParse(ofStructure(extra.lines, structure));
    return {
      structure,
      polygons: [...closed, ...bandsOf(structure, lines, facts)].map((ring) => [...ring]),
      line: told.success ? told.data : closed.length === 0 && lines.length === 1 ? lines[0] : null,
      score: scoreOf(ofStructure(extra.scores, structure)),
    };
  });
}

/** The border of what open lines cover, since a proposal is always there as polygons, too. */
function bandsOf(
  structure: string,
  lines: { points: number[]; widthMm: number }[],
  facts: ImageRecord,
): Polygon[] {
  if (lines.length === 0) return [];
  if (facts.pixelSpacingMm === null) {
    throw refuse(
      `expected ${structure} as polygons, since the pixel spacing is unknown, got a line`,
    );
  }
  const bands = outlinePolygons({ structure, polygons: [], lines }, facts);
  return maskOutlines(rasterizePolygons(bands, facts.width, facts.height));
}

function ofStructure(said: unknown, structure: string): unknown {
  if (typeof said !== "object" || said === null) return null;
  return Object.entries(said).find(([name]) => name === structure)?.[1] ?? null;
}

function scoreOf(said: unknown): number | null {
  return typeof said === "number" && said >= 0 && said <= 1 ? said : null;
}
