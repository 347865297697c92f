/**
 * Checks of patients and options before anything is computed: NaN would otherwise come out as a figure.
 */
import { EvaluationError } from "./errors.ts";
import type { EvaluationOptions } from "./evaluate.ts";
import { checkFoundIou } from "./found.ts";
import type { TestImage, TestPatient, TruthObject } from "./patient.ts";

/**
 * @throws EvaluationError `input` for options or patients that contradict themselves: a class that
 *   the options do not know, a patient twice, a threshold out of range, a coordinate that is no
 *   number. (The bootstrap checks its own.)
 */
export function checkInput(patients: readonly TestPatient[], options: EvaluationOptions): void {
  const { classes, otherClasses, noFractureClass, ruleThreshold, findingThreshold } = options;
  const known = classes.join(", ");
  if (!classes.includes(noFractureClass)) {
    throw refusal(`expected the class of no fracture among ${known}, got "${noFractureClass}"`);
  }
  if (new Set(classes).size < classes.length) {
    throw refusal(`expected every class once, got ${known}`);
  }
  if (!(ruleThreshold > 0 && ruleThreshold < 1)) {
    throw refusal(`expected a rule threshold between 0 and 1, got ${ruleThreshold}`);
  }
  if (!(findingThreshold >= 0 && findingThreshold <= 1)) {
    throw refusal(`expected a finding threshold from 0 to 1, got ${findingThreshold}`);
  }
  checkFoundIou(options.foundIou, "evaluate");
  const seen = new Set<string>();
  const found = new Set([...classes, ...otherClasses]);
  for (const { id, class: name, images } of patients) {
    if (seen.has(id))
      throw refusal(`expected every patient once, with all images, got ${id} twice`);
    seen.add(id);
    if (!classes.includes(name)) {
      throw refusal(`patient ${id}: expected one of ${known}, got "${name}"`);
    }
    for (const image of images) checkImage(image, found, `patient ${id}, image ${image.id}`);
  }
}

function checkImage(image: TestImage, known: ReadonlySet<string>, where: string): void {
  for (const [i, finding] of image.findings.entries()) {
    const at = `${where}, finding ${i}`;
    checkObject(finding, known, at);
    if (!(finding.score >= 0 && finding.score <= 1)) {
      throw refusal(`${at}: expected a score from 0 to 1, got ${finding.score}`);
    }
  }
  for (const [i, truth] of (image.truths ?? []).entries()) {
    checkObject(truth, known, `${where}, truth ${i}`);
  }
}

function checkObject(object: TruthObject, known: ReadonlySet<string>, where: string): void {
  if (!known.has(object.class)) {
    throw refusal(
      `${where}: expected one of ${[...known].join(", ")}, got "${object.class}"; name it in ` +
        "otherClasses if it has no part in what is evaluated",
    );
  }
  const wrong = [...object.box, ...object.polygons.flat()].find((one) => !Number.isFinite(one));
  if (wrong !== undefined) throw refusal(`${where}: expected finite coordinates, got ${wrong}`);
}

function refusal(message: string): EvaluationError {
  return new EvaluationError("input", `evaluate: ${message}`);
}
