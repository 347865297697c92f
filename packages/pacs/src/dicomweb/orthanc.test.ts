/** The client against Debian's Orthanc: radiographs and what is found on them go in, and come out as they were. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { skipWithoutOrthanc, startOrthanc } from "../test-orthanc.ts";
import { dataSetOf, filesOfStudy, STUDY, sopInstance } from "../test-study.ts";
import { textIn } from "./dicom-json.ts";
import { dicomWebClient } from "./dicomweb-client.ts";

test(
  "Orthanc takes radiographs and results, finds them, and gives them back as they were",
  skipWithoutOrthanc(),
  async (context) => {
    const url = await startOrthanc(context);
    const headers = { Authorization: `Basic ${Buffer.from("user:secret").toString("base64")}` };
    const client = dicomWebClient({ url, headers });
    assert.deepEqual(await client.searchStudies({}), []);

    const files = filesOfStudy();
    const { stored, failed } = await client.store([...files.values()]);
    assert.deepEqual([stored.toSorted(), failed], [[...files.keys()].toSorted(), []]);

    const studies = await client.searchStudies({ PatientID: "P-11" });
    assert.deepEqual(
      studies.map((found) => textIn(found, "0020000D")),
      [STUDY],
    );
    assert.deepEqual(await client.searchStudies({ PatientID: "P-12" }), []);
    const series = await client.searchSeries(STUDY, {});
    assert.deepEqual(series.map((found) => textIn(found, "00080060")).toSorted(), [
      "CR",
      "OT",
      "PR",
      "SEG",
      "SR",
    ]);
    const instances = await client.searchInstances(STUDY, {});
    assert.equal(instances.length, files.size);

    // One by one, and all together: data set for data set what was sent.
    for (const found of instances) {
      const [instance, ofSeries] = ["00080018", "0020000E"].map((tag) => textIn(found, tag) ?? "");
      const file = await client.retrieveInstance(STUDY, ofSeries, instance);
      assert.deepEqual(
        dataSetOf(file),
        dataSetOf(files.get(instance) ?? new Uint8Array()),
        instance,
      );
    }
    const together = new Map<string, Buffer>();
    for await (const file of client.retrieveStudy(STUDY)) {
      together.set(sopInstance(file), dataSetOf(file));
    }
    assert.deepEqual(
      together,
      new Map([...files].map(([instance, file]) => [instance, dataSetOf(file)])),
    );

    // The same results again are the same objects: nothing is added.
    await client.store([...files.values()]);
    assert.equal((await client.searchInstances(STUDY, {})).length, files.size);

    // Bytes that are no DICOM are not taken, and nobody comes in without the password.
    const refused = await client.store([Buffer.from("no DICOM")]).then(
      ({ stored: taken }) => taken,
      (error: unknown) => error,
    );
    assert.ok(refused instanceof Error || (Array.isArray(refused) && refused.length === 0));
    await assert.rejects(dicomWebClient({ url }).searchStudies({}), { code: "refused" });
  },
);
