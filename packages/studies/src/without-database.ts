/**
 * What needs no study's database, as an entrance of its own, `@malleolus/studies/without-database`: the inference service
 * has none, and is there in half a second less where it does not load one.
 */
export { readServiceSettings } from "./configuration/service-settings-file.ts";
export { StudyError, type StudyErrorCode } from "./errors.ts";
export { lockExclusively } from "./exclusive-lock.ts";
export { createKeyFile, KeyFile } from "./keys/key-file.ts";
export { passphraseWeakness } from "./keys/passphrase-strength.ts";
