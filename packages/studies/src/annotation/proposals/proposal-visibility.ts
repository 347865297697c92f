/**
 * Who may see what a model proposes. Everything that shows proposals to a person goes through here: an
 * annotator of the case does, unless the case is drawn without, or the annotator has still to read it
 * blind. Readers never do.
 *
 * A newer model's proposals stand in for an earlier one's, but for those on which the annotator has
 * decided.
 */
import {
  type ClassProbabilities,
  FRACTURE,
  likeliestClass,
  type Model,
  type Prelabel,
  type ProposalDecision,
  type ProposedShape,
  prelabelColumn,
} from "@malleolus/schema";
import type { StudyTransaction } from "../../database/in-transaction.ts";
import type { StudyDatabase } from "../../database/open-database.ts";
import type { Queue } from "../../database/tables.ts";
import { requireRole } from "../../people.ts";
import type { Study } from "../../study.ts";
import { findImage } from "../find-image.ts";
import { armOf } from "./assistance-arms.ts";

/** What one proposal is, and what the viewer made of it; null as long as that is open. */
interface Offer<T extends ProposalDecision["of"]> {
  /** The number of the prelabel that it is from. */
  readonly prelabel: number;
  readonly model: Model;
  readonly at: string;
  readonly decision: Extract<ProposalDecision, { of: T }> | null;
}

export interface SeenShape extends Offer<"shape">, ProposedShape {}

export interface SeenClass extends Offer<"class"> {
  readonly class: string;
  readonly probability: number;
  readonly probabilities: ClassProbabilities;
}

export interface SeenProposals {
  /** Fractures first, then by name. */
  readonly shapes: readonly SeenShape[];
  readonly class: SeenClass | null;
  /** Where the radiograph's file does not say. */
  readonly view: Prelabel["view"];
  readonly side: Prelabel["side"];
  /** Whether the latest model found no lower leg, and so outlined nothing. */
  readonly isOther: boolean;
}

/**
 * What the viewer is offered on an image; null where there is nothing for them to see.
 *
 * @throws StudyError `person` for someone who does not annotate, `record` where there is no such
 *   image.
 */
export async function proposalsVisibleTo(
  study: Study,
  { image, viewer }: { readonly image: string; readonly viewer: string },
): Promise<SeenProposals | null> {
  requireRole(study, viewer, "annotator");
  const { caseId } = await findImage(study.database, image);
  if (!(await mayBeOffered(study.database, caseId, viewer))) return null;
  return offeredOn(study.database, image, viewer);
}

/** Whether proposals are the annotator's to see on a case. */
export async function mayBeOffered(
  database: StudyDatabase | StudyTransaction,
  caseId: string,
  annotator: string,
): Promise<boolean> {
  const tasks = await database
    .selectFrom("tasks")
    .select("queue")
    .where("case_id", "=", caseId)
    .where("person", "=", annotator)
    .execute();
  if (!tasks.some(({ queue }) => queue === "annotation")) return false;
  const held = await database
    .selectFrom("cases")
    .innerJoin("case_classes", "case_classes.case_id", "cases.id")
    .select(["cases.class", "cases.exclusion", "case_classes.decided_by"])
    .where("cases.id", "=", caseId)
    .executeTakeFirstOrThrow();
  const isOpen = (queue: Queue): boolean => {
    switch (queue) {
      case "curation":
        return held.class === null && held.exclusion === null;
      case "reference":
        return held.decided_by !== "reference";
      case "annotation":
        return false;
      // A round may come again, and agreement with oneself is what it measures.
      default:
        return true;
    }
  };
  if (tasks.some(({ queue }) => isOpen(queue))) return false;
  return (await armOf(database, caseId)) !== "unassisted";
}

/** The proposals that stand for an annotator, whether or not they may see them. */
export async function offeredOn(
  database: StudyDatabase | StudyTransaction,
  image: string,
  annotator: string,
): Promise<SeenProposals | null> {
  const prelabels = await prelabelsOf(database, image);
  const latest = prelabels.at(-1);
  if (latest === undefined) return null;
  const decisions = await decisionsOf(database, image, annotator);
  const shapes = new Map<string, SeenShape>();
  const shapeOf = (from: StoredPrelabel, structure: string) =>
    from.record.shapes.find((shape) => shape.structure === structure);
  for (const shape of latest.record.shapes) {
    shapes.set(shape.structure, { ...offer(latest), ...shape, decision: null });
  }
  let seenClass = classOffer(latest);
  for (const decision of decisions) {
    const from = prelabels.find(({ id }) => id === decision.prelabel);
    if (from === undefined) continue;
    if (decision.of === "class") {
      const decided = classOffer(from);
      if (decided !== null) seenClass = { ...decided, decision };
      continue;
    }
    const shape = shapeOf(from, decision.structure);
    if (shape !== undefined) shapes.set(shape.structure, { ...offer(from), ...shape, decision });
  }
  const place = ({ structure }: SeenShape) => (structure === FRACTURE ? "" : structure);
  return {
    shapes: [...shapes.values()].toSorted((a, b) => (place(a) < place(b) ? -1 : 1)),
    class: seenClass,
    view: latest.record.view,
    side: latest.record.side,
    isOther: !latest.record.isLowerLeg,
  };
}

export interface StoredPrelabel {
  readonly id: number;
  readonly at: string;
  readonly record: Prelabel;
}

/** Of an image, oldest first. */
export async function prelabelsOf(
  database: StudyDatabase | StudyTransaction,
  image: string,
): Promise<StoredPrelabel[]> {
  const rows = await database
    .selectFrom("prelabels")
    .select(["annotation_id", "record", "at"])
    .where("image_sha256", "=", image)
    .orderBy("annotation_id")
    .execute();
  return rows.map(({ annotation_id, record, at }) => ({
    id: annotation_id,
    at,
    record: prelabelColumn.read(record, `prelabel ${annotation_id}`),
  }));
}

/** The annotator's last word on every proposal of an image, oldest first. */
async function decisionsOf(
  database: StudyDatabase | StudyTransaction,
  image: string,
  annotator: string,
): Promise<ProposalDecision[]> {
  const rows = await database
    .selectFrom("proposal_decisions")
    .innerJoin("annotations", "annotations.id", "proposal_decisions.annotation_id")
    .select([
      "proposal_decisions.prelabel_id",
      "proposal_decisions.structure",
      "proposal_decisions.decision",
      "proposal_decisions.why",
      "proposal_decisions.class",
    ])
    .where("annotations.image_sha256", "=", image)
    .where("annotations.source", "=", "person")
    .where("annotations.author", "=", annotator)
    .orderBy("proposal_decisions.id")
    .execute();
  return rows.map(
    ({ prelabel_id, structure, decision, why, class: name }): ProposalDecision =>
      structure === null
        ? { of: "class", prelabel: prelabel_id, is: decision, class: name }
        : {
            of: "shape",
            prelabel: prelabel_id,
            structure,
            is: decision,
            ...(why === null ? {} : { why }),
          },
  );
}

function offer({ id, at, record }: StoredPrelabel) {
  return { prelabel: id, model: record.model, at };
}

function classOffer(from: StoredPrelabel): SeenClass | null {
  const { probabilities } = from.record;
  if (probabilities === null) return null;
  return { ...offer(from), ...likeliestClass(probabilities), probabilities, decision: null };
}
