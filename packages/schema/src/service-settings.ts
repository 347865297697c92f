/** The settings of the inference service, `service.toml`: what it takes, from whom, and where results go. */
import { z } from "zod";
import { viewSchema } from "./image.ts";

const titleSchema = z.string().regex(/^[!-[\]-~]([ -[\]-~]{0,14}[!-[\]-~])?$/, {
  error: "expected an AE title of 1 to 16 letters",
});
const portSchema = z.int().min(0).max(65_535);
const securityShape = {
  /** PEM files; beside this file unless the path is absolute. */
  tlsCertificate: z.string().min(1).optional(),
  tlsKey: z.string().min(1).optional(),
  tlsAuthority: z.string().min(1).optional(),
};

const dimseSchema = z.strictObject({
  host: z.string().min(1).default("127.0.0.1"),
  port: portSchema,
  title: titleSchema.default("MALLEOLUS"),
  /** Who may send. */
  callingTitles: z.array(titleSchema).min(1),
  /** Takes objects without TLS from other machines, too: most modalities speak none. */
  unencrypted: z.boolean().default(false),
  ...securityShape,
});

const destinationSchema = z.union([
  z.strictObject({
    host: z.string().min(1),
    port: portSchema,
    title: titleSchema,
    callingTitle: titleSchema.default("MALLEOLUS"),
    ...securityShape,
  }),
  z.strictObject({
    /** Of a DICOMweb service, under which /studies is. */
    url: z.url({ protocol: /^https?$/ }),
    /** Sends results, which name their patients, to another machine without TLS, too. */
    unencrypted: z.boolean().default(false),
  }),
]);

export const serviceSettingsSchema = z.strictObject({
  /** Studies that wait for their analysis; beyond them, requests are answered 429. */
  mostWaiting: z.int().min(1).max(10_000).default(60),
  /** Studies that are analysed beside each other, each by a process with a model of its own in memory. */
  analysesAtOnce: z.int().min(1).max(16).default(2),
  /** Without a new object for so long, a study is complete. */
  completeAfterSeconds: z.number().min(0.1).max(3600).default(60),
  /** Pixels are deleted after so long, confirmed or not. */
  keepPixelsDays: z.number().positive().max(7).default(7),
  /** What is left of a study's record, after so long. */
  keepRecordsDays: z.number().positive().max(366).default(30),
  /** A study is analysed when one of its radiographs matches all of these; an empty list matches any. */
  rule: z
    .strictObject({
      modalities: z.array(z.string()).default(["CR", "DX"]),
      bodyParts: z.array(z.string()).default(["ANKLE"]),
      views: z.array(viewSchema).default([]),
    })
    .prefault({}),
  /** A silent study: results are kept, told to nobody and sent nowhere until the follow-up is entered. */
  isSilent: z.boolean().default(false),
  /** Takes objects by C-STORE; without it, by HTTP alone. */
  dimse: dimseSchema.optional(),
  /** Where results are stored; without it they are fetched. */
  destination: destinationSchema.optional(),
});
export type ServiceSettings = z.infer<typeof serviceSettingsSchema>;
