/**
 * One case at work: its machines, the time spent on it, and what of all that is saved. It begins with
 * what was saved before and knows no page.
 */
import type {
  CaseDetail,
  CaseImage,
  ReadingConditions,
  ReadingContent,
  ReadingProtocol,
} from "@malleolus/schema";
import {
  type CaseClock,
  type ClockEvent,
  nextClock,
  secondsOf,
  stoppedClock,
} from "../case/case-clock.ts";
import { type Machine, startMachine } from "../machine.ts";
import type { Act } from "../save/act.ts";
import type { Measurement, Spacing } from "../shapes/measurement.ts";
import {
  type MeasuringEvent,
  type MeasuringState,
  nextMeasuring,
  noMeasuring,
} from "../shapes/measuring.ts";
import type { ImageGeometry } from "../view/camera.ts";
import { beginViewer, nextViewer, type ViewerEvent, type ViewerState } from "../view/viewer.ts";
import {
  beginReading,
  contentOf,
  nextReading,
  type ReadingEvent,
  type ReadingState,
} from "./reading.ts";

export interface Monitor {
  readonly screenWidth: number;
  readonly screenHeight: number;
  readonly pixelRatio: number;
}

export interface CaseSession {
  readonly detail: CaseDetail;
  readonly protocol: ReadingProtocol;
  readonly viewer: Machine<ViewerState, ViewerEvent>;
  readonly measuring: Machine<MeasuringState, MeasuringEvent>;
  readonly reading: Machine<ReadingState, ReadingEvent>;
  readonly tick: (event: ClockEvent) => void;
  /** All that is said so far, with the time and the conditions. */
  readonly content: () => ReadingContent;
  /** Called when something was said, with what is to be saved; gives back how to stop it. */
  readonly onSaid: (listener: (act: Act) => void) => () => void;
  readonly submission: () => Act;
}

export interface CaseStart {
  readonly detail: CaseDetail;
  readonly protocol: ReadingProtocol;
  /** Saved before, on the server or on this computer only. */
  readonly content: ReadingContent | null;
  readonly view: Pick<ViewerState, "linked" | "startWindow">;
  readonly monitor: () => Monitor;
  readonly now: () => number;
  readonly newId: () => string;
}

export function openCase(start: CaseStart): CaseSession {
  const { detail, protocol, content, now, newId } = start;
  const images = detail.images.map((image) => ({ id: image.id, image: geometryOf(image) }));
  const viewer = startMachine(beginViewer(images, start.view), nextViewer);
  const measuring = startMachine(beginMeasuring(content, newId), nextMeasuring);
  const reading = startMachine(beginReading(content), nextReading);
  const secondsBefore = content?.seconds ?? 0;
  let clock: CaseClock = stoppedClock;
  let greatestZoom = content?.conditions?.greatestZoom ?? 0;
  let inverted = content?.conditions?.inverted ?? false;
  let modelToggles = content?.conditions?.modelToggles ?? 0;
  let model = viewer.state().model;

  viewer.subscribe(() => {
    if (viewer.state().model !== model) modelToggles += 1;
    model = viewer.state().model;
    for (const { camera, window } of viewer.state().views) {
      greatestZoom = Math.max(greatestZoom, camera.scale);
      inverted ||= window?.inverted ?? false;
    }
  });
  const conditions = (): ReadingConditions => ({
    ...start.monitor(),
    ...(greatestZoom > 0 ? { greatestZoom } : {}),
    inverted,
    ...(detail.findings === null ? {} : { modelToggles }),
  });
  const said = () => contentOf(reading.state(), protocol, measurementsOf(measuring.state()));
  const wholeContent = () => ({
    ...said(),
    seconds: Math.round((secondsBefore + secondsOf(clock, now())) * 10) / 10,
    conditions: conditions(),
  });
  const base = () => ({
    requestId: newId(),
    code: detail.code,
    label: detail.label,
    at: now(),
    content: wholeContent(),
  });

  return {
    detail,
    protocol,
    viewer,
    measuring,
    reading,
    tick(event) {
      clock = nextClock(clock, event, now());
    },
    content: wholeContent,
    onSaid(listener) {
      let last = JSON.stringify(said());
      const look = () => {
        const next = JSON.stringify(said());
        if (next === last) return;
        last = next;
        listener({ kind: "draft", version: null, ...base() });
      };
      const stops = [reading.subscribe(look), measuring.subscribe(look)];
      return () => {
        for (const stop of stops) stop();
      };
    },
    submission: () => ({ kind: "submit", ...base() }),
  };
}

export function geometryOf({ width, height, pixelSpacingMm }: CaseImage): ImageGeometry {
  return {
    width,
    height,
    columnSpacingMm: pixelSpacingMm?.[1] ?? null,
    pixelAspect: pixelSpacingMm === null ? 1 : pixelSpacingMm[0] / pixelSpacingMm[1],
  };
}

export function spacingOf({ pixelSpacingMm, spacingSource }: CaseImage): Spacing | null {
  if (pixelSpacingMm === null || spacingSource === "none") return null;
  return { rowMm: pixelSpacingMm[0], columnMm: pixelSpacingMm[1], source: spacingSource };
}

function beginMeasuring(content: ReadingContent | null, newId: () => string): MeasuringState {
  const measurements = (content?.measurements ?? []).map(
    ({ image, rule, form, points }): Measurement => ({
      id: newId(),
      image,
      rule,
      form,
      points: points.map(([x, y]) => ({ x, y })),
    }),
  );
  return { ...noMeasuring, measurements };
}

function measurementsOf({ measurements }: MeasuringState): Pick<ReadingContent, "measurements"> {
  if (measurements.length === 0) return {};
  return {
    measurements: measurements.map(({ image, rule, form, points }) => ({
      image,
      rule,
      form,
      points: points.map(({ x, y }) => [x, y] as const),
    })),
  };
}
