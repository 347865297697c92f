/** A process that imports an archive into a study, for the tests to kill. */
import { closeStudy, findHospital, openKeys, openStudy } from "../study.ts";
import { PASSPHRASE } from "../test-study.ts";
import { importDicom } from "./import-dicom.ts";

export const importProcess = import.meta.filename;

if (import.meta.main) {
  const [folder, archive] = process.argv.slice(2);
  const study = await openStudy(folder);
  const keys = await openKeys(study, PASSPHRASE);
  await importDicom(study, {
    paths: [archive],
    hospital: findHospital(study, undefined),
    keys,
    who: "test",
    onEvent: ({ done }) => process.stdout.write(`${done}\n`),
  });
  keys.close();
  await closeStudy(study);
}
