/** How structures, shapes and radiographs are called on the annotator's page. */
import type { AnnotatingCase } from "@malleolus/schema";
import { viewName } from "../case/names.ts";
import type { StringKey } from "../strings/english.ts";
import type { Translate } from "../strings/translate.ts";
import type { Said } from "./editor-state.ts";

export type Named = Pick<AnnotatingCase, "structures" | "images">;

/** The page's own word, else the protocol's name. */
export function structureName(id: string, { structures }: Named, t: Translate): string {
  const key = `structure.${id}`;
  return t.has(key) ? t(key) : (structures.find((one) => one.id === id)?.name ?? id);
}

export function imageName(id: string | null, { images }: Named, t: Translate): string {
  return viewName(images.find((one) => one.id === id)?.view ?? null, t);
}

/** `Fibula, AP`. */
export function placedName(
  { structure, image }: { readonly structure: string; readonly image: string },
  named: Named,
  t: Translate,
): string {
  return t("annotate.select", {
    structure: structureName(structure, named, t),
    view: imageName(image, named, t),
  });
}

/** `Undid: moved a point, mortise`. */
export function saySaid({ key, what, image }: Said, named: Named, t: Translate): string {
  if (what === null) return t(key);
  const where = image === null ? "" : `, ${imageName(image, named, t)}`;
  const words: StringKey = what;
  return t(key, { what: `${t(words)}${where}` });
}
