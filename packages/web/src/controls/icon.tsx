/** The few pictures on buttons, as lines of 20 by 20. */
const PATHS = {
  length: "M4 16 16 4M2.5 14.5l3 3M14.5 2.5l3 3",
  perpendicular: "M3 16h14M10 16V4M10 12h4v4M8 4h4",
  angle: "M16 4 4 16h13M9 11.5a6 6 0 0 1 2 4.5",
  "between lines": "M3 6h14M3 16l14-5",
  invert: "M10 3a7 7 0 0 0 0 14zM10 3a7 7 0 0 1 0 14",
  fit: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  link: "M8 12l4-4M9 6l2-2a3.5 3.5 0 0 1 5 5l-2 2M11 14l-2 2a3.5 3.5 0 0 1-5-5l2-2",
  single: "M3 4h14v12H3zM8 4v12",
  panel: "M3 4h14v12H3zM12 4v12",
  reset: "M4 10a6 6 0 1 0 2-4.5M4 3v4h4",
  overlays: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  "zoom in": "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zM13 13l4 4M7 9h4M9 7v4",
  "zoom out": "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zM13 13l4 4M7 9h4",
  model: "M4 13l3-6 4 7 3-9 2 5M3 3h14v14H3z",
  help: "M7.5 7.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M10 14.5v.1M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15z",
  close: "M5 5l10 10M15 5 5 15",
  menu: "M4 6h12M4 10h12M4 14h12",
  previous: "M12 4l-6 6 6 6",
  next: "M8 4l6 6-6 6",
  down: "M5 8l5 5 5-5",
  up: "M5 12l5-5 5 5",
  select: "M5 3l10 7-4.5 1L8 16z",
  polygon: "M4 7l7-4 6 6-3 8-8-1z",
  freehand: "M3 12c2-8 7-9 9-6s-5 5-4 7 7 3 9-1",
  box: "M4 5h12v10H4z",
  line: "M3 15l5-4 3 2 6-9",
  wire: "M3 15c3 0 2-5 5-5s2 4 5 3 2-7 4-8M3 15v.1M17 5v.1",
  points: "M5 6h10M5 6v8M4 5h2v2H4zM14 5h2v2h-2zM4 13h2v2H4z",
  split: "M4 5h5v10H4zM11 5h5v10h-5zM10 2v16",
  join: "M3 6h7v8H3zM8 8h9v6H8z",
  erase: "M8 16l-5-5 8-8 6 6-7 7zM8 16h9",
  snap: "M4 4v5a6 6 0 0 0 12 0V4M4 7h3M13 7h3",
  undo: "M7 5L3 9l4 4M3 9h9a4 4 0 0 1 0 8h-2",
  redo: "M13 5l4 4-4 4M17 9H8a4 4 0 0 0 0 8h2",
  comment: "M3 4h14v9H9l-4 4v-4H3z",
  lock: "M6 9V6a4 4 0 0 1 8 0v3M5 9h10v8H5z",
  unlock: "M6 9V6a4 4 0 0 1 8 0M5 9h10v8H5z",
  doubt: "M7.5 7.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M10 14.5v.1",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
