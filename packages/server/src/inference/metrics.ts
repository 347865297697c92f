/** Figures for Prometheus, in its text format 0.0.4: counters, gauges and one histogram. Nothing of a patient. */

const SECONDS = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 90, 300] as const;

export interface Metrics {
  /** Adds one to a counter. */
  count(name: CounterName): void;
  /** How long a study took, from complete to analysed. */
  time(seconds: number): void;
  text(gauges: Readonly<Record<GaugeName, number>>): string;
}

const COUNTERS = {
  images_received: "Radiographs that were taken in.",
  images_refused: "Objects that were no radiograph, or damaged.",
  studies_analysed: "Studies with a result.",
  studies_failed: "Studies that could not be analysed.",
  studies_refused: "Studies with a radiograph that is none to be looked at.",
  studies_passed_over: "Studies that no rule matched.",
  requests_refused_busy: "Requests answered 429 since too many studies waited.",
  objects_sent: "Results that the destination took.",
  sending_failures: "Tries to send that failed.",
} as const;
type CounterName = keyof typeof COUNTERS;

const GAUGES = {
  studies_waiting: "Studies that wait for their analysis.",
  studies_kept: "Studies in the inbox.",
  objects_to_send: "Results that wait to be sent.",
  sending_on: "0 where the switch stops sending.",
  model_ready: "1 where the model is warm.",
  analysis_restarts: "How often the process that analyses was begun anew.",
  resident_memory_bytes: "Of the service's own process.",
} as const;
type GaugeName = keyof typeof GAUGES;

export function openMetrics(): Metrics {
  const counts = new Map<string, number>(Object.keys(COUNTERS).map((name) => [name, 0]));
  const buckets = SECONDS.map(() => 0);
  let [sum, total] = [0, 0];
  return {
    count(name) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    time(seconds) {
      sum += seconds;
      total++;
      for (const [i, most] of SECONDS.entries()) if (seconds <= most) buckets[i]++;
    },
    text(gauges) {
      const now = new Map<string, number>(Object.entries(gauges));
      const histogram = "malleolus_study_seconds";
      return [
        ...Object.entries(COUNTERS).flatMap(([name, help]) =>
          figure(`malleolus_${name}_total`, "counter", help, counts.get(name) ?? 0),
        ),
        ...Object.entries(GAUGES).flatMap(([name, help]) =>
          figure(`malleolus_${name}`, "gauge", help, now.get(name) ?? 0),
        ),
        `# HELP ${histogram} From a complete study to its result.`,
        `# TYPE ${histogram} histogram`,
        ...SECONDS.map((most, i) => `${histogram}_bucket{le="${most}"} ${buckets[i]}`),
        `${histogram}_bucket{le="+Inf"} ${total}`,
        `${histogram}_sum ${sum}`,
        `${histogram}_count ${total}`,
        "",
      ].join("\n");
    },
  };
}

function figure(name: string, type: string, help: string, value: number): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name} ${value}`];
}
