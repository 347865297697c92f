/** A case that is drawn on: tools, views, rail and status line around one session. */
import type { AnnotatingCase, Thread } from "@malleolus/schema";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { type DrawingSide, drawingKey } from "../api/queries.ts";
import { useCaseLock } from "../case/case-lock.ts";
import { CaseShell, CaseTitle } from "../case/case-shell.tsx";
import { useCaseKeys } from "../case/use-case-keys.ts";
import { useCasePage } from "../case/use-case-page.ts";
import type { KeyName } from "../keys/match-key.ts";
import { useClient, useSignedIn } from "../services.ts";
import { useSettings } from "../settings/settings-context.tsx";
import { useText } from "../strings/text.tsx";
import { useMachine } from "../use-machine.ts";
import type { Point } from "../view/camera.ts";
import { AnnotatingFoot, ReviewFoot, sayBlocked } from "./annotating-foot.tsx";
import {
  type AnnotatingActions,
  annotatingKeyRows,
  commentAtCross,
  pressAnnotatingKey,
} from "./annotating-keys.ts";
import { AnnotatingPane } from "./annotating-pane.tsx";
import { AnnotatingRail } from "./annotating-rail.tsx";
import { type AnnotatingSession, openAnnotating } from "./annotating-session.ts";
import { AnnotatingStatus } from "./annotating-status.tsx";
import { AnnotatingStrip } from "./annotating-strip.tsx";
import { CommentList, type NewComment } from "./comment-list.tsx";
import { makeCross } from "./cross.ts";
import type { DrawingStart } from "./drawing-start.ts";
import type { Journal } from "./journal.ts";
import { heedServer, keepChanges } from "./keep-saved.ts";
import { startLiveWire } from "./start-live-wire.ts";
import { blockedBy } from "./submission.ts";

export interface CaseAnnotatorProps {
  readonly detail: AnnotatingCase;
  readonly side: DrawingSide;
  readonly start: DrawingStart;
  /** Null where the browser keeps nothing. */
  readonly journal: Journal | null;
}

export function drawingImageUrl(side: DrawingSide, code: string, image: string): string {
  return `/api/${side}/${code}/images/${image}`;
}

