import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assignExternalTest } from "../assignment/assign.ts";
import { readingMatrix } from "../reading/reading-matrix.ts";
import type { Study } from "../study.ts";
import { addCases, studyWithPeople } from "../test-people.ts";
import { importReadings } from "./import-readings.ts";
import { openReadingTable, type ReadingTableOptions } from "./reading-table.ts";

async function importTable(
  study: Study,
  text: string,
  options: Omit<ReadingTableOptions, "path"> & { readonly skipUnmatched?: boolean } = {},
) {
  const { skipUnmatched = false, ...rest } = options;
  const path = join(study.folder, "readings.csv");
  writeFileSync(path, text);
  const table = openReadingTable(study, { path, ...rest });
  return importReadings(study, { table, hospital: null, keys: null, who: "me", skipUnmatched });
}

async function states(study: Study) {
  const rows = await study.database
    .selectFrom("cases")
    .select(["id", "state", "class", "exclusion"])
    .orderBy("id")
    .execute();
  return Object.fromEntries(
    rows.map((row) => [row.id, [row.state, row.class ?? row.exclusion].filter(Boolean).join(": ")]),
  );
}

/** Three observers in one table, then the senior, as their spreadsheet has them. */
const SHEET = `Case;Reader;Classification;Comment;Date
1001;observer-1;Weber B;;2024-03-01
1001;Observer-2;weber_b;;2024-03-02
1001;observer-3;WEBER B;sure;2024-03-03 14:30
1002;observer-1;Weber A;;
1002;observer-2;Weber B;;
1002;observer-3;excluded: cast;;
1002;senior;Weber A;low line;
1003;observer-1;;;
`;

test("importReadings: observers read, the senior decides where they differ, the same again is known", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [{ id: "1001" }, { id: "1002" }, { id: "1003" }]);
  const counts = await importTable(study, SHEET);
  assert.deepEqual(counts, {
    imported: 7,
    known: 0,
    agreed: 1,
    excludedByMajority: 0,
    decided: 1,
    disagreements: [],
    emptyLines: [9],
    unmatchedLines: [],
    refusedLines: [],
    remarks: [],
  });
  assert.deepEqual(await states(study), {
    1001: "agreed: weber_b",
    1002: "adjudicated: weber_a",
    1003: "candidate fracture",
  });
  const kept = await study.database
    .selectFrom("readings")
    .select(["reader", "note", "blind", "at"])
    .where("case_id", "=", "1001")
    .orderBy("reader")
    .execute();
  assert.deepEqual(
    kept.map(({ note, blind, at }) => [note, blind, at]),
    [
      [null, 1, "2024-03-01T00:00:00.000Z"],
      [null, 1, "2024-03-02T00:00:00.000Z"],
      ["sure", 1, "2024-03-03T14:30:00.000Z"],
    ],
  );
  const verdict = await study.database
    .selectFrom("verdicts")
    .select(["why", "who"])
    .where("case_id", "=", "1002")
    .executeTakeFirstOrThrow();
  assert.deepEqual({ ...verdict }, { why: "low line", who: "senior" });
  const again = await importTable(study, SHEET);
  assert.deepEqual([again.imported, again.known, again.refusedLines], [0, 7, []]);
  assert.equal((await readingMatrix(study, "curation")).rows.length, 2);
});

test("importReadings: one bad line and nothing is imported; every bad line says why", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [
    { id: "1001" },
    { id: "1002", state: "excluded by keyword" },
    { id: "1003", state: "imported" },
  ]);
  const table = `case,observer,class,exclusion,date
1001,observer-1,weber_b,,
9999,observer-1,weber_b,,
1001,nobody,weber_b,,
1001,observer-2,weber_d,,
1001,observer-2,weber_a,cast,
1001,observer-3,weber_a,,31-03-2024
1001,observer-3,weber_a,,2024-06-31
1001,annotator-1,weber_a,,
1002,observer-1,weber_b,,
1003,observer-1,weber_b,,
1001,observer-1,weber_c,,
1001,senior,weber_b,,
`;
  const counts = await importTable(study, table);
  const expected: readonly (readonly [line: number, why: RegExp])[] = [
    [3, /not in the study.*--skip-unmatched/],
    [4, /one of the study's people \(observer-1, .*got "nobody"; add them under/],
    [5, /expected a class \(weber_a, .* or an exclusion code .*got "weber_d"/],
    [6, /a class or an exclusion, got both/],
    [7, /expected a date as 2024-03-31, got "31-03-2024"/],
    [8, /expected a date as 2024-03-31, got "2024-06-31"/],
    [9, /someone who reads, got annotator-1, who is annotator/],
    [10, /"excluded by keyword", not a candidate; take the line out/],
    [11, /"imported", not a candidate; import its report and screen it/],
    [12, /observer-1 has read it as weber_b, got weber_c; an import revises nothing/],
    [13, /a reading is missing, or the case has its verdict/],
  ];
  assert.deepEqual(
    counts.refusedLines.map(({ line }) => line),
    expected.map(([line]) => line),
  );
  for (const [i, [, why]] of expected.entries()) assert.match(counts.refusedLines[i].why, why);
  assert.deepEqual([counts.imported, counts.known], [0, 0]);
  for (const name of ["readings", "tasks", "verdicts"] as const) {
    const rows = await study.database.selectFrom(name).select("case_id").execute();
    assert.deepEqual(rows, [], name);
  }
  const skipped = await importTable(
    study,
    "case,observer,class\n9999,observer-1,weber_b\n1001,observer-1,weber_b\n",
    {
      skipUnmatched: true,
    },
  );
  assert.deepEqual([skipped.imported, skipped.unmatchedLines], [1, [2]]);
});

