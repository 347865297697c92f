/**
 * A protocol: what a study looks for and how it is read. The ankle is one; another joint is another
 * file.
 */
import { z } from "zod";
import { FRACTURE } from "./annotation.ts";
import { viewSchema } from "./image.ts";
import { labelSchema } from "./labels.ts";
import { measurementRuleSchema } from "./reading-content.ts";
import { screeningRulesSchema } from "./screening-rules.ts";

const idSchema = z.string().regex(/^[a-z][a-z0-9_-]*$/, {
  error: "expected small letters, digits, - and _, a letter first",
});
const namedSchema = z.strictObject({ id: idSchema, name: z.string().min(1) });
const countSchema = z.int().nonnegative();

export const protocolSchema = z
  .strictObject({
    name: z.string().min(1),
    /** Classes of a case; one of them is `noFractureClass`. */
    classes: z.array(namedSchema).min(2),
    noFractureClass: idSchema,
    /** Views that a complete examination has. */
    views: z.array(viewSchema).min(1),
    /** Bones and the like that are outlined beside the fractures. */
    structures: z.array(namedSchema),
    /** Why a case is left out; readers press the digit of the place in this list. */
    exclusions: z.array(namedSchema).min(1).max(9),
    people: z.strictObject({
      observers: countSchema,
      seniors: countSchema,
      referenceSurgeons: countSchema,
      annotators: countSchema.max(2),
    }),
    zonesMm: z.strictObject({
      /** Width to which the line of a fracture is drawn. */
      fractureLine: z.number().positive(),
      /**
       * How far above the plafond an intact bone is outlined. Simulated outlines follow the ankle's own;
       * a person's are not measured by it.
       */
      intactAbovePlafond: z.number().positive(),
      /** Classes by height above the plafond: A ends, C begins. */
      weberAEnds: z.number(),
      weberCBegins: z.number(),
    }),
    /** What the study's patients agreed to, or the committee did that speaks for them. */
    consent: z
      .strictObject({
        /** That their radiographs come from live analysis, with what a follow-up found. */
        corrections: z.boolean(),
      })
      .optional(),
    /** What readers may measure, each with its landmarks. */
    measurements: z.array(measurementRuleSchema).optional(),
    /** What readers may be asked for besides the class. */
    labels: z.array(labelSchema).optional(),
    thresholds: z.strictObject({
      /** Overlap from which two annotators agree. */
      annotationIou: z.number().min(0).max(1),
    }),
    annotation: z
      .strictObject({
        /** Share of the cases that are drawn without seeing a model's proposals, to tell what these do. */
        unassistedShare: z.number().min(0).max(1),
        /** When annotators of the other cases see them in the reading room. */
        proposals: z.enum(["at once", "after the first shape", "never"]).default("at once"),
      })
      .default({ unassistedShare: 0.15, proposals: "at once" }),
    splits: z.strictObject({
      seed: countSchema,
      preliminary: z.strictObject({ fracture: countSchema, noFracture: countSchema }),
      training: z.strictObject({ fracture: countSchema, noFracture: countSchema }),
      /** Share of the training patients kept for tuning. */
      tuningShare: z.number().min(0).max(0.5),
      internalTestPatientsPerClass: countSchema,
      /** Further patients a class, reserved to replace ambiguous ones in the easy test. */
      internalTestReservePerClass: countSchema,
      externalTestPatients: countSchema,
      /** Views that an external test case must have. */
      externalTestViews: z.array(viewSchema).min(1),
    }),
    screening: screeningRulesSchema,
  })
  .superRefine((protocol, context) => {
    const refuse = (path: PropertyKey[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    if (!protocol.classes.some(({ id }) => id === protocol.noFractureClass)) {
      refuse(["noFractureClass"], `expected one of the classes, got "${protocol.noFractureClass}"`);
    }
    for (const [index, { id }] of protocol.structures.entries()) {
      if (id !== FRACTURE && id !== protocol.noFractureClass) continue;
      const names = `"${FRACTURE}" and "${protocol.noFractureClass}" are drawn anyway`;
      refuse(["structures", index, "id"], `expected a structure besides: ${names}`);
    }
    for (const [index, label] of (protocol.labels ?? []).entries()) {
      for (const [place, { classes = [], with: others = {} }] of label.values.entries()) {
        const path = ["labels", index, "values", place];
        for (const id of classes.filter((one) => !protocol.classes.some((own) => own.id === one))) {
          refuse([...path, "classes"], `expected classes of the protocol, got "${id}"`);
        }
        for (const [other, values] of Object.entries(others)) {
          const known = protocol.labels?.find(({ id }) => id === other)?.values;
          const wrong = values.find((value) => !known?.some(({ id }) => id === value));
          if (known !== undefined && wrong === undefined) continue;
          refuse(
            [...path, "with", other],
            known === undefined
              ? `expected another label, got "${other}"`
              : `expected values of "${other}", got "${wrong}"`,
          );
        }
      }
    }
    const { oldFracture, languages } = protocol.screening;
    const codes = new Set(protocol.exclusions.map(({ id }) => id));
    const known = [...codes].join(", ");
    if (!codes.has(oldFracture)) {
      refuse(["screening", "oldFracture"], `expected one of ${known}, got "${oldFracture}"`);
    }
    for (const [language, { otherSites, exclusions }] of Object.entries(languages)) {
      for (const [key, terms] of Object.entries({ otherSites, exclusions })) {
        for (const code of Object.keys(terms).filter((one) => !codes.has(one))) {
          refuse(
            ["screening", "languages", language, key],
            `expected exclusion codes (${known}), got "${code}"`,
          );
        }
      }
    }
  });
export type Protocol = z.infer<typeof protocolSchema>;
