/** The content of `malleolus.toml`: the places of a study's parts, and its people. */
import { z } from "zod";

const idSchema = z.string().regex(/^[a-z][a-z0-9_-]*$/, {
  error: "expected small letters, digits, - and _, a letter first",
});

export const hospitalSchema = z.strictObject({
  id: idSchema,
  name: z.string().min(1),
  role: z.enum(["internal", "external"]),
  /** Language of its reports as the protocol names it; told by their words where it is left out. */
  language: z.string().min(2).optional(),
});
export type Hospital = z.infer<typeof hospitalSchema>;

export const observerSchema = z.strictObject({
  id: idSchema,
  name: z.string().min(1),
  roles: z.array(z.enum(["observer", "senior", "surgeon", "annotator"])).min(1),
});

export const studyConfigurationSchema = z.strictObject({
  name: z.string().min(1),
  /** Paths are relative to the study's folder. */
  protocol: z.string().min(1),
  storage: z.strictObject({
    database: z.string().min(1),
    images: z.string().min(1),
    keyFile: z.string().min(1),
  }),
  deidentification: z.strictObject({
    burnedIn: z.enum(["refuse", "accept"]),
  }),
  hospitals: z.array(hospitalSchema).min(1),
  observers: z.array(observerSchema),
});
export type StudyConfiguration = z.infer<typeof studyConfigurationSchema>;
