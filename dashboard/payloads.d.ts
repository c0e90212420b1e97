/* What Python and the browser send each other. Written by tests/js/payload_types.py from the TypedDicts in dashboard;
   do not change it by hand. */

/** Something to be done with the samples shown, or for `walk` with one of them. */
export interface BoundaryAction {
  name: "map" | "review" | "walk";
  row: number | null;
  /** How many are shown. */
  first: number;
  seq: number;
}

/** What the film shows. */
export interface BoundaryData {
  study: string;
  /** As in the address of the pairs. */
  view: string;
  /** The two classes; None: those that touch most. */
  pair: [number, number] | null;
  classes: ClassEntry[];
  /** The row that is marked. */
  selected: number | null;
  kind: "picture" | "values" | "text" | "none";
}

/** What the film tells. */
export interface BoundaryStates {
  pair?: PairChosen;
  picked?: SamplePicked;
  action?: BoundaryAction;
}

/** One class as the browser shows it; its place in the list is its number. */
export interface ClassEntry {
  name: string;
  /** As in a style sheet. */
  colour: string;
  /** The key that relabels to it; empty for none. */
  key: string;
}

/** Classes with their colours; `chosen` is the class whose entry is pressed. */
export interface ClassLegend {
  kind: "classes";
  title: string;
  entries: LegendEntry[];
  chosen?: number | null;
}

/** What can be compared. */
export interface ComparisonData {
  study: string;
  /** Methods that fit the study. */
  ways: Way[];
  /** Those that are chosen to begin with. */
  methods: string[];
  /** How many samples can be asked for. */
  samples: number[];
  /** How many the study has. */
  total: number;
}

/** Whose map is put to the test. */
export interface FragilityData {
  study: string;
  row: number;
  /** The class that the maps are for. */
  target: number;
  ways: Way[];
  /** Colours of a map, from low to high. */
  shades: string[];
  /** Largest changes of a value, of 255, that can be chosen. */
  eps: number[];
  classes: ClassEntry[];
  /** Why nobody can tell which samples hold an answer up; empty when somebody can. */
  noExamples: string;
}

/** What the slider tells. */
export interface FragilityStates {
  picked?: SamplePicked;
}

/** An outline in map coordinates, closed by itself; empty after Escape. */
export interface Lasso {
  polygon: [number, number][];
  seq: number;
}

export interface LegendChosen {
  class: number;
  seq: number;
}

export interface LegendEntry {
  class: number;
  name: string;
  colour: string;
  count?: number;
}

/** What the map shows. */
export interface MapData {
  study: string;
  /** Samples. */
  n: number;
  /** One byte a sample: index into the palette, 255 for none. */
  channel: string;
  /** At most 255 colours `"#rrggbb"`. */
  palette: string[];
  legend: ClassLegend | ScoreLegend;
  classes: ClassEntry[];
  /** Of the channel. */
  version: number;
  /** Key of a filter; samples that do not match are greyed out. */
  mask: string | null;
  /** The row that is ringed. */
  selected: number | null;
  /** In pixels. */
  height: number;
  kind: "picture" | "values" | "text" | "none";
}

/** What the map tells. */
export interface MapStates {
  lasso?: Lasso;
  picked?: SamplePicked;
  legend?: LegendChosen;
}

/** A sample whose numbers are all known. */
export interface Measured {
  row: number;
  methods: string[];
  target: number;
  seq: number;
}

/** Two classes, the smaller number first. */
export interface PairChosen {
  pair: [number, number];
  seq: number;
}

/** Something to be done with some of the samples shown. */
export interface PrototypesAction {
  name: "map" | "review";
  /** By which they were picked. */
  rule: string;
  /** Those in a role, or what one prototype stands for. */
  role: "prototype" | "criticism" | "stood_for";
  /** The class; None: all. */
  label: number | null;
  /** The prototype. */
  row: number | null;
  /** How many of each class are shown. */
  first: number;
  seq: number;
}

/** What the rows show. */
export interface PrototypesData {
  study: string;
  classes: ClassEntry[];
  /** The row that is marked. */
  selected: number | null;
  /** Another rule whose prototypes are shown beside; None: no other. */
  peer: string | null;
  kind: "picture" | "values" | "text" | "none";
}

/** What the rows tell. */
export interface PrototypesStates {
  picked?: SamplePicked;
  action?: PrototypesAction;
}

/** Where to go, for `map` and `saliency` with a row. */
export interface ReviewAction {
  name: "map" | "saliency" | "export" | "unlabelled" | "all";
  row?: number;
  seq: number;
}

