/**
 * The classes of patients of whom more is known than the panel saw, from a CT or from surgery say: a CSV
 * file with `patient` (the study's pseudonym) and `class` (its id or its name).
 */
import { plainName, readTable } from "../csv/read-table.ts";
import { StudyError } from "../errors.ts";
import type { Study } from "../study.ts";

/**
 * By pseudonym. Throws StudyError `source` for a file that cannot be read, and with its line for a class or
 * a patient that the study does not have, and for a patient who stands in it twice.
 */
export async function readKnownClasses(
  { database, protocol }: Pick<Study, "database" | "protocol">,
  path: string,
): Promise<Map<string, string>> {
  const isHeading = (names: readonly string[]) =>
    names.includes("patient") && names.includes("class");
  const table = readTable(path, isHeading, "patient and class");
  const [patientColumn, classColumn] = ["patient", "class"].map((name) =>
    table.names.indexOf(name),
  );
  const patients = await database.selectFrom("patients").select("id").execute();
  const known = new Set(patients.map(({ id }) => id));
  const classes = new Map(
    protocol.classes.flatMap(({ id, name }) => [
      [plainName(id), id],
      [plainName(name), id],
    ]),
  );
  const found = new Map<string, string>();
  for (const { line, cells, problem } of table.rows()) {
    const refuse = (what: string) => new StudyError("source", `${path}, line ${line}: ${what}`);
    if (problem !== null) throw refuse(problem);
    const [patient, name] = [
      cells[patientColumn].trim(),
      classes.get(plainName(cells[classColumn])),
    ];
    if (!known.has(patient)) {
      throw refuse(
        "expected a patient's pseudonym of this study, got another; malleolus cases lists them",
      );
    }
    if (name === undefined) {
      throw refuse(
        `expected one of the classes ${protocol.classes.map(({ id }) => id).join(", ")}, got another`,
      );
    }
    if (found.has(patient))
      throw refuse("expected every patient once, got one for the second time");
    found.set(patient, name);
  }
  return found;
}
