/** One radiograph of a case that is read: measured on, and with a model's findings where there are any. */
import type { CaseImage } from "@malleolus/schema";
import { useCallback } from "react";
import { type AttachToStage, ViewPane, type ViewPaneProps } from "../case/view-pane.tsx";
import { rendererForThisComputer } from "../render/try-graphics.ts";
import { useText } from "../strings/text.tsx";
import type { Point } from "../view/camera.ts";
import { attachReadingView } from "./attach-reading-view.ts";
import { type CaseSession, spacingOf } from "./case-session.ts";
import { valueText } from "./measuring-tools.ts";

export interface ReadingPaneProps extends Omit<ViewPaneProps, "session" | "attach"> {
  readonly session: CaseSession;
  readonly onPointer: (at: Point | null, image: CaseImage) => void;
}

export function ReadingPane({ onPointer, ...props }: ReadingPaneProps) {
  const { session, image } = props;
  const t = useText();
  const attach = useCallback<AttachToStage>(
    (stage, listeners) => {
      const spacing = spacingOf(image);
      return attachReadingView({
        ...listeners,
        id: image.id,
        stage,
        rendererKind: rendererForThisComputer(),
        viewer: session.viewer,
        measuring: session.measuring,
        spacing,
        findings: (session.detail.findings ?? []).filter((one) => one.image === image.id),
        labelsOf: ({ measurements }) =>
          new Map(measurements.map((one) => [one.id, valueText(one, spacing, t) ?? ""])),
        onPointer: (at) => onPointer(at, image),
      });
    },
    [session, image, onPointer, t],
  );
  return <ViewPane {...props} attach={attach} />;
}
