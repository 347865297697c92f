/**
 * CVAT's own export, "CVAT for images 1.1": an XML file with an element an image, and in it a polygon or a
 * polyline a shape. Coordinates are pixels of the image.
 *
 * Read by its tags and attributes alone: the format has no text that counts but answers to questions, and
 * neither entities beyond XML's five nor other documents are looked up.
 */
import { collectFaults, type Faults } from "../coco/faults.ts";
import type { OutlinedImage, OutlinedShape, OutlinesFile } from "./outlined-image.ts";

/** Whether the bytes begin as such a file does. */
export function isCvatXml(bytes: Buffer): boolean {
  const start = bytes
    .toString("utf8", 0, 4096)
    .replace(/^\ufeff/, "")
    .trimStart();
  return start.startsWith("<") && /<annotations[\s>]/.test(start);
}

/** @throws DataError `invalid-annotations`, which names the images. */
export function readCvatXml(text: string, where: string): OutlinesFile {
  const faults = collectFaults(where);
  const images: OutlinedImage[] = [];
  const categories = new Set<string>();
  let image: Open | null = null;
  /** The attribute of an image or a shape whose text comes next. */
  let question: string | null = null;
  for (const { name, attributes, kind, text: content } of tagsOf(text)) {
    if (kind === "text") {
      if (image !== null && question === "visibility" && content.trim() !== "") {
        image.visibility = content.trim();
      }
      continue;
    }
    if (kind === "close") {
      if (name === "attribute") question = null;
      if (name === "image" && image !== null) {
        images.push(outlinedImage(image));
        image = null;
      }
      continue;
    }
    switch (name) {
      case "image":
        image = openImage(attributes, faults);
        if (kind === "empty") {
          images.push(outlinedImage(image));
          image = null;
        }
        break;
      case "attribute":
        question = kind === "empty" ? null : (attributes.get("name") ?? "").trim().toLowerCase();
        break;
      case "polygon":
      case "polyline":
      case "box":
      case "mask":
      case "points":
      case "ellipse":
      case "cuboid":
        if (image !== null) {
          const shape = readShape(name, attributes, image.place, faults);
          if (shape !== null) {
            image.shapes.push(shape);
            categories.add(shape.category);
          }
        }
        break;
    }
  }
  faults.throwAny();
  return { categories: [...categories].toSorted(), images, remarks: [] };
}

interface Open {
  readonly place: string;
  readonly fileName: string;
  readonly size: readonly [number, number] | null;
  readonly shapes: OutlinedShape[];
  visibility: string | null;
}

function openImage(attributes: ReadonlyMap<string, string>, faults: Faults): Open {
  const place = `image ${attributes.get("id") ?? ""}`.trim();
  const fileName = attributes.get("name") ?? "";
  if (fileName === "") faults.add(place, "an image with a name", "none");
  const [width, height] = ["width", "height"].map((key) => Number(attributes.get(key)));
  const size = width > 0 && height > 0 ? ([width, height] as const) : null;
  return { place, fileName, size, shapes: [], visibility: null };
}

function outlinedImage({ place, fileName, size, shapes, visibility }: Open): OutlinedImage {
  // A file is one person's: CVAT does not say who has drawn a shape.
  return { place, fileName, size, extra: {}, annotations: [{ author: null, shapes, visibility }] };
}

function readShape(
  kind: string,
  attributes: ReadonlyMap<string, string>,
  place: string,
  faults: Faults,
): OutlinedShape | null {
  const category = attributes.get("label") ?? "";
  if (category === "") {
    faults.add(place, `a ${kind} with a label`, "none");
    return null;
  }
  if (kind !== "polygon" && kind !== "polyline") {
    const got = `a ${kind}; outline it, or convert it to polygons`;
    faults.add(place, `${category} as a polygon or a polyline`, got);
    return null;
  }
  const points = (attributes.get("points") ?? "").split(";").flatMap((one) => one.split(","));
  const numbers = points.map((one) => (one.trim() === "" ? Number.NaN : Number(one)));
  const least = kind === "polygon" ? 6 : 4;
  const isWhole = numbers.every(Number.isFinite) && numbers.length % 2 === 0;
  if (!isWhole || numbers.length < least) {
    const written = (attributes.get("points") ?? "").slice(0, 40);
    faults.add(place, `${category} with at least ${least / 2} points x,y;x,y`, `"${written}"`);
    return null;
  }
  return kind === "polygon"
    ? { category, polygons: [numbers], line: null }
    : { category, polygons: [], line: numbers };
}

interface Tag {
  readonly kind: "open" | "close" | "empty" | "text";
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly text: string;
}

const TAG =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<![^>]*>|<(\/?)([A-Za-z_][\w.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/g;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

function* tagsOf(text: string): Generator<Tag> {
  for (const [, slash, name, written, empty, content] of text.matchAll(TAG)) {
    if (content !== undefined) {
      yield { kind: "text", name: "", attributes: new Map(), text: unescaped(content) };
    } else if (name !== undefined) {
      const attributes = new Map(
        [...(written ?? "").matchAll(ATTRIBUTE)].map(
          ([, key, double, single]) => [key, unescaped(double ?? single ?? "")] as const,
        ),
      );
      const kind = slash === "/" ? "close" : empty === "/" ? "empty" : "open";
      yield { kind, name, attributes, text: "" };
    }
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return ENTITIES[String(name)] ?? whole;
  });
}
