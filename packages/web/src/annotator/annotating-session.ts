/**
 * One case being drawn: its views, its editor, the time spent on each view, what is journalled and what is to be
 * saved. It knows no page and no server.
 */
import type { AnnotatingCase, AnnotationContent, Offer } from "@malleolus/schema";
import {
  type CaseClock,
  type ClockEvent,
  nextClock,
  secondsOf,
  stoppedClock,
} from "../case/case-clock.ts";
import { type Machine, startMachine } from "../machine.ts";
import { geometryOf, spacingOf } from "../reader/case-session.ts";
import type { Act } from "../save/act.ts";
import { beginViewer, nextViewer, type ViewerEvent, type ViewerState } from "../view/viewer.ts";
import { contentOf } from "./document.ts";
import type { DrawingStart } from "./drawing-start.ts";
import { beginEditor, type EditorEvent, nextEditor, unfinished } from "./editor.ts";
import type { EditorState } from "./editor-state.ts";
import { type JournalHead, type NumberedSteps, type StepWrites, stepWrites } from "./journal.ts";
import {
  type ConflictChoice,
  mergeContents,
  resolveConflict,
  type ShapeConflict,
} from "./merge-contents.ts";
import { isSameRecord } from "./same-record.ts";

export interface AnnotatingSession {
  readonly detail: AnnotatingCase;
  readonly viewer: Machine<ViewerState, ViewerEvent>;
  readonly editor: Machine<EditorState, EditorEvent>;
  readonly conflicts: Machine<readonly ShapeConflict[], readonly ShapeConflict[]>;
  readonly tick: (event: ClockEvent) => void;
  readonly content: () => AnnotationContent;
  readonly seconds: () => number;
  /** Called with every change, first with what is journalled, then, where it is to be saved, with the act. */
  readonly onChange: (use: ChangeUse) => () => void;
  /** The server has acknowledged a content. */
  readonly saved: (content: AnnotationContent, version: number) => void;
  /** The server has another version than this was drawn from. */
  readonly mergeWith: (there: AnnotationContent, version: number, savedAt: string) => void;
  readonly choose: (conflict: ShapeConflict, choice: ConflictChoice) => void;
  /** What was kept aside is a shape again. */
  readonly takeBack: (index: number) => void;
  readonly setOffers: (offers: readonly Offer[]) => void;
  readonly submission: () => Act;
}

export interface ChangeUse {
  readonly journal: (head: JournalHead, steps: StepWrites) => void;
  readonly save: (act: Act) => void;
}

export interface AnnotatingStart {
  readonly detail: AnnotatingCase;
  readonly start: DrawingStart;
  readonly view: Pick<ViewerState, "linked" | "startWindow">;
  readonly now: () => number;
  readonly newId: () => string;
}

