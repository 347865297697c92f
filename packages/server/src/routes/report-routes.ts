/**
 * Reports of the study's tests in the reading room: the page as it was written, under a policy of its own, and the
 * cases behind its figures. Never for those who read: a report says who said what.
 */
import {
  imageKeySchema,
  imageSizeSchema,
  type ReportCase,
  reportCaseSchema,
  reportIdSchema,
  reportPatientSchema,
  reportSchema,
  reportsSchema,
} from "@malleolus/schema";
import { caseOfImage, type ReaderImage, readerImages, shownImage } from "@malleolus/studies";
import { z } from "zod";
import type { App } from "../app.ts";
import { COORDINATORS } from "../auth/access.ts";
import type { PatientInReport } from "../reports/study-reports.ts";
import type { Room } from "../room.ts";
import { failureAnswers } from "./failure-answers.ts";
import { sendImage } from "./image-route.ts";

/**
 * Of a page that is shown in a frame of the room: nothing runs in it and nothing is fetched; its own style sheet and
 * pictures stand in it. It is of the room's origin, so that the room can lead from its cases to their radiographs.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "img-src data:",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "sandbox allow-same-origin allow-top-navigation-by-user-activation",
].join("; ");
const LABEL_LENGTH = 6;

export function addReportRoutes(app: App, room: Room): void {
  const { reports } = room;
  const access = [...COORDINATORS];
  const params = z.strictObject({ id: reportIdSchema });
  const caseParams = params.extend({ patient: reportPatientSchema });

  app.get(
    "/api/reports",
    {
      config: { access, act: "view reports" },
      schema: {
        summary: "Reports of the study's tests, the newest first",
        response: { 200: reportsSchema, ...failureAnswers },
      },
    },
    async () => ({ reports: await reports.list() }),
  );

  app.get(
    "/api/reports/:id",
    {
      config: { access, act: "view report" },
      schema: {
        summary: "Whom a report's page speaks of",
        params,
        response: { 200: reportSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const { title, tests } = await reports.head(request.params.id);
      return { title, tests: tests.map(({ id, patients }) => ({ id, patients })) };
    },
  );

  app.get(
    "/api/reports/:id/page",
    {
      config: { access, act: "view report" },
      schema: {
        summary: "A report's page as it was written",
        params,
        response: { 200: z.unknown(), ...failureAnswers },
      },
    },
    async (request, reply) => {
      const page = await reports.page(request.params.id);
      return reply
        .header("content-security-policy", PAGE_POLICY)
        .type("text/html; charset=utf-8")
        .send(page);
    },
  );

  app.get(
    "/api/reports/:id/cases/:patient",
    {
      config: { access, act: "view report's case" },
      schema: {
        summary: "A case of a report: what holds, and what the detector found",
        params: caseParams,
        response: { 200: reportCaseSchema, ...failureAnswers },
      },
    },
    async (request) => {
      const { id, patient } = request.params;
      const found = await reports.patient(id, patient);
      return reportCase(room, found, await imagesOf(room, id, found));
    },
  );

  app.get(
    "/api/reports/:id/cases/:patient/images/:image/:size",
    {
      config: { access, act: "view radiograph" },
      schema: {
        summary: "A radiograph's grey levels, of a report's case",
        params: caseParams.extend({ image: imageKeySchema, size: imageSizeSchema }),
        response: { 200: z.unknown(), ...failureAnswers },
      },
    },
    async (request, reply) => {
      const { id, patient, image, size } = request.params;
      const images = await imagesOf(room, id, await reports.patient(id, patient));
      return sendImage(room, request, reply, images, { image, size });
    },
  );
}

/** The radiographs of the case that it is of, in the order of hanging. */
async function imagesOf(
  { study, secret }: Room,
  id: string,
  { reported: { patient, images } }: PatientInReport,
): Promise<ReaderImage[]> {
  const [first] = images;
  if (first === undefined) return [];
  const caseId = await caseOfImage(study, first.image);
  return readerImages(study, secret, { caseId, person: `report ${id}`, code: patient });
}

function reportCase(
  { study: { protocol } }: Room,
  { reported, ...neighbours }: PatientInReport,
  images: readonly ReaderImage[],
): ReportCase {
  const { patient, truth, called, scores } = reported;
  const keys = new Map(images.map(({ sha256, key }) => [sha256, key]));
  const known = reported.images.flatMap(({ image, ...rest }) => {
    const key = keys.get(image);
    return key === undefined ? [] : [{ key, ...rest }];
  });
  const views = images.map(({ facts }) => facts.view);
  return {
    patient,
    label: patient.slice(-LABEL_LENGTH),
    ...neighbours,
    truth,
    called,
    scores,
    images: images.map(shownImage),
    missing: protocol.views.filter((view) => !views.includes(view)),
    truths: known.flatMap(({ key, truths }) =>
      (truths ?? []).map((one) => ({ image: key, ...one })),
    ),
    findings: known.flatMap(({ key, findings }) =>
      findings.map((finding) => ({ ...finding, image: key })),
    ),
  };
}
