/** A report's content as JSON, for programs: all but the bytes of its images. */
import type { ReportContent } from "./content.ts";
import { NOTICE } from "./html-report.ts";
import type { PreliminaryPictures, PreliminaryResult } from "./preliminary-result.ts";
import { thresholdsReached } from "./thresholds.ts";

/** `passed` is null without thresholds. */
export function jsonReport(content: ReportContent): string {
  const { gallery, preliminary, ...rest } = content;
  const record = {
    notice: NOTICE,
    passed: content.thresholds.length === 0 ? null : thresholdsReached(content.thresholds),
    ...rest,
    gallery: gallery.map((part) => ({
      ...part,
      items: part.items.map(({ picture: _picture, ...item }) => item),
    })),
    preliminary: preliminary === null ? null : withoutPictures(preliminary),
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}

function withoutPictures({ pictures, selection, ...rest }: PreliminaryResult) {
  const plain = ({ chosen, items }: PreliminaryPictures) => ({
    chosen,
    items: items.map(({ picture: _picture, ...item }) => item),
  });
  return {
    ...rest,
    pictures: pictures === null ? null : plain(pictures),
    selection: selection === null ? null : { ...selection, pictures: plain(selection.pictures) },
  };
}