test("importReadings: a sheet without names, and people with several roles", async (context) => {
  const study = await studyWithPeople(context);
  await addCases(study, [
    { id: "2001", hospital: "b", state: "agreed", class: "weber_a" },
    { id: "2002", hospital: "b", state: "agreed", class: "weber_b" },
  ]);
  const early = await importTable(study, "case,class\n2001,weber_a\n", { observer: "surgeon-1" });
  assert.match(early.refusedLines[0].why, /is not assigned to surgeon-1/);
  await assignExternalTest(
    {
      ...study,
      protocol: {
        ...study.protocol,
        splits: { ...study.protocol.splits, externalTestPatients: 2 },
      },
    },
    "me",
  );
  for (const [observer, second] of [
    ["surgeon-1", "weber_b"],
    ["surgeon-2", "weber_b"],
    ["surgeon-3", "weber_c"],
  ]) {
    const counts = await importTable(study, `case,class\n2001,weber_a\n2002,${second}\n`, {
      observer,
    });
    assert.deepEqual([counts.imported, counts.refusedLines], [2, []]);
    if (observer === "surgeon-3") assert.deepEqual(counts.disagreements, ["2002"]);
  }
  const talk = await importTable(
    study,
    "case,observer,role,class\n2002,surgeon-1,consensus,weber_c\n",
  );
  assert.deepEqual([talk.imported, talk.decided, talk.disagreements], [1, 1, []]);
  const held = await study.database
    .selectFrom("case_classes")
    .select(["case_id", "class", "ambiguous", "decided_by"])
    .orderBy("case_id")
    .execute();
  assert.deepEqual(
    held.map((row) => ({ ...row })),
    [
      { case_id: "2001", class: "weber_a", ambiguous: 0, decided_by: "reference" },
      { case_id: "2002", class: "weber_c", ambiguous: 1, decided_by: "reference" },
    ],
  );
  const { configuration } = study;
  const observers = configuration.observers.map((one) =>
    one.id === "surgeon-1" ? { ...one, roles: [...one.roles, "observer" as const] } : one,
  );
  const both: Study = { ...study, configuration: { ...configuration, observers } };
  const unsaid = await importTable(both, "case,class\n2002,weber_c\n", { observer: "surgeon-1" });
  assert.match(
    unsaid.refusedLines[0].why,
    /surgeon-1 is observer and surgeon; say which in a column "role"/,
  );
  const said = await importTable(both, "case,class\n2002,weber_b\n", {
    observer: "surgeon-1",
    role: "surgeon",
  });
  assert.deepEqual([said.known, said.refusedLines], [1, []]);
});

test("openReadingTable: says which columns it needs, and whether it needs the key file", async (context) => {
  const study = await studyWithPeople(context);
  const path = join(study.folder, "a.csv");
  const open = (text: string, observer?: string) => {
    writeFileSync(path, text);
    return openReadingTable(study, { path, observer });
  };
  assert.equal(open("case,observer,class\n").needsKeys, false);
  assert.equal(open("Accession Number;Reader;Weber\n").needsKeys, true);
  assert.equal(open("case,class\n", "observer-1").needsKeys, false);
  assert.throws(
    () => open("case,class\n"),
    /"case" or "accession", "class" and "observer" \(or --observer\)/,
  );
  assert.throws(() => open("observer,class\n"), /expected a heading/);
});
