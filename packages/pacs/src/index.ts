export { type DicomJson, itemsIn, textIn } from "./dicomweb/dicom-json.ts";
export {
  type DicomWebClient,
  type DicomWebOptions,
  dicomWebClient,
  type Query,
  type Stored,
} from "./dicomweb/dicomweb-client.ts";
export { requireTitle } from "./dimse/application-title.ts";
export { RADIOGRAPH_CLASSES, RESULT_CLASSES } from "./dimse/classes.ts";
export type { CommitmentReport, ObjectReference } from "./dimse/commitment.ts";
export {
  type DimseClient,
  dimseClient,
  type GetOptions,
  type Retrieved,
  type Wanted,
} from "./dimse/dimse-client.ts";
export {
  type DimseNode,
  type NodeEvent,
  type NodeLimits,
  type NodeOptions,
  startDimseNode,
} from "./dimse/dimse-node.ts";
export { folderReceiver, PART_ENDING } from "./dimse/folder-receiver.ts";
export type { DimsePeer } from "./dimse/open-association.ts";
export type { QueryLevel } from "./dimse/query.ts";
export type { ObjectReceiver, ObjectSink, ReceivedHead } from "./dimse/receive-object.ts";
export type { TransportSecurity } from "./dimse/transport.ts";
export { PacsError, type PacsErrorCode } from "./errors.ts";
export { isUid, requireUid } from "./uid.ts";
