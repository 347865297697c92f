/**
 * What is drawn of a case on one view, as lines, handles and labels: a pure function of the editor and the
 * camera. Colour says which structure, pattern who drew it, weight what is selected; widths and handles are
 * CSS pixels at every zoom.
 */
import { FRACTURE, type Offer } from "@malleolus/schema";
import type { Drawing, Handle, Label, Line } from "../shapes/draw-shapes.ts";
import type { Point } from "../view/camera.ts";
import {
  type AnnotationScene,
  beside,
  CASING,
  closed,
  dashed,
  isInSight,
  line,
  type OtherDrawing,
  pathOf,
  stroke,
  toView,
} from "./annotation-scene.ts";
import { boxLine, crossLines, pinLines, pinPlace, ringAround } from "./draw-marks.ts";
import { type EditorState, openOffers, worldOf } from "./editor-state.ts";
import { activeRing, guidesOn } from "./guides.ts";
import { MIDDLE_FROM } from "./place.ts";
import { pointAt, pointCount, type Ring } from "./ring.ts";
import { type Shape, shapesOfOffer, shapesOn } from "./shape.ts";
import { knownFaultsOf } from "./shape-faults.ts";
import { toolView } from "./tools/table.ts";
import type { ToolView } from "./tools/tool.ts";

const COLOURS: Readonly<Record<string, string>> = {
  tibia: "#74a5ff",
  fibula: "#f8ce19",
  fracture: "#e25822",
  no_fracture: "#f8ce19",
};
const OTHER = "#c3c9d1";
const FAULT = "#ff4d6d";
const GUIDE = "rgb(228 231 235 / 55%)";
/** Of a selected outline: 12 %. */
const FILL_ALPHA = "1f";
const HANDLE = 7;
const MIDDLE = 5;

export function colourOf(structure: string): string {
  return COLOURS[structure] ?? OTHER;
}

export function drawAnnotation(scene: AnnotationScene): Drawing {
  const lines: Line[] = [];
  const handles: Handle[] = [];
  const labels: Label[] = [];
  const { state, image, pixelRatio } = scene;
  const view = toolView(state.tool, worldOf(state));
  const instead = view?.image === image ? view.instead : new Map<string, Ring>();
  lines.push(...guideLines(scene, labels));
  for (const other of scene.others) lines.push(...otherLines(scene, other));
  for (const offer of openOffers(state)) {
    if (offer.image !== image || state.hidden.has(offer.structure)) continue;
    lines.push(...offerLines(scene, offer, labels));
    if (state.selection.offer === offer.key) handles.push(...offerHandles(scene, offer));
  }
  for (const shape of shapesOn(state.document.shapes.values(), image)) {
    if (state.hidden.has(shape.structure)) continue;
    const isSelected = state.selection.ids.includes(shape.id);
    const points = instead.get(shape.id) ?? shape.points;
    lines.push(...shapeLines(scene, { ...shape, points }, isSelected));
    lines.push(...faultLines(scene, shape, labels));
    if (isSelected && shape.structure === FRACTURE) {
      lines.push(...boxLine(scene, { ...shape, points }));
    }
    if (isSelected && state.selection.ids.length === 1 && !shape.locked) {
      handles.push(...handlesOf(scene, points, state.selection.vertex));
    }
    if (shape.doubtful) labels.push({ at: beside(scene, pointAt(points, 0)), text: "?" });
  }
  for (const { id, points, structure } of state.document.parked.values()) {
    const parked = state.document.parked.get(id);
    if (parked?.image !== image) continue;
    lines.push(line(scene, points, { width: 1.5, colour: colourOf(structure), dash: [2, 3] }));
  }
  if (view !== null && view.image === image) {
    lines.push(...toolLines(scene, view));
    for (const { at, look, span } of view.handles) {
      const place = toView(scene, at);
      if (!isInSight(scene, place)) continue;
      if (look === "middle" && !isLongEnough(scene, span)) continue;
      if (look === "middle") {
        handles.push({ at: place, size: MIDDLE * pixelRatio, selected: true });
      } else handles.push({ at: place, size: HANDLE * pixelRatio, selected: false });
      if (look === "first") lines.push(...ringAround(scene, place));
    }
  }
  if (scene.cross !== null) lines.push(...crossLines(scene, scene.cross));
  for (const { at, number } of scene.pins) {
    lines.push(...pinLines(scene, at));
    labels.push({ at: pinPlace(scene, at, 8), text: String(number) });
  }
  return { lines, handles, labels };
}

