export { type Ankle, buildAnkle } from "./anatomy/ankle.ts";
export {
  externalHospital,
  type Hospital,
  internalHospital,
  type PhantomStudy,
  simulateStudy,
} from "./archive/hospital.ts";
export {
  type PhantomImage,
  type PhantomRecord,
  phantomRecord,
  readPhantomRecord,
  storedMask,
} from "./archive/phantom-record.ts";
export { simulateStudies } from "./archive/simulate-studies.ts";
export { structureAnnotations, truthAnnotations } from "./archive/truth-annotations.ts";
export { exclusionCode, mixedSpecs, readArchive, writeArchive } from "./archive/write-archive.ts";
export { PhantomError, type PhantomErrorCode } from "./errors.ts";
export { buildLimb, type LimbKind } from "./limbs/limb.ts";
export {
  type LimbFracture,
  type LimbRadiograph,
  type LimbView,
  simulateLimb,
} from "./limbs/simulate-limb.ts";
export { EXCLUSIONS, type Exclusion, type PatientSpec, samplePatient } from "./patient/patient.ts";
export { annotate } from "./people/annotator.ts";
export type { ReadCase, Reader } from "./people/impression.ts";
export { adjudicationOf, consensusOf, type Reading, readCase } from "./people/reader.ts";
export { writeReport } from "./people/report.ts";
export type { Language } from "./people/report-phrases.ts";
export type { Conspicuity } from "./radiography/conspicuity.ts";
export { type PhantomRadiograph, simulateRadiograph } from "./radiography/simulate.ts";
export type { FractureTruth } from "./radiography/truth.ts";
export type { PhantomView } from "./radiography/view.ts";
export type { XrayUnit } from "./radiography/xray-unit.ts";
export {
  externalXrayUnit,
  internalXrayUnit,
  SIMULATED_MANUFACTURER,
  withPitch,
} from "./radiography/xray-units.ts";
export { PHANTOM_VERSION, READER_ROLES } from "./ranges.ts";
