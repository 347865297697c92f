import assert from "node:assert/strict";
import { test } from "node:test";
import { readRecords } from "./records.ts";

const cases: readonly (readonly [
  what: string,
  text: string,
  delimiter: string,
  expected: readonly (readonly string[])[],
])[] = [
  [
    "plain cells",
    "a,b\n1,2\n",
    ",",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "line ends of old Macs",
    "a,b\r1,2\r",
    ",",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "no line end at the end",
    "a;b\r\n1;2",
    ";",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "lines without a cell",
    "\r\n\r\na,b\n,,\n1,2\n",
    ",",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "a delimiter and lines between quotes",
    'a,"b,\n""c"""\nd,e\n',
    ",",
    [
      ["a", 'b,\n"c"'],
      ["d", "e"],
    ],
  ],
  [
    "a quote within a cell without quotes",
    'a,5" pin\nb,c\n',
    ",",
    [
      ["a", '5" pin'],
      ["b", "c"],
    ],
  ],
  [
    "quotes within quotes",
    'a;"No "acute" fracture."\nb;c\n',
    ";",
    [
      ["a", 'No "acute" fracture.'],
      ["b", "c"],
    ],
  ],
  [
    "quotes behind backslashes",
    'a,"No \\"acute\\", no old"\nb,c\n',
    ",",
    [
      ["a", 'No "acute", no old'],
      ["b", "c"],
    ],
  ],
  ["blanks before a quote", 'a, "b, c" ,d\n', ",", [["a", "b, c", "d"]]],
  ["an empty text", "", ",", []],
];

for (const [what, text, delimiter, expected] of cases) {
  test(`readRecords: ${what}`, () => {
    // However the text is divided: every letter a piece, and all of it one.
    for (const pieces of [[text], [...text]]) {
      const records = [...readRecords(pieces, delimiter)];
      assert.deepEqual(
        records.map(({ cells }) => cells),
        expected,
      );
      assert.ok(records.every(({ problem }) => problem === null));
    }
  });
}

test("readRecords: a quote that is never closed costs its own line", () => {
  const text = 'a,b\n1,"never closed\n2,"closed"\n3,c\n';
  for (const pieces of [[text], [...text]]) {
    const records = [...readRecords(pieces, ",")];
    assert.deepEqual(
      records.map(({ line, cells, problem }) => [line, problem === null ? cells : "refused"]),
      [
        [1, ["a", "b"]],
        [2, "refused"],
        [3, ["2", "closed"]],
        [4, ["3", "c"]],
      ],
    );
  }
});

test("readRecords: lines are counted through texts of several", () => {
  const records = [...readRecords(['a,"1\n2\r\n3"\nb,c\n'], ",")];
  assert.deepEqual(
    records.map(({ line }) => line),
    [1, 4],
  );
});
