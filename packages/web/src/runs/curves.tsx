/**
 * Curves over a training's steps, as they are: no smoothing, every step drawn. Colours are the theme's; what a curve
 * is stands in its legend, and its figures in the page's tables.
 */
import { useEffect, useRef, useState } from "react";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly step: number; readonly value: number | null }[];
}

export interface CurvesProps {
  /** What is drawn, in words. */
  readonly label: string;
  readonly curves: readonly Curve[];
  /** Of the horizontal axis. */
  readonly stepName: string;
}

const HEIGHT = 260;
/** Between the ticks of the horizontal axis: there is no half a step. */
const WHOLE_STEPS = Array.from({ length: 7 }, (_, power) =>
  [1, 2, 5].map((digit) => digit * 10 ** power),
).flat();
/** Told apart by colour and dash: solid, dashes, dots, and both. */
const LOOKS = [
  ["--accent", []],
  ["--warn", [8, 4]],
  ["--class-2", [2, 3]],
  ["--error", [10, 3, 2, 3]],
] as const;

export function Curves({ label, curves, stepName }: CurvesProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const names = curves.map(({ name }) => name).join("\n");
  const data = tableOf(curves);
  const theme = useThemeTurns();
  const latest = useRef(data);
  latest.current = data;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours.
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = new UPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        scales: { x: { time: false } },
        axes: [{ label: stepName, incrs: WHOLE_STEPS, ...axisLook(element) }, axisLook(element)],
        series: [
          {},
          ...names.split("\n").map((_, index) => {
            const [color, dash] = LOOKS[index % LOOKS.length] ?? LOOKS[0];
            return {
              stroke: colorOf(color, element),
              dash: [...dash],
              width: 1.5,
              spanGaps: true,
              points: { show: false },
            };
          }),
        ],
      },
      latest.current,
      element,
    );
    plot.current = made;
    const resized = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [names, stepName, theme]);
  useEffect(() => plot.current?.setData(data));
  return (
    <figure className="curves">
      <figcaption>
        {label}
        {curves.length > 1 && (
          <span className="muted">
            {": "}
            {curves.map(({ name }, index) => (
              <span key={name} className="curve-name" data-look={index % LOOKS.length}>
                {name}
              </span>
            ))}
          </span>
        )}
      </figcaption>
      <div ref={place} role="img" aria-label={label} />
    </figure>
  );
}

/** How often the theme has changed: what is drawn on a canvas is drawn again then. */
function useThemeTurns(): number {
  const [turns, setTurns] = useState(0);
  useEffect(() => {
    const turn = () => setTurns((before) => before + 1);
    const chosen = new MutationObserver(turn);
    chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", turn);
    return () => {
      chosen.disconnect();
      system.removeEventListener("change", turn);
    };
  }, []);
  return turns;
}

/** All steps that any curve has, and each curve's values at them. */
function tableOf(curves: readonly Curve[]): UPlot.AlignedData {
  const [first, ...rest] = curves;
  const columns = ({ points }: Curve): UPlot.AlignedData => [
    points.map(({ step }) => step),
    points.map(({ value }) => value),
  ];
  if (first === undefined) return [[]];
  return rest.length === 0 ? columns(first) : UPlot.join(curves.map(columns));
}

function axisLook(element: HTMLElement) {
  const line = { stroke: colorOf("--line", element), width: 1 };
  return {
    stroke: colorOf("--muted", element),
    grid: line,
    ticks: line,
    font: "12px system-ui",
    labelFont: "12px system-ui",
  };
}

/** As the theme has it now: a canvas does not know the style sheet's names. */
function colorOf(name: string, element: HTMLElement): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
