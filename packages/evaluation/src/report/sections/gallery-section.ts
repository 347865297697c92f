/** Radiographs with what is true and what was found, and how many readers were right. */
import type { ReportContent, ReportedTest } from "../content.ts";
import type { GalleryItem, GalleryPart } from "../gallery.ts";
import { caseMark, patientAnchor, pictureAnchor } from "../links.ts";
import { html, type Markup } from "../markup.ts";
import { decimal } from "../numbers.ts";
import type { Name } from "./name.ts";

export function gallerySections({ gallery, tests }: ReportContent, name: Name): Markup[] {
  // A patient may stand in several parts; a link leads to the first.
  const named = new Set<string>();
  return gallery.map((part, i) => {
    const test = tests.find(({ id }) => id === part.test);
    const figures = part.items.map((item) => galleryFigure(item, part, test, named, name));
    return html`<section id="gallery-${i + 1}"><h2>${part.title}</h2><p class="soft">${part.chosen}</p><div class="gallery">${figures}</div></section>`;
  });
}

function galleryFigure(
  item: GalleryItem,
  { test }: GalleryPart,
  reported: ReportedTest | undefined,
  named: Set<string>,
  name: Name,
): Markup {
  const place = reported?.evaluation.outcomes.findIndex(({ patient }) => patient === item.patient);
  const isListed = place !== undefined && place >= 0;
  const anchor = isListed ? pictureAnchor(test, place) : "";
  const id = anchor === "" || named.has(anchor) ? null : html` id="${anchor}"`;
  named.add(anchor);
  const source = `data:${item.pictureType};base64,${Buffer.from(item.picture).toString("base64")}`;
  const right = item.truth === item.prediction;
  const { agreement } = item;
  const scores = Object.entries(item.scores).map(([one, score]) => {
    const style = one === item.prediction ? "best" : "";
    return html`<span class="${style}">${name(one)}</span><span class="${style}">${decimal(score)}</span>`;
  });
  const caption = isListed
    ? html`<span data-case="${caseMark(test, place)}"><a href="#${patientAnchor(test, place)}">${item.caption}</a></span>`
    : html`${item.caption}`;
  const image = html`<img src="${source}" width="${item.width}" height="${item.height}" alt="${altText(item, name)}" loading="lazy">`;
  // Without a script: the picture that is led to is shown large.
  const shown = id === null ? image : html`<a href="#${anchor}">${image}</a>`;
  return html`<figure${id}>${shown}<figcaption>${caption}<br>
<b>${name(item.truth)}</b>, called <b class="${right ? "" : "wrong"}">${name(item.prediction)}</b>${agreement === null ? null : html`<br><span class="soft">${agreement.agreeing} of ${agreement.readings} first readings right</span>`}${item.boxIou === null ? null : html`<br><span class="soft">box IoU ${decimal(item.boxIou)}</span>`}
<div class="scores">${scores}</div></figcaption></figure>
`;
}

function altText({ caption, truth, prediction }: GalleryItem, name: Name): string {
  return `Radiograph with outlines, ${caption}: ${name(truth)}, called ${name(prediction)}`;
}
