/** How views, their windows and places on them are written. */
import type { CaseImage, View } from "@malleolus/schema";
import type { Translate } from "../strings/translate.ts";
import type { Point } from "../view/camera.ts";
import type { ViewState } from "../view/viewer.ts";

export function viewName(view: View | null, t: Translate): string {
  return t(view === null ? "view.unknown" : `view.${view}`);
}

/** `AP · left`. */
export function sidedName({ view, side }: Pick<CaseImage, "view" | "side">, t: Translate): string {
  const name = viewName(view, t);
  return side === null ? name : `${name} · ${t(`side.${side}`)}`;
}

/** `W 2100 L 900 · 48 % · inverted`. */
export function windowText({ window, camera }: ViewState, t: Translate): string {
  if (window === null) return "";
  const parts = [
    t("view.window", { width: Math.round(window.width), level: Math.round(window.level) }),
    t("view.zoom", { percent: Math.round(camera.scale * 100) }),
  ];
  return [...parts, ...(window.inverted ? [t("view.inverted")] : [])].join(" · ");
}

/** Where the pointer is, in millimetres where these are known. */
export function placeText(at: Point | null, { pixelSpacingMm }: CaseImage): string {
  if (at === null) return "";
  if (pixelSpacingMm === null) return `${Math.floor(at.x)}, ${Math.floor(at.y)} px`;
  const [rowMm, columnMm] = pixelSpacingMm;
  return `${(at.x * columnMm).toFixed(1)}, ${(at.y * rowMm).toFixed(1)} mm`;
}