export function CaseAnnotator({ detail, side, start, journal }: CaseAnnotatorProps) {
  const t = useText();
  const [, go] = useLocation();
  const { outbox, radiographs } = useSignedIn();
  const { settings } = useSettings();
  const lock = useCaseLock(detail.code);
  const [session] = useState(() =>
    openAnnotating({
      detail,
      start,
      view: {
        linked: settings.linkViews,
        startWindow: settings.startWithOwn ? settings.ownWindow : null,
      },
      now: Date.now,
      newId: () => crypto.randomUUID(),
    }),
  );
  const [cross] = useState(() => makeCross(session, () => Math.max(devicePixelRatio, 1)));
  const [commenting, setCommenting] = useState(false);
  const [place, setPlace] = useState<NewComment | null>(null);
  /** The number of the thread whose pin was pressed. */
  const [chosen, setChosen] = useState<number | null>(null);
  const [threads, setThreads] = useState<readonly Thread[]>(detail.threads);
  const page = useCasePage(session, () => null);
  const { code } = detail;
  const sending = useMachine(outbox, ({ acts }) =>
    acts.some((act) => act.kind === "submit drawing" && act.code === code),
  );
  const isReview = side === "reviews";
  const isClosed = detail.submitted !== null && !detail.submitted.revisable;
  const readOnly = isReview || isClosed || sending || lock.isOurs !== true;

  useSaving(session, journal, readOnly);
  useEffect(() => {
    // Windows that lose the focus put aside what was in hand.
    const park = () => session.editor.dispatch({ type: "park" });
    window.addEventListener("blur", park);
    return () => window.removeEventListener("blur", park);
  }, [session]);
  useEffect(
    () =>
      startLiveWire(
        session,
        (image) =>
          radiographs.stateOf(drawingImageUrl(side, code, image)).radiograph?.levels ?? null,
      ),
    [session, radiographs, side, code],
  );

  const { say, help, helpOpen, ownWindow } = page;
  const submit = useCallback(() => {
    session.editor.dispatch({ type: "take tool", tool: "select" });
    const blocked = blockedBy(session.editor.state(), detail.hasFracture);
    if (blocked !== null) say(sayBlocked(blocked, session, t));
    else if (session.conflicts.state().length > 0) say(t("conflict.title"));
    else outbox.put(session.submission());
  }, [session, detail, outbox, say, t]);

  const commentAt = useCallback(
    (image: string, at: Point) => {
      if (!commenting) return false;
      setPlace({ image, at });
      setCommenting(false);
      return true;
    },
    [commenting],
  );
  const comment = useCallback(
    (on: "toggle" | "stop") => {
      if (on === "toggle") session.editor.dispatch({ type: "take tool", tool: "select" });
      setCommenting((is) => on === "toggle" && !is);
    },
    [session],
  );
  const press = useCallback(
    (name: KeyName) => {
      const actions: AnnotatingActions = {
        submit,
        saveNow: outbox.tryNow,
        goTo(where) {
          const to = where === "next" ? detail.next : detail.previous;
          session.editor.dispatch({ type: "park" });
          if (to !== null) go(`/annotate/${to}`);
        },
        help,
        isHelpOpen: () => helpOpen,
        comment,
        isCommenting: () => commenting,
        commentAt,
        takeOwnWindow: () => ownWindow("take"),
      };
      const pixelRatio = Math.max(devicePixelRatio, 1);
      return pressAnnotatingKey(name, { session, cross, page: actions, readOnly, pixelRatio });
    },
    [
      session,
      cross,
      submit,
      outbox,
      detail,
      go,
      help,
      helpOpen,
      ownWindow,
      comment,
      commenting,
      commentAt,
      readOnly,
    ],
  );
  useCaseKeys(press, settings.singleKeys);
  useEffect(() => session.editor.subscribe(() => say(null)), [session, say]);

  const pins = useMemo(() => pinsOf(threads, place), [threads, place]);
  const tool = useMachine(session.editor, (state) => state.tool.tool);
  return (
    <CaseShell
      session={session}
      page={page}
      detail={detail}
      title={
        <CaseTitle
          detail={detail}
          back="/worklist?queue=annotation"
          {...(isReview ? { kind: t("review.title") } : {})}
        />
      }
      strip={
        <AnnotatingStrip
          session={session}
          readOnly={readOnly}
          commenting={commenting}
          onComment={() => comment("toggle")}
        />
      }
      pane={(image, isHidden) => (
        <AnnotatingPane
          key={image.id}
          session={session}
          cross={cross}
          image={image}
          url={drawingImageUrl(side, code, image.id)}
          isHidden={isHidden}
          readOnly={readOnly}
          pins={pins.get(image.id) ?? NO_PINS}
          onComment={commentAt}
          onPin={setChosen}
          onPointer={page.onPointer}
          onOwnWindow={page.ownWindow}
        />
      )}
      rail={
        <AnnotatingRail
          session={session}
          cross={cross}
          readOnly={readOnly}
          comments={
            <CommentList
              session={session}
              base={`/api/${side}/${code}`}
              threads={threads}
              onThreads={setThreads}
              place={place}
              onPlace={setPlace}
              chosen={chosen}
              {...(commenting
                ? { onHere: () => commentAtCross(session, cross, { commentAt }) }
                : {})}
            />
          }
          foot={
            isReview ? (
              <ReviewFoot code={code} />
            ) : (
              <AnnotatingFoot session={session} lock={lock} sending={sending} submit={submit} />
            )
          }
        />
      }
      keyRows={() => annotatingKeyRows(t)}
      tool={t(`tool.${tool}`)}
      status={<AnnotatingStatus session={session} hint={page.hint} commenting={commenting} />}
    />
  );
}

const NO_PINS: readonly { readonly at: Point; readonly number: number }[] = [];

function useSaving(session: AnnotatingSession, journal: Journal | null, readOnly: boolean): void {
  const client = useClient();
  const queries = useQueryClient();
  const { outbox } = useSignedIn();
  const [, go] = useLocation();
  const { code } = session.detail;
  useEffect(
    () => (readOnly ? undefined : keepChanges({ session, outbox, journal })),
    [session, outbox, journal, readOnly],
  );
  useEffect(() => {
    const onSubmitted = (next: string | null) => {
      queries.removeQueries({ queryKey: drawingKey("annotating", code) });
      go(next === null ? "/worklist?queue=annotation" : `/annotate/${next}`);
    };
    return heedServer({ session, outbox, client, journal, onSubmitted });
  }, [session, outbox, client, queries, journal, go, code]);
}

function pinsOf(threads: readonly Thread[], place: NewComment | null) {
  const pins = new Map<string, { readonly at: Point; readonly number: number }[]>();
  const add = (image: string, at: Point, number: number) =>
    pins.set(image, [...(pins.get(image) ?? []), { at, number }]);
  for (const [index, { image, x, y, resolvedAt }] of threads.entries()) {
    if (resolvedAt === null) add(image, { x, y }, index + 1);
  }
  if (place !== null) add(place.image, place.at, threads.length + 1);
  return pins;
}
