import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { sharedFileWarning } from "./network-file-system.ts";
import { closeStudy, openStudy } from "./study.ts";
import { newStudy } from "./test-study.ts";

test("sharedFileWarning: names the network on which a file of SQLite lies, and says nothing of this machine's disks or of a server", async (context) => {
  const { study: folder } = await newStudy(context);
  const study = await openStudy(folder);
  context.after(() => closeStudy(study));
  const { storage } = study.configuration;
  const elsewhere = (database: string) => ({
    folder,
    configuration: { ...study.configuration, storage: { ...storage, database } },
  });
  const asked: string[] = [];
  const warnings = [0x6969, 0xff534d42, -11317950, 0x01021997, 0xef53, 0x01021994].map((type) =>
    sharedFileWarning(elsewhere("data/study.sqlite"), (path) => {
      asked.push(path);
      return { type };
    }),
  );
  assert.deepEqual([...new Set(asked)], [join(folder, "data/study.sqlite")]);
  const named = warnings.map((warning) => /network \((\w+)\)/.exec(warning ?? "")?.[1] ?? null);
  assert.deepEqual(named, ["NFS", "SMB", "SMB", "9P", null, null]);
  assert.match(
    warnings[0] ?? "",
    /study\.sqlite lies on .*; keep to one machine, or .* move-study$/,
  );
  const onServer = elsewhere("postgres://me@db.example/ankles");
  assert.equal(
    sharedFileWarning(onServer, () => ({ type: 0x6969 })),
    null,
  );
  // The system itself is asked where nobody else is: of a temporary folder it says something.
  assert.doesNotThrow(() => sharedFileWarning(study));
});
