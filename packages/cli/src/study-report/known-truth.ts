/** The patients of a test with the classes that are known of them otherwise, in the place of the panel's. */
import type { TestImage, TestPatient } from "@malleolus/evaluation";

/** Of whom nothing else is known is left out. */
export function knownPatients(
  patients: readonly TestPatient[],
  truth: ReadonlyMap<string, string>,
  noFractureClass: string,
): TestPatient[] {
  return patients.flatMap((patient) => {
    const known = truth.get(patient.id);
    if (known === undefined) return [];
    const isSound = (name: string) => name === noFractureClass;
    // What was drawn is a fracture or an intact bone; it cannot stand for the other.
    const keeps = isSound(known) === isSound(patient.class);
    const truthsOf = ({ truths }: TestImage) =>
      keeps
        ? (truths?.map((one) => (one.class === patient.class ? { ...one, class: known } : one)) ??
          null)
        : null;
    const images = patient.images.map((image) => ({ ...image, truths: truthsOf(image) }));
    return [{ ...patient, class: known, images }];
  });
}