export function openAnnotating(given: AnnotatingStart): AnnotatingSession {
  const { detail, start, now, newId } = given;
  const viewer = startMachine(
    beginViewer(
      detail.images.map((image) => ({ id: image.id, image: geometryOf(image) })),
      given.view,
    ),
    nextViewer,
  );
  const editor = startMachine(
    beginEditor({
      images: detail.images.map((image) => ({
        id: image.id,
        width: image.width,
        height: image.height,
        spacing: spacingOf(image),
      })),
      offers: detail.proposals.offers,
      content: start.content,
      history: start.history,
      structure: detail.structures[0]?.id ?? "",
      widthMm: detail.fractureLineMm,
      // Shapes of two pages must not share a name.
      prefix: `${newId().slice(0, 8)}-`,
    }),
    nextEditor,
  );
  const conflicts = startMachine<readonly ShapeConflict[], readonly ShapeConflict[]>(
    start.conflicts,
    (_, next) => next,
  );
  let { base, version, dirty } = start;
  let { setAside } = start.content;
  let changes = 0;
  let written: NumberedSteps = { first: start.firstStep, entries: start.history.entries };
  const clocks = new Map<string, CaseClock>();
  const users = new Set<ChangeUse>();

  const tick = (event: ClockEvent) => {
    const { active } = viewer.state();
    for (const { id } of detail.images) {
      const clock = clocks.get(id) ?? stoppedClock;
      // Only one view is worked on at a time.
      clocks.set(id, nextClock(clock, id === active ? event : "hidden", now()));
    }
  };
  const secondsOn = (id: string) =>
    Math.round(
      ((start.content.seconds[id] ?? 0) + secondsOf(clocks.get(id) ?? stoppedClock, now())) * 10,
    ) / 10;
  const content = (): AnnotationContent => ({
    ...contentOf(editor.state().document),
    setAside,
    seconds: Object.fromEntries(detail.images.map(({ id }) => [id, secondsOn(id)])),
  });
  const drawing = (): Act => ({
    kind: "drawing",
    requestId: newId(),
    code: detail.code,
    label: detail.label,
    at: now(),
    content: content(),
    version: null,
    changes: Math.max(changes, 1),
  });

  const journal = () => {
    const { history } = editor.state();
    const steps = stepWrites(written, history);
    const head: JournalHead = {
      content: content(),
      base,
      version,
      dirty,
      unfinished: [...unfinished(editor.state()).values()],
      first: steps.first,
      steps: history.entries.length,
      done: history.done,
    };
    for (const { journal: write } of users) write(head, steps);
    if (users.size > 0) written = { first: steps.first, entries: history.entries };
  };
  const changed = () => {
    dirty = true;
    changes++;
    journal();
    const act = drawing();
    for (const { save } of users) save(act);
  };

  let last = editor.state();
  editor.subscribe(() => {
    const before = last;
    last = editor.state();
    if (last.document !== before.document) changed();
    // A point that is set is kept; a pointer that moves is not.
    else if (last.tool !== before.tool && isOtherDrawing(before, last)) journal();
  });
  let active = viewer.state().active;
  viewer.subscribe(() => {
    if (viewer.state().active === active) return;
    active = viewer.state().active;
    tick("shown");
  });

  return {
    detail,
    viewer,
    editor,
    conflicts,
    tick,
    content,
    seconds: () => detail.images.reduce((sum, { id }) => sum + secondsOn(id), 0),
    onChange(use) {
      users.add(use);
      if (dirty) {
        journal();
        use.save(drawing());
      }
      return () => users.delete(use);
    },
    saved(acknowledged, next) {
      base = acknowledged;
      version = next;
      changes = 0;
      const { shapes, parked, decisions, visibility } = acknowledged;
      const mine = contentOf(editor.state().document);
      dirty = !isSameRecord(mine, { shapes, parked, decisions, visibility });
      journal();
    },
    mergeWith(there, next, savedAt) {
      const merged = mergeContents(base, content(), there, savedAt);
      base = there;
      version = next;
      setAside = merged.content.setAside;
      const { shapes, parked, decisions, visibility } = merged.content;
      const isSame = isSameRecord(contentOf(editor.state().document), {
        shapes,
        parked,
        decisions,
        visibility,
      });
      // One that is open already is seen as it is now.
      const isOpen = ({ id }: ShapeConflict) => !merged.conflicts.some((one) => one.id === id);
      conflicts.dispatch([...conflicts.state().filter(isOpen), ...merged.conflicts]);
      if (isSame) changed();
      else editor.dispatch({ type: "replace", content: merged.content });
    },
    choose(conflict, choice) {
      const made = { id: newId().slice(0, 12), at: new Date(now()).toISOString() };
      const resolved = resolveConflict(content(), conflict, choice, made);
      ({ setAside } = resolved);
      conflicts.dispatch(conflicts.state().filter((one) => one !== conflict));
      editor.dispatch({ type: "replace", content: resolved });
      changed();
    },
    takeBack(index) {
      const found = setAside[index];
      if (found === undefined) return;
      const before = content();
      const shape = { ...found.shape, id: newId().slice(0, 12) };
      setAside = setAside.filter((_, i) => i !== index);
      editor.dispatch({
        type: "replace",
        content: { ...before, setAside, shapes: [...before.shapes, shape] },
      });
    },
    setOffers: (offers) => editor.dispatch({ type: "offers", offers }),
    submission: () => ({
      kind: "submit drawing",
      requestId: newId(),
      code: detail.code,
      label: detail.label,
      at: now(),
      content: content(),
      version: null,
    }),
  };
}

/** Not a point that is dragged: nothing of it would be put aside, and each move would go to the disk. */
function isOtherDrawing({ tool: before }: EditorState, { tool: after }: EditorState): boolean {
  const pointsOf = ({ tool, at }: EditorState["tool"]) => {
    if (tool === "edit") return null;
    return "points" in at ? at.points : "pieces" in at ? at.pieces : null;
  };
  return pointsOf(before) !== pointsOf(after);
}
