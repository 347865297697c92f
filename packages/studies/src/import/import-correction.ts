/**
 * A study of live analysis whose truth a follow-up told (CT, an operation), into a study of research: only where the
 * protocol says that its patients agreed to that, and de-identified as whatever is imported. The follow-up's class is
 * the case's; what the detector had said does not come along.
 *
 * Not how the files came here: whoever calls has them, and removes them.
 */
import { inTransaction } from "../database/in-transaction.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";
import { findClass } from "./coco-classes.ts";
import { findCaseOf } from "./coco-records.ts";
import { type DicomImport, type ImportCounts, importDicom } from "./import-dicom.ts";
import { recordToldClass } from "./told-class.ts";

export interface CorrectionImport extends DicomImport {
  /** What the follow-up found: a class of the protocol. */
  readonly class: string;
}

export interface CorrectionCounts extends ImportCounts {
  /** Cases that got their class now. */
  readonly classified: number;
}

/** @throws StudyError `consent` where the protocol does not say that patients agreed. */
export function requireConsent({ protocol, folder }: Study): void {
  if (protocol.consent?.corrections === true) return;
  throw new StudyError(
    "consent",
    `${folder}: expected corrections = true under [consent] of protocol.toml, got ${protocol.consent?.corrections ?? "none"}; ` +
      "live analysis gives nothing to a study whose patients did not agree to it",
  );
}

/** @throws as `importDicom`, and StudyError `consent`, or `source` for what is no class of the protocol. */
export async function importCorrection(
  study: Study,
  given: CorrectionImport,
): Promise<CorrectionCounts> {
  requireConsent(study);
  const told = findClass(study.protocol, given.class);
  const images = new Set<string>();
  const counts = await importDicom(study, {
    ...given,
    onEvent(event) {
      if (event.outcome !== "refused") images.add(event.sha256);
      given.onEvent?.(event);
    },
  });
  // What was stopped before every image was there says nothing of the case yet.
  if (counts.stopped) return { ...counts, classified: 0 };
  const cases = new Set<string>();
  for (const sha256 of images) cases.add(await findCaseOf(study, sha256));
  let classified = 0;
  for (const caseId of cases) {
    if (await classify(study, { caseId, class: told, who: given.who })) classified++;
  }
  return { ...counts, classified };
}

/** False where it has that class already. */
function classify(
  { database, protocol }: Study,
  told: { readonly caseId: string; readonly class: string; readonly who: string },
): Promise<boolean> {
  return inTransaction(database, async (transaction) => {
    const found = await transaction
      .selectFrom("cases")
      .select("class")
      .where("id", "=", told.caseId)
      .executeTakeFirstOrThrow();
    if (found.class === told.class) return false;
    await recordToldClass(transaction, protocol, { ...told, source: "its follow-up says" });
    return true;
  });
}