/** What the desk works on. */
export interface ReviewData {
  study: string;
  classes: ClassEntry[];
  reviewer: string;
  /** Fingerprint of what the reviewer looks at; a change starts the queue afresh. */
  explanation: string;
  /** Key of a selection to which the queue is restricted. */
  selection: string | null;
  mode: "one" | "grid";
  kind: "picture" | "values" | "text" | "none";
  /** Samples without a label that nobody has decided on. */
  unlabelled: number;
  /** Of 1,000 labels so many may be wrong when somebody stops. */
  goal: number;
  /** The row to begin with; None: the first of the queue. */
  at: number | null;
  /** A score from which on a sample is suspect. */
  threshold: number;
}

/** Decisions are in the log up to this version, and none waits. */
export interface ReviewSaved {
  version: number;
  seq: number;
}

/** What the desk tells. */
export interface ReviewStates {
  saved?: ReviewSaved;
  action?: ReviewAction;
}

/** Where to go with a sample. */
export interface SaliencyAction {
  name: "map" | "review";
  row: number;
  seq: number;
}

/** Methods and classes that were chosen; a class that is None is what the model says, or none. */
export interface SaliencyChosen {
  methods: string[];
  target: number | null;
  against: number | null;
  row: number;
  seq: number;
}

/** What is looked at. */
export interface SaliencyData {
  study: string;
  row: number;
  /** Methods that fit the study. */
  ways: Way[];
  /** Those that are shown. */
  methods: string[];
  /** The class, None: what the model says; and a second one, whose map is taken away, or None. */
  target: number | null;
  /** The class, None: what the model says; and a second one, whose map is taken away, or None. */
  against: number | null;
  /** Of the study. */
  classes: ClassEntry[];
  /** What the outputs of the model mean, in their order. */
  outputs: string[];
  kind: "picture" | "values" | "text";
  /** Key of what next and previous go through; None: the queue. */
  selection: string | null;
  /** Colours of a map and of a difference of maps, from low to high. */
  shades: string[];
  /** Colours of a map and of a difference of maps, from low to high. */
  signed: string[];
}

/** What the maps tell. */
export interface SaliencyStates {
  picked?: SamplePicked;
  chosen?: SaliencyChosen;
  measured?: Measured;
  action?: SaliencyAction;
}

/** Something to be done with a sample. */
export interface SampleAction {
  name: "map" | "review" | "saliency" | "open";
  row: number;
  seq: number;
}

/** What the panel shows. */
export interface SamplePanelData {
  study: string;
  /** None: the most suspect samples are offered. */
  row: number | null;
  classes: ClassEntry[];
  /** Of the decisions. */
  version: number;
  kind: "picture" | "values" | "text" | "none";
}

/** What the panel tells. */
export interface SamplePanelStates {
  action?: SampleAction;
}

/** A sample that was clicked. */
export interface SamplePicked {
  row: number;
  /** Grows with every gesture, over reloads of the page too, so that a new one is told from one that was answered. */
  seq: number;
}

/** A score from `low` to `high` along the palette, as they are to be printed; higher points lie on top. */
export interface ScoreLegend {
  kind: "score";
  title: string;
  low: string;
  high: string;
}

/** What the grid shows. */
export interface ThumbnailGridData {
  study: string;
  /** Key of the selection. */
  selection: string;
  /** Samples in it. */
  total: number;
  /** Of the decisions. */
  version: number;
  classes: ClassEntry[];
  /** The row that is marked. */
  selected: number | null;
  kind: "picture" | "values" | "text" | "none";
}

/** What the grid tells. */
export interface ThumbnailGridStates {
  picked?: SamplePicked;
}

/** How far to trust the network behind a walk; a share that is not known is None. */
export interface Trust {
  agreement: number | null;
  accuracy: number | null;
}

/** Where to go with a sample, or with the two classes of its walk. */
export interface WalkAction {
  name: "map" | "review" | "boundary";
  row: number;
  pair?: [number, number];
  seq: number;
}

/** What the walk shows. */
export interface WalkData {
  study: string;
  row: number;
  /** Row and id of other samples to choose from, nearest to a boundary first. */
  near: [number, string][];
  classes: ClassEntry[];
  /** Whether the network has learnt each class. */
  learnt: boolean[];
  trust: Trust;
  /** Which network. */
  of: string;
  /** Which network. */
  learnFrom: string;
  hasPictures: boolean;
}

/** What the walk tells. */
export interface WalkStates {
  picked?: SamplePicked;
  action?: WalkAction;
}

/** One method, as the browser shows it. */
export interface Way {
  name: string;
  title: string;
  sentence: string;
  follows: boolean;
}
