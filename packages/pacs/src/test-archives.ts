/** What tests of other packages start: archives of others, on loopback. */
export { skipWithoutDcmtk, startDcmqrscp } from "./test-dcmtk.ts";
export { skipWithoutOrthanc, startOrthancWithDimse } from "./test-orthanc.ts";
export { freePort } from "./test-ports.ts";
