/** The `malleolus.toml` of a new study, commented so that it can be filled in without a manual. */
import type { StudyConfiguration } from "@malleolus/schema";
import { stringify } from "smol-toml";

/** Who takes part, where it is known from the beginning. */
export type Participants = Pick<StudyConfiguration, "hospitals" | "observers">;

export interface StudyText {
  readonly name: string;
  readonly keyFile: string;
  /** A path or the URL of a PostgreSQL database. */
  readonly database: string;
  /** Without them, an example that shows how they are written. */
  readonly participants?: Participants | undefined;
}

export function studyText({ name, keyFile, database, participants }: StudyText): string {
  return `# A study of Malleolus. Unknown keys are refused. Paths are relative to this folder.

name = ${JSON.stringify(name)}

# What is looked for and how it is read.
protocol = "protocol.toml"

[storage]
# A file, or a database of PostgreSQL, postgres://…, into which malleolus move-study carries the study.
database = ${JSON.stringify(database)}
# De-identified radiographs, named by the hash of their bytes.
images = "images"
# The only way back from pseudonyms to patients, encrypted. It lies outside this folder, so that
# copying the study does not copy it. Keep a copy where patients' data may be kept.
keyFile = ${JSON.stringify(keyFile)}

[deidentification]
# Radiographs with words burned into their pixels, and captured screens: "refuse" or "accept".
burnedIn = "refuse"

# Hospitals. Patients of an external one serve only in the external test.
${participants === undefined ? EXAMPLE_HOSPITALS : stringify({ hospitals: participants.hospitals })}
# Who reads, adjudicates, sets the reference and draws. Roles: observer, senior, surgeon, annotator.
${participants === undefined ? EXAMPLE_OBSERVERS : stringify({ observers: participants.observers })}`;
}

const EXAMPLE_HOSPITALS = `[[hospitals]]
id = "a"
name = "Hospital A"
role = "internal"
# language = "nl"   # of its reports; told by their words where it is left out

# [[hospitals]]
# id = "b"
# name = "Hospital B"
# role = "external"
`;

const EXAMPLE_OBSERVERS = `[[observers]]
id = "observer-1"
name = "Observer 1"
roles = ["observer"]
`;
