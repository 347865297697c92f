/** A case whose drawings a senior settles: both over each other, one adopted, or a third made of them. */
import {
  type AnnotationContent,
  recordedSchema,
  type SettlingCase,
  type SettlingDecision,
  type SettlingRadiograph,
} from "@malleolus/schema";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import {
  type AnnotatingActions,
  annotatingKeyRows,
  pressAnnotatingKey,
} from "../annotator/annotating-keys.ts";
import { AnnotatingPane } from "../annotator/annotating-pane.tsx";
import { openAnnotating } from "../annotator/annotating-session.ts";
import { AnnotatingStatus } from "../annotator/annotating-status.tsx";
import { AnnotatingStrip } from "../annotator/annotating-strip.tsx";
import { makeCross } from "../annotator/cross.ts";
import { drawingStart } from "../annotator/drawing-start.ts";
import { imageName } from "../annotator/names.ts";
import { startLiveWire } from "../annotator/start-live-wire.ts";
import { settlingKey, settlingListKey } from "../api/queries.ts";
import { sayError } from "../api/say-error.ts";
import { CaseShell, CaseTitle } from "../case/case-shell.tsx";
import { useCaseKeys } from "../case/use-case-keys.ts";
import { useCasePage } from "../case/use-case-page.ts";
import { Button } from "../controls/button.tsx";
import { Paragraph } from "../controls/field.tsx";
import type { KeyName } from "../keys/match-key.ts";
import { useClient, useSignedIn } from "../services.ts";
import { useSettings } from "../settings/settings-context.tsx";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import { type Choice, othersOf, shapesOf, worstFirst } from "./drawings.ts";
import { SettlingRail } from "./settling-rail.tsx";
import { showRadiograph, showWhenSized } from "./show-radiograph.ts";

const WORKLIST = "/worklist";

export function settlingImageUrl(code: string, image: string): string {
  return `/api/settling/${code}/images/${image}`;
}