/**
 * What a drawing of a view depends on besides its camera: as long as each of these is the same, so is the
 * drawing. A point that moves on one view leaves the others as they are, but for their guides.
 */
export function drawnFrom(state: EditorState, image: string): readonly unknown[] {
  const { document, offers, selection, hidden, structure } = state;
  const { parked, decisions } = document;
  const active = activeRing(state);
  const guides = active === null ? [] : guidesOn(state, image, active.points, active.image);
  const isToolHere = toolView(state.tool, worldOf(state))?.image === image;
  return [
    offers,
    selection,
    hidden,
    structure,
    parked,
    decisions,
    isToolHere ? state.tool : null,
    ...guides.flatMap(({ y, mm }) => [y, mm]),
    ...shapesOn(document.shapes.values(), image),
  ];
}

function toolLines(scene: AnnotationScene, view: ToolView): Line[] {
  const { structure = scene.state.structure, paths } = view;
  return paths.flatMap(({ points, isClosed, look }) => {
    const path = pathOf(scene, isClosed ? closed(points) : points);
    const colour = look === "fault" ? FAULT : colourOf(structure);
    const dash = look === "bridge" ? [4, 4] : [];
    return [
      stroke(scene, path, { width: 3.5, colour: CASING }),
      stroke(scene, path, { width: look === "fault" ? 3 : 1.5, colour, dash }),
    ];
  });
}

function shapeLines(scene: AnnotationScene, shape: Shape, isSelected: boolean): Line[] {
  const path = pathOf(scene, shape.form === "polygon" ? closed(shape.points) : shape.points);
  const colour = colourOf(shape.structure);
  const dash = shape.doubtful ? [2, 3] : [];
  const fills = isSelected && shape.form === "polygon" && shape.structure !== FRACTURE;
  const band = shape.widthMm === null ? [] : bandLine(scene, shape, colour);
  if (isSelected) {
    return [
      ...band,
      stroke(scene, path, {
        width: 6,
        colour: "#000000",
        ...(fills ? { fill: `${colour}${FILL_ALPHA}` } : {}),
      }),
      stroke(scene, path, { width: 4, colour: "#ffffff" }),
      stroke(scene, path, { width: 2, colour, dash }),
    ];
  }
  const width = scene.hovered === shape.id ? 2 : 1.5;
  return [
    ...band,
    stroke(scene, path, { width: 3.5, colour: CASING }),
    stroke(scene, path, { width, colour, dash }),
  ];
}

function otherLines(scene: AnnotationScene, other: OtherDrawing): Line[] {
  const { structure, points, isClosed, dash, isChosen } = other;
  const path = pathOf(scene, isClosed ? closed(points) : points);
  return [
    stroke(scene, path, { width: isChosen ? 5 : 3.5, colour: CASING }),
    stroke(scene, path, { width: isChosen ? 2.5 : 1.5, colour: colourOf(structure), dash }),
  ];
}

/** A line's own width in the patient, faintly: what it will be exported as. */
function bandLine(scene: AnnotationScene, shape: Shape, colour: string): Line[] {
  const spacing = scene.state.images.get(shape.image)?.spacing ?? null;
  if (spacing === null || shape.widthMm === null) return [];
  const width = ((shape.widthMm / spacing.columnMm) * scene.camera.scale) / scene.pixelRatio;
  return [line(scene, shape.points, { width, colour: `${colour}2e` })];
}

