/** Studies with people and cases in their database, for the tests: real tables, no files. */
import { createHash } from "node:crypto";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CaseState, ImageRecord, Reading, View } from "@malleolus/schema";
import { recordTransition } from "./cases/transition-case.ts";
import { inTransaction } from "./database/in-transaction.ts";
import { closeStudy, openStudy, type Study } from "./study.ts";
import { caseCode } from "./tasks/case-code.ts";
import { newStudy } from "./test-study.ts";

interface TestContext {
  after(cleanUp: () => void | Promise<void>): void;
}

export const OBSERVERS = ["observer-1", "observer-2", "observer-3"] as const;
export const SURGEONS = ["surgeon-1", "surgeon-2", "surgeon-3"] as const;
export const ANNOTATORS = ["annotator-1", "annotator-2"] as const;

/** A study with an external hospital and everybody that the ankle's protocol asks for. */
export async function studyWithPeople(
  context: TestContext,
  changes: readonly (readonly [from: string | RegExp, to: string])[] = [],
): Promise<Study> {
  const { study: folder } = await newStudy(context);
  const people = [
    ...OBSERVERS.slice(1).map((id) => [id, "observer"]),
    ["senior", "senior"],
    ...SURGEONS.map((id) => [id, "surgeon"]),
    ...ANNOTATORS.map((id) => [id, "annotator"]),
  ];
  const added = people.map(
    ([id, role]) => `[[observers]]\nid = "${id}"\nname = "${id}"\nroles = ["${role}"]\n`,
  );
  added.push('[[hospitals]]\nid = "b"\nname = "B"\nrole = "external"\n');
  appendFileSync(join(folder, "malleolus.toml"), `\n${added.join("\n")}`);
  const protocol = join(folder, "protocol.toml");
  let text = readFileSync(protocol, "utf8");
  for (const [from, to] of changes) {
    if (text.search(from) < 0) throw new Error(`internal: the protocol has no ${from}`);
    text = text.replace(from, to);
  }
  writeFileSync(protocol, text);
  const study = await openStudy(folder);
  context.after(() => closeStudy(study));
  return study;
}

export interface TestCase {
  readonly id: string;
  readonly patient?: string;
  readonly hospital?: string;
  readonly state?: CaseState;
  readonly class?: string | null;
  readonly ambiguous?: number;
  readonly views?: readonly View[];
}

export function imageId(caseId: string, view: View): string {
  return createHash("sha256").update(`${caseId} ${view}`).digest("hex");
}

/** Cases as import and screening would leave them, with one image a view of 200 x 240 pixels. */
export async function addCases(study: Study, cases: readonly TestCase[]): Promise<void> {
  await inTransaction(study.database, async (transaction) => {
    for (const given of cases) {
      const {
        id,
        patient = `patient of ${id}`,
        hospital = "a",
        state = "candidate fracture",
      } = given;
      await transaction
        .insertInto("patients")
        .values({ id: patient, hospital })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await transaction
        .insertInto("cases")
        .values({
          id,
          patient_id: patient,
          state,
          class: given.class ?? null,
          ambiguous: given.ambiguous ?? null,
        })
        .execute();
      const stamp = { who: "test", at: "2026-01-01T00:00:00.000Z", why: "test" };
      await recordTransition(transaction, { caseId: id, from: null, to: state, ...stamp });
      for (const view of given.views ?? ["ap", "mortise", "lateral"]) {
        await transaction
          .insertInto("images")
          .values({
            sha256: imageId(id, view),
            case_id: id,
            sop_instance_uid: `${id}.${view}`,
            size_bytes: 10,
            facts: JSON.stringify(facts(view)),
          })
          .execute();
      }
    }
  });
}

export function facts(view: View): ImageRecord {
  return {
    format: "dicom",
    width: 200,
    height: 240,
    modality: "DX",
    view,
    side: "left",
    pixelSpacingMm: [0.5, 0.5],
    spacingSource: "calibrated",
    transferSyntax: "1.2.840.10008.1.2.1",
    bitsAllocated: 16,
    bitsStored: 12,
    photometric: "MONOCHROME2",
    exifOrientation: null,
  };
}

/** By which an observer knows a case that is theirs to read. */
export async function codeOf(study: Study, person: string, caseId: string): Promise<string> {
  const { position } = await study.database
    .selectFrom("tasks")
    .select("position")
    .where("queue", "=", "curation")
    .where("person", "=", person)
    .where("case_id", "=", caseId)
    .executeTakeFirstOrThrow();
  return caseCode(position);
}

/** A reading in one word: a class, or `-` and an exclusion code. */
export function reading(caseId: string, reader: string, said: string): Reading {
  const decision = said.startsWith("-")
    ? ({ kind: "exclusion", id: said.slice(1) } as const)
    : ({ kind: "class", id: said } as const);
  return {
    caseId,
    panel: reader.startsWith("surgeon") ? "reference" : "curation",
    reader,
    decision,
  };
}
