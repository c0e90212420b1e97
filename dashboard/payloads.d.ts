/* What Python and the browser send each other. Written by tests/js/payload_types.py from the TypedDicts in dashboard;
   do not change it by hand. */

/** One class as the browser shows it; its place in the list is its number. */
export interface ClassEntry {
  name: string;
  colour: string;
  key: string;
}

/** Classes with their colours; `chosen` is the class whose entry is pressed. */
export interface ClassLegend {
  kind: "classes";
  title: string;
  entries: LegendEntry[];
  chosen?: number | null;
}

export interface LegendEntry {
  class: number;
  name: string;
  colour: string;
  count?: number;
}

/** A score from `low` to `high` along the palette, as they are to be printed; higher points lie on top. */
export interface ScoreLegend {
  kind: "score";
  title: string;
  low: string;
  high: string;
}

/** How far to trust the network behind a walk; a share that is not known is None. */
export interface Trust {
  agreement: number | null;
  accuracy: number | null;
}

/** One method, as the browser shows it. */
export interface Way {
  name: string;
  title: string;
  sentence: string;
  follows: boolean;
}