export function CaseSettler({ given }: { readonly given: SettlingCase }) {
  const t = useText();
  const [, go] = useLocation();
  const client = useClient();
  const queries = useQueryClient();
  const { radiographs } = useSignedIn();
  const { settings } = useSettings();
  const { code } = given.case;
  const ordered = useMemo(() => worstFirst(given.radiographs), [given]);
  const [session] = useState(() => {
    const opened = openAnnotating({
      detail: given.case,
      start: drawingStart({ draft: null }, null),
      view: {
        linked: settings.linkViews,
        startWindow: settings.startWithOwn ? settings.ownWindow : null,
      },
      now: Date.now,
      newId: () => crypto.randomUUID(),
    });
    const [worst] = ordered;
    if (worst !== undefined) opened.viewer.dispatch({ type: "activate", view: worst.image });
    return opened;
  });
  const [cross] = useState(() => makeCross(session, () => Math.max(devicePixelRatio, 1)));
  const [choices, setChoices] = useState<ReadonlyMap<string, Choice>>(new Map());
  const [reason, setReason] = useState("");
  const [sending, setSending] = useState(false);
  const reasonRef = useRef<HTMLTextAreaElement>(null);
  const page = useCasePage(session, () => null);
  const { say, help, helpOpen, ownWindow } = page;
  useEffect(
    () =>
      startLiveWire(
        session,
        (image) => radiographs.stateOf(settlingImageUrl(code, image)).radiograph?.levels ?? null,
      ),
    [session, radiographs, code],
  );

  const [worst] = useState(ordered.at(0));
  useEffect(
    () => (worst === undefined ? undefined : showWhenSized(session.viewer, worst)),
    [session, worst],
  );

  const activeImage = useMachine(session.viewer, (state) => state.active);
  const active = ordered.find(({ image }) => image === activeImage);
  const choice = choices.get(activeImage) ?? null;
  const isOwn = choice === "own" && active?.settled === null;

  const choose = useCallback(
    (next: Choice) => {
      const image = session.viewer.state().active;
      const radiograph = given.radiographs.find((one) => one.image === image);
      if (radiograph === undefined || radiograph.settled !== null || !radiograph.differs) return;
      const before = choices.get(image) ?? null;
      setChoices(new Map([...choices, [image, next]]));
      const content = session.content();
      const isBegun = content.shapes.some((shape) => shape.image === image);
      if (next !== "own" || isBegun) return;
      // A copy of what was chosen before: mending begins with something.
      const from = radiograph.drawings[before === 1 ? 1 : 0];
      const copies = shapesOf(from, image, crypto.randomUUID().slice(0, 8));
      const { visibility } = from;
      session.editor.dispatch({
        type: "replace",
        content: {
          ...content,
          shapes: [...content.shapes, ...copies],
          visibility: {
            ...content.visibility,
            ...(visibility === null ? {} : { [image]: visibility }),
          },
        },
      });
    },
    [session, given, choices],
  );

  const settle = useCallback(async () => {
    const image = session.viewer.state().active;
    const view = imageName(image, session.detail, t);
    session.editor.dispatch({ type: "take tool", tool: "select" });
    const content = session.content();
    const taken = choices.get(image);
    const parked = content.parked.filter((one) => one.image === image).length;
    if (taken === undefined) {
      say(t("settle.choose"));
      return;
    }
    if (taken === "own" && parked > 0) {
      say(t("blocked.parked", { count: parked, view }));
      return;
    }
    if (reason.trim() === "") {
      say(t("settle.no reason"));
      reasonRef.current?.focus();
      return;
    }
    setSending(true);
    try {
      const take = taken === "own" ? ownOf(content, image) : { what: "drawing", place: taken };
      const body = { requestId: crypto.randomUUID(), image, reason: reason.trim(), take };
      await client.send("POST", `/api/settling/${code}/decisions`, body, recordedSchema);
    } catch (error) {
      say(sayError(t, error));
      return;
    } finally {
      setSending(false);
    }
    setReason("");
    setChoices(new Map([...choices].filter(([key]) => key !== image)));
    const shapes = content.shapes.filter((shape) => shape.image !== image);
    session.editor.dispatch({ type: "replace", content: { ...content, shapes } });
    say(t("settle.done", { view }));
    void queries.invalidateQueries({ queryKey: settlingListKey });
    const left = ordered.filter((one) => one.settled === null && one.image !== image);
    const [next] = left;
    if (next === undefined) {
      go(WORKLIST);
      return;
    }
    showRadiograph(session.viewer, next);
    await queries.invalidateQueries({ queryKey: settlingKey(code) });
  }, [session, choices, reason, client, code, ordered, queries, go, say, t]);

  const press = useCallback(
    (name: KeyName) => {
      const own = choices.get(session.viewer.state().active) === "own";
      if (
        !own &&
        look(name, { choose, ordered, session, choice: choices.get(activeImage) ?? null })
      )
        return true;
      const actions: AnnotatingActions = {
        submit: () => void settle(),
        saveNow: () => undefined,
        goTo: () => undefined,
        help,
        isHelpOpen: () => helpOpen,
        comment: () => undefined,
        isCommenting: () => false,
        commentAt: noComment,
        takeOwnWindow: () => ownWindow("take"),
      };
      const pixelRatio = Math.max(devicePixelRatio, 1);
      const readOnly = !own;
      if (readOnly && name === "Ctrl+Enter") {
        void settle();
        return true;
      }
      return pressAnnotatingKey(name, { session, cross, page: actions, readOnly, pixelRatio });
    },
    [session, cross, choices, choose, ordered, activeImage, settle, help, helpOpen, ownWindow],
  );
  useCaseKeys(press, settings.singleKeys);
  useEffect(() => session.editor.subscribe(() => say(null)), [session, say]);

  const others = useMemo(
    () =>
      new Map(
        given.radiographs.map((one) => [one.image, othersOf(one, choices.get(one.image) ?? null)]),
      ),
    [given, choices],
  );
  const tool = useMachine(session.editor, (state) => state.tool.tool);
  const canSettle = active?.settled === null && active.differs && choice !== null && !sending;
  return (
    <CaseShell
      session={session}
      page={page}
      detail={given.case}
      title={<CaseTitle detail={given.case} back={WORKLIST} kind={t("settle.title")} />}
      strip={
        <AnnotatingStrip session={session} readOnly={!isOwn} commenting={false} onComment={null} />
      }
      pane={(image, isHidden) => (
        <AnnotatingPane
          key={image.id}
          session={session}
          cross={cross}
          image={image}
          url={settlingImageUrl(code, image.id)}
          isHidden={isHidden}
          readOnly={choices.get(image.id) !== "own"}
          pins={NO_PINS}
          others={others.get(image.id) ?? NO_OTHERS}
          onComment={noComment}
          onPin={noPin}
          onPointer={page.onPointer}
          onOwnWindow={page.ownWindow}
        />
      )}
      rail={
        <SettlingRail
          session={session}
          cross={cross}
          radiographs={ordered}
          active={active}
          choice={choice}
          choose={choose}
          foot={
            <>
              <Paragraph
                label={t("settle.why")}
                rows={2}
                maxLength={500}
                value={reason}
                onChange={setReason}
                inputRef={reasonRef}
              />
              <Button look="primary" onPress={() => void settle()} isDisabled={!canSettle}>
                {t("settle.settle", { view: imageName(activeImage, given.case, t) })}
              </Button>
            </>
          }
        />
      }
      keyRows={() => [
        { id: "choose", keys: ["↑", "↓"], text: t("settle.key choose") },
        { id: "next", keys: [".", ","], text: t("settle.key next") },
        ...annotatingKeyRows(t),
      ]}
      tool={isOwn ? t(`tool.${tool}`) : t("settle.title")}
      status={
        isOwn ? (
          <AnnotatingStatus session={session} hint={page.hint} commenting={false} />
        ) : (
          (page.hint ?? t("settle.hint"))
        )
      }
    />
  );
}

const NO_PINS: readonly never[] = [];
const NO_OTHERS: readonly never[] = [];
const noComment = () => false;
const noPin = () => undefined;

function ownOf({ shapes, visibility }: AnnotationContent, image: string): SettlingDecision["take"] {
  const own = shapes.filter((shape) => shape.image === image);
  return { what: "own", visibility: visibility[image] ?? null, shapes: own };
}

/** Keys while nothing is mended: which drawing holds, and the next radiograph. */
function look(
  name: KeyName,
  {
    choose,
    ordered,
    session,
    choice,
  }: {
    readonly choose: (choice: Choice) => void;
    readonly ordered: readonly SettlingRadiograph[];
    readonly session: Parameters<typeof makeCross>[0];
    readonly choice: Choice | null;
  },
): boolean {
  switch (name) {
    case "ArrowUp":
    case "ArrowDown":
      choose(choice === 0 ? 1 : 0);
      return true;
    case "m":
      choose("own");
      return true;
    case ".":
    case ",": {
      const { viewer } = session;
      const at = ordered.findIndex(({ image }) => image === viewer.state().active);
      const next = ordered.at((at + (name === "." ? 1 : -1)) % ordered.length);
      if (next !== undefined) showRadiograph(viewer, next);
      return true;
    }
    default:
      return false;
  }
}
