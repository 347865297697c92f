/** A run while it learns: what the server sends of it, put together. */
import { type RunDetail, type RunRow, runNewsSchema } from "@malleolus/schema";
import { useEffect, useState } from "react";

export interface FollowedRun extends Pick<RunDetail, "losses" | "validations"> {
  readonly run: RunRow;
}

/** What is known after one piece of news; news that begin anew replace all that was told before. */
export function nextFollowed(before: FollowedRun | null, text: string): FollowedRun | null {
  const news = runNewsSchema.safeParse(JSON.parse(text));
  if (!news.success) return before;
  const { isAnew, run, losses, validations } = news.data;
  return {
    run,
    losses: isAnew ? losses : [...(before?.losses ?? []), ...losses],
    validations: isAnew ? validations : [...(before?.validations ?? []), ...validations],
  };
}

/** Null before the first news. A connection that ends is made again by the browser, and begins anew. */
export function useFollowedRun(id: string): FollowedRun | null {
  const [followed, setFollowed] = useState<FollowedRun | null>(null);
  useEffect(() => {
    const source = new EventSource(`/api/runs/${id}/live`);
    source.onmessage = ({ data }) => setFollowed((before) => nextFollowed(before, String(data)));
    return () => source.close();
  }, [id]);
  return followed;
}
