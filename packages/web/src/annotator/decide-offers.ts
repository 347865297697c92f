/** Proposals, one by one: taken as they are, taken to be mended, or rejected. Never all at once. */
import type { Rejection } from "@malleolus/schema";
import { nextOrder, withShapes } from "./document.ts";
import { commit, type EditorState, openOffers, putDown } from "./editor-state.ts";
import { stepBack } from "./history.ts";
import { shapesOfOffer } from "./shape.ts";
import { idleTool } from "./tools/table.ts";

export function accept(state: EditorState, key: string): EditorState {
  const down = putDown(state);
  const offer = openOffers(down).find((one) => one.key === key);
  const image = offer === undefined ? undefined : down.images.get(offer.image);
  if (offer === undefined || image === undefined) return down;
  const made = { id: `${down.prefix}${down.count}`, order: nextOrder(down.document) };
  const shapes = shapesOfOffer(offer, image, made);
  const decisions = new Map(down.document.decisions).set(key, { offer: key, is: "accepted" });
  const document = { ...withShapes(down.document, shapes), decisions };
  const selection = { ids: shapes.map(({ id }) => id), vertex: null, offer: null };
  return commit({ ...down, selection }, document, "edit.accepted", offer.image);
}

/** Taken, with its points in hand; Escape gives it back as it was offered. */
export function mend(state: EditorState, key: string): EditorState {
  const down = putDown(state);
  const taken = accept(down, key);
  if (taken.document === down.document) return down;
  const [id] = taken.selection.ids;
  return {
    ...taken,
    selection: { ids: id === undefined ? [] : [id], vertex: null, offer: null },
    tool: idleTool("edit"),
    mending: { offer: key, since: taken.history.done - 1 },
  };
}

export function callOffMending(state: EditorState): EditorState {
  const { mending } = state;
  if (mending === null) return state;
  let { document, history } = state;
  while (history.done > mending.since) {
    const stepped = stepBack(document, history);
    if (stepped === null) break;
    ({ document, history } = stepped);
  }
  const selection = { ids: [], vertex: null, offer: mending.offer };
  const tool = idleTool("select");
  return { ...state, document, history, mending: null, selection, tool, justParked: null };
}

export function reject(
  state: EditorState,
  { offer: key, why }: { readonly offer: string; readonly why?: Rejection },
): EditorState {
  const down = putDown(state);
  const offer = openOffers(down).find((one) => one.key === key);
  if (offer === undefined) return down;
  const decision = { offer: key, is: "rejected" as const, ...(why === undefined ? {} : { why }) };
  const decisions = new Map(down.document.decisions).set(key, decision);
  const after = commit(down, { ...down.document, decisions }, "edit.rejected", offer.image);
  const next = openOffers(after).find(({ image }) => image === offer.image);
  const selection = { ids: [], vertex: null, offer: next?.key ?? null };
  return { ...after, selection };
}