function offerLines(scene: AnnotationScene, offer: Offer, labels: Label[]): Line[] {
  const isSelected = scene.state.selection.offer === offer.key;
  const colour = colourOf(offer.structure);
  const rings = offer.polygons.map(closed);
  if (rings[0] !== undefined) {
    const score = offer.score === null ? "" : ` ${offer.score.toFixed(2).replace(/^0/, "")}`;
    labels.push({ at: beside(scene, pointAt(rings[0], 0)), text: `M${score}` });
  }
  return rings.flatMap((ring) => {
    const path = pathOf(scene, ring);
    const casing = isSelected ? "#ffffff" : CASING;
    return [
      stroke(scene, path, { width: isSelected ? 5 : 3.5, colour: casing }),
      stroke(scene, path, { width: isSelected ? 2.5 : 1.5, colour, dash: [6, 4] }),
    ];
  });
}

/** Points of what the selected proposal would become: a drag of one begins to mend it. */
function offerHandles(scene: AnnotationScene, offer: Offer): Handle[] {
  const image = scene.state.images.get(offer.image);
  if (image === undefined) return [];
  const shapes = shapesOfOffer(offer, image, { id: offer.key, order: 0 });
  return shapes.flatMap(({ points }) => handlesOf(scene, points, null));
}

function faultLines(scene: AnnotationScene, shape: Shape, labels: Label[]): Line[] {
  const image = scene.state.images.get(shape.image);
  if (image === undefined) return [];
  const faults = knownFaultsOf(shape, image);
  return faults.flatMap(({ at, edges }) => {
    const place = toView(scene, at);
    const away = 8 * scene.pixelRatio;
    labels.push({ at: { x: place.x + away, y: place.y + away }, text: "!" });
    const marked = edges.map((edge) => {
      const next = pointAt(shape.points, (edge + 1) % pointCount(shape.points));
      const from = pointAt(shape.points, edge);
      return line(scene, [from.x, from.y, next.x, next.y], { width: 3, colour: FAULT });
    });
    return [...marked, ...ringAround(scene, place, FAULT)];
  });
}

function guideLines(scene: AnnotationScene, labels: Label[]): Line[] {
  const { state, image, viewport } = scene;
  const active = activeRing(state);
  if (active === null) return [];
  return guidesOn(state, image, active.points, active.image).map((guide) => {
    const { y } = toView(scene, { x: 0, y: guide.y });
    labels.push({ at: { x: 8 * scene.pixelRatio, y: y + 4 }, text: scene.sayGuide(guide) });
    const points = [
      { x: 0, y },
      { x: viewport.width, y },
    ];
    return { points, width: scene.pixelRatio, colour: GUIDE, dash: dashed(scene, [8, 6]) };
  });
}

/** Where points lie closer than handles are wide, only some have one: all would hide what they are on. */
function handlesOf(scene: AnnotationScene, points: Ring, vertex: number | null): Handle[] {
  const size = HANDLE * scene.pixelRatio;
  const handles: Handle[] = [];
  let last: Point | null = null;
  for (let i = 0; i < pointCount(points); i++) {
    const at = toView(scene, pointAt(points, i));
    const isClose = last !== null && Math.hypot(at.x - last.x, at.y - last.y) < size;
    if (!isInSight(scene, at) || (isClose && i !== vertex)) continue;
    handles.push({ at, size, selected: i === vertex });
    last = at;
  }
  return handles;
}

/** The middle of an edge has a handle only where the edge is long enough on the screen to be told from its ends. */
function isLongEnough({ camera, pixelRatio }: AnnotationScene, span: Point | undefined): boolean {
  if (span === undefined) return false;
  return Math.hypot(span.x * camera.scale, span.y * camera.scaleY) / pixelRatio > MIDDLE_FROM;
}
