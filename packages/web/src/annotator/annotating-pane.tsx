/** One radiograph of a case that is drawn on. */
import type { CaseImage } from "@malleolus/schema";
import { useCallback, useEffect, useRef } from "react";
import { type AttachToStage, ViewPane, type ViewPaneProps } from "../case/view-pane.tsx";
import { rendererForThisComputer } from "../render/try-graphics.ts";
import { useText } from "../strings/text.tsx";
import type { AttachedView } from "../view/attach-canvases.ts";
import type { Point } from "../view/camera.ts";
import type { AnnotatingSession } from "./annotating-session.ts";
import type { AnnotationScene } from "./annotation-scene.ts";
import { attachAnnotatingView } from "./attach-annotating-view.ts";
import type { Cross } from "./cross.ts";

export interface AnnotatingPaneProps
  extends Omit<ViewPaneProps, "session" | "attach" | "exclusion"> {
  readonly session: AnnotatingSession;
  readonly cross: Cross;
  readonly readOnly: boolean;
  readonly pins: AnnotationScene["pins"];
  /** What others have drawn, where it is to be seen. */
  readonly others?: AnnotationScene["others"];
  /** A click makes a comment, where one is to be made; whether it did. */
  readonly onComment: (image: string, at: Point) => boolean;
  /** A comment's pin was pressed. */
  readonly onPin: (number: number) => void;
  readonly onPointer: (at: Point | null, image: CaseImage) => void;
}

const NOTHING: AnnotationScene["others"] = [];

export function AnnotatingPane(props: AnnotatingPaneProps) {
  const { session, cross, image, onPointer } = props;
  const t = useText();
  const latest = useRef(props);
  latest.current = props;
  const attached = useRef<AttachedView>(null);
  const attach = useCallback<AttachToStage>(
    (stage, listeners) => {
      const view = attachAnnotatingView({
        ...listeners,
        id: image.id,
        stage,
        rendererKind: rendererForThisComputer(),
        session,
        cross,
        readOnly: () => latest.current.readOnly,
        pins: () => latest.current.pins,
        others: () => latest.current.others ?? NOTHING,
        sayGuide: ({ mm }) => t("annotate.guide", { mm: mm.toFixed(1) }),
        commentAt: (at) => latest.current.onComment(image.id, at),
        onPin: (number) => latest.current.onPin(number),
        onPointer: (at) => onPointer(at, image),
      });
      attached.current = view;
      return view;
    },
    [session, cross, image, onPointer, t],
  );
  // Pins and others' drawings come from the page and change no machine; a frame without a change draws nothing.
  useEffect(() => attached.current?.redraw());
  return (
    <ViewPane
      session={session}
      image={image}
      url={props.url}
      isHidden={props.isHidden}
      onOwnWindow={props.onOwnWindow}
      exclusion={null}
      attach={attach}
    />
  );
}
