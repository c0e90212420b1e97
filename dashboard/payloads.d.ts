/* What Python and the browser send each other. Written by tests/js/payload_types.py from the TypedDicts in dashboard;
   do not change it by hand. */

/** No change within the limit kept the model's answer. */
export interface AttackFailed {
  state: "ready";
  survived: false;
}

/** The server has begun anew, and no longer has the result whose pairs are shown. */
export interface AttackForgotten {
  attack: string;
}

/** What became of a heatmap under attack. */
export interface Attacked {
  state: "ready";
  survived: true;
  height: number;
  width: number;
  channels: 1 | 3;
  /** Base64 of one byte a value: the picture as it was changed; the change, 16 times, around 128. */
  after: string;
  /** Base64 of one byte a value: the picture as it was changed; the change, 16 times, around 128. */
  difference: string;
  /** Base64 of one byte a pixel. */
  heatmapBefore: string;
  /** Base64 of one byte a pixel. */
  heatmapAfter: string;
  /** Share of the most important pixels that both heatmaps name. */
  topK: number | null;
  /** Rank correlation of both heatmaps. */
  correlation: number | null;
  /** Distance between their centers, in pixels. */
  shift: number | null;
}

/** A sample before and after an attack that changed its predicted class. */
export interface AttackedPair {
  /** In the address of its pictures. */
  place: number;
  row: number;
  id: string;
  /** Predicted classes. */
  before: number;
  /** Predicted classes. */
  after: number;
  /** Their probabilities. */
  pBefore: number;
  /** Their probabilities. */
  pAfter: number;
  /** Of the change: Euclidean, and the largest value; pixels are from 0 to 1. */
  length: number;
  /** Of the change: Euclidean, and the largest value; pixels are from 0 to 1. */
  largest: number;
  /** Whether the class stays changed when pixels are rounded to 8 bits. */
  staysChanged: boolean;
  /** Share of all samples that score no higher; None: the score is not known. */
  cleanScore: number | null;
  /** Share of all samples that score no higher; None: the score is not known. */
  attackedScore: number | null;
}

/** Pairs in the order that was asked for; `total` counts those beyond the limit, too. */
export interface AttackedPairs {
  total: number;
  pairs: AttackedPair[];
}

/** Which attack is shown. */
export interface AttackedPairsData {
  study: string;
  /** Key of the result in the addresses of its pairs. */
  attack: string;
  /** Name of the score that the pairs are ordered by. */
  score: string;
  /** What it is called. */
  scoreTitle: string;
  classes: ClassEntry[];
}

/** What the component reports. */
export interface AttackedPairsStates {
  picked?: SamplePicked;
  forgotten?: AttackForgotten;
}

/** By how much the shares of the margin miss it, relative to it. */
export interface AttributionGaps {
  firstOrder: number;
  integrated: number;
}

/** Something to be done with the samples shown, or for `counterfactual` with one of them. */
export interface BoundaryAction {
  name: "map" | "review" | "counterfactual";
  row: number | null;
  /** How many are shown. */
  first: number;
  seq: number;
}

/** What the component shows. */
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

/** A sample between two classes. */
export interface BoundarySample {
  row: number;
  id: string;
  excerpt: string;
  pieces?: [string, number][];
  lines?: ValueLine[];
  /** By how much the first class is likelier than the second, in [-1, 1]. */
  margin: number;
  /** Of the two. */
  probabilities: number[];
  /** The predicted class. */
  predicted: number;
  given: number;
  /** Whether that is not its label. */
  wrong: boolean;
  /** In [0, 1]; larger = more confusing. */
  score: number;
  /** Share of its neighbors, by weight, of another class; None: that is not known. */
  disagreement: number | null;
}

/** What the component reports. */
export interface BoundaryStates {
  pair?: PairChosen;
  picked?: SamplePicked;
  action?: BoundaryAction;
}

/** The little that a thumbnail needs. */
export interface BriefCard {
  row: number;
  id: string;
  excerpt: string;
  /** In the ranking that the study was opened with, from 1. */
  rank: number;
  /** Classes; -1: none. */
  given: number;
  /** Classes; -1: none. */
  suggested: number;
  /** Label error score in [0, 1]; larger = more likely wrong. */
  score: number;
  decision: CardDecision | null;
}

/** Everything that the review screen shows of a sample. */
export interface Card {
  row: number;
  id: string;
  excerpt: string;
  rank: number;
  given: number;
  suggested: number;
  score: number;
  decision: CardDecision | null;
  kind: "picture" | "values" | "text";
  values?: string[][];
  others?: string[][];
  places?: ValuePlaces;
  otherPlaces?: ValuePlaces;
  text?: string;
  pieces?: [string, number][];
  folded?: [string, number][];
  short?: [string, number][];
  /** So many of its labeled neighbors carry its given label. */
  agree: number;
  /** So many of its labeled neighbors carry its given label. */
  voting: number;
  /** Their share. */
  agreement: number;
  /** The likeliest classes, the given one among them. */
  probabilities: ClassProbability[];
  /** Where these probabilities come from. */
  probabilitiesSource: string;
  /** Those with a label first, since they vote; nearest first among these and among the others. */
  neighbors: Neighbor[];
  /**
   * Columns of a row, by their place among its values, that its neighbors are compared in, the most unusual first;
   * empty for other samples.
   */
  compared: number[];
  /** Whether its neighbors are those that edges of a given graph join to it, and not the nearest by features. */
  byEdge: boolean;
  /** On the map, in [-1, 1]; None: not laid out yet. */
  x: number | null;
  /** On the map, in [-1, 1]; None: not laid out yet. */
  y: number | null;
  /** Of the decision that holds. */
  note: string;
  /** Which part of the data it belongs to; empty where none is known. */
  split: string;
}

/** The decision that holds on a sample. */
export interface CardDecision {
  id: number | null;
  verdict: "keep" | "relabel" | "skip" | "exclude";
  /** The class it was relabeled to; None for other verdicts. */
  label: number | null;
  reviewer: string;
  /** In UTC, as ISO 8601 has it. */
  at: string;
}

/** The samples that were asked for. */
export interface Cards {
  cards: Card[];
}

/** Two classes that touch. */
export interface ClassContact {
  /** The smaller number first. */
  pair: [number, number];
  /** Share of their neighbors that lead across. */
  contact: number;
  /** Samples between them. */
  count: number;
  /** Those of them whose label the model contradicts. */
  wrong: number;
}

/** Which classes touch, those that touch most first. */
export interface ClassContacts {
  pairs: ClassContact[];
  /** Those that are worth a table. */
  classes: number[];
  /** Pairs that there are. */
  total: number;
}

/** One class as the browser shows it; its place in the list is its number. */
export interface ClassEntry {
  name: string;
  /** As in a style sheet. */
  color: string;
  /** The key that relabels to it; empty for none. */
  key: string;
}

/** Classes with their colors; `chosen` is the class whose entry is pressed. */
export interface ClassLegend {
  kind: "classes";
  title: string;
  entries: LegendEntry[];
  chosen?: number | null;
}

/** A class and its probability `p`. */
export interface ClassProbability {
  label: number;
  p: number;
}

/** What a neighbor shares with a sample, and where it differs. */
export interface ComparedNeighbor {
  pieces?: [string, number][];
  values?: string[];
  differs?: boolean[];
}

/** A sample beside another one. */
export interface ComparedSample {
  row: number;
  id: string;
  excerpt: string;
  /** Of a text: what it shares with the other is marked, in (0, 1]. */
  pieces?: [string, number][];
  /** Of a row: its values in the columns that the card of the other compares, and whether they differ from its own. */
  values?: string[];
  /** Of a row: its values in the columns that the card of the other compares, and whether they differ from its own. */
  differs?: boolean[];
}

/** How methods compare so far. */
export interface ComparisonAnswer {
  state: "none" | "running" | "stopped" | "done";
  done: number;
  total: number;
  error: string;
  /** Samples that are compared on. */
  asked: number;
  /** Those that were measured. */
  methods: string[];
  /** Of each number, the interval of each method. */
  table: { [K in "deletion" | "insertion" | "road" | "gini" | "top_k" | "correlation" | "shift"]: Record<string, Interval> };
}

/** What can be compared. */
export interface ComparisonData {
  study: string;
  /** Methods that fit the study. */
  available: SaliencyMethod[];
  /** Those that are chosen to begin with. */
  methods: string[];
  /** How many samples can be asked for. */
  samples: number[];
  /** How many the study has. */
  total: number;
}

/** A sample carried across the boundary of two classes. */
export interface Counterfactual {
  row: number;
  id: string;
  excerpt: string;
  given: number;
  start: number;
  end: number;
  /** A class that is likelier on this boundary than both; None: none is. */
  likelier: number | null;
  /** Of the sample, to begin with. */
  margin: number;
  /** When each frame is: 0 the sample, 1 the boundary. */
  times: number[];
  /** Of all classes, frame after frame. */
  probabilities: number[][];
  /** Share of values that leave the range of the data, of each frame. */
  outside: number[];
  gaps: AttributionGaps;
  /** How many times farther this boundary point lies than the nearest one; None: that is not known. */
  ratio: number | null;
  /** Largest error of going to the features and back. */
  reconstruction: number;
  /** What is left of the margin on the boundary. */
  residual: number;
  /** Whether the network has learned from this sample. */
  trainedOn: boolean;
  /** One of these is there: how pixels or columns change, or what is near to features. */
  picture?: CounterfactualPicture;
  /** One of these is there: how pixels or columns change, or what is near to features. */
  columns?: CounterfactualColumns;
  /** One of these is there: how pixels or columns change, or what is near to features. */
  nearest?: NearestExamples;
}

/** Where to go with a sample, or with the two classes of its path. */
export interface CounterfactualAction {
  name: "map" | "review" | "boundary";
  row: number;
  pair?: [number, number];
  seq: number;
}

/** The frames of a table row's path, of the columns that change most. */
export interface CounterfactualColumns {
  /** Columns that there are. */
  total: number;
  names: string[];
  /** Values as the table has them, frame after frame. */
  frames: string[][];
  /** Whether each is outside the range of the data, which no category is. */
  outside: boolean[][];
  /** A number for each column; the difference in standard deviations, without a sign where a category changes. */
  heatmaps: { [K in "difference" | "firstOrder" | "integrated"]: number[] };
}

/** What the component shows. */
export interface CounterfactualData {
  study: string;
  row: number;
  /** Other samples to choose from, nearest to a boundary first. */
  near: SampleReference[];
  classes: ClassEntry[];
  /** Whether the network has learned each class. */
  trained: boolean[];
  surrogate: SurrogateAgreement;
  /** Which network. */
  space: string;
  /** Which network. */
  trainingLabels: string;
  hasPictures: boolean;
}

/** The frames of a picture's path. */
export interface CounterfactualPicture {
  height: number;
  width: number;
  channels: number;
  /** Base64 of one byte a value, frame after frame, row after row. */
  frames: string;
  heatmaps: { [K in "difference" | "firstOrder" | "integrated"]: SignedHeatmap };
}

/** What the component reports. */
export interface CounterfactualStates {
  picked?: SamplePicked;
  action?: CounterfactualAction;
}

/** A sample that the prototypes of its class do not represent. */
export interface Criticism {
  row: number;
  id: string;
  excerpt: string;
  pieces?: [string, number][];
  lines?: ValueLine[];
  influence: number;
  density: number;
  agreement: number | null;
  reason: "label" | "model" | "density";
  /** What the model takes it for. */
  predicted: number;
  /** Its nearest prototype. */
  nearest: SampleReference | null;
}

/** What was decided on all samples with the same given label that look like the same other class. */
export interface DecidedAlike {
  suggested: number;
  decided: number;
  relabeled: number;
  kept: number;
}

/** What became of the decisions that were posted. */
export interface DecisionsAnswer {
  version: number;
  progress: QueueProgress;
  history: HistoryEntry[];
  refit?: RefitState;
  labeling?: LabelingState;
  cards: QueueCard[];
  /** Numbers that are in the log, now or since an earlier sending. */
  recorded: number[];
  refused: Refused[];
  /** Decisions that replaced another reviewer's unseen. */
  conflicts?: number;
}

/** Decisions of one life of one page. */
export interface DecisionsRequest {
  client: string;
  reviewer: string;
  explanation: string;
  decisions: PostedDecision[];
}

/** How many decisions there are, undone ones included: another number, other decisions. */
export interface DecisionsVersion {
  version: number;
}

/** How likely labels are wrong, by the log odds of their scores. */
export interface ErrorCurve {
  version: number;
  /** Increasing; empty where nothing is known yet. */
  scoreLogit: number[];
  /** The probability of an error at each, and its 90 % interval. */
  mean: number[];
  /** The probability of an error at each, and its 90 % interval. */
  low: number[];
  /** The probability of an error at each, and its 90 % interval. */
  high: number[];
}

/** What one source of evidence says of a label. */
export interface EvidenceSource {
  words: string;
  /** Exponent in the product of all; 0: it is left out. */
  weight: number;
  /** Of the weight of all. */
  share: number;
  /** Of each class listed. */
  probabilities: number[];
}

/** The training samples that support a prediction. */
export interface ExamplesAnswer {
  state: "ready";
  /** The predicted class; None: no change kept it. */
  predicted: number | null;
  /** Those for the picture as it is. */
  before: BriefCard[];
  /** Those for the picture as it is changed, at random and by an attack; None: the prediction did not stay. */
  after: { [K in "random" | "attack"]: BriefCard[] | null };
}

/** Whose heatmap is put to the test. */
export interface FragilityData {
  study: string;
  row: number;
  /** The class that the heatmaps are for. */
  target: number;
  available: SaliencyMethod[];
  /** Colors of a heatmap, from low to high. */
  palette: string[];
  /** Largest changes of a value, of 255, that can be chosen. */
  eps: number[];
  classes: ClassEntry[];
  /** Why the samples that support a prediction are unknown; empty when they are known. */
  noExamples: string;
}

/** What the slider reports. */
export interface FragilityStates {
  picked?: SamplePicked;
}

/** What can be read of a sample at a glance. */
export interface Glance {
  pieces?: [string, number][];
  lines?: ValueLine[];
}

/** One heatmap: of a picture where its bytes are kept and its size, else a weight for each word or column. */
export interface Heatmap {
  /** A draft is made of fewer masks. */
  kind: "heatmap" | "draft";
  /** Where it is kept. */
  key?: string;
  height?: number;
  width?: number;
  /** In [-1, 1], on the scale of its own largest effect. */
  weights?: number[];
  /** That largest effect. */
  most?: number | null;
}

/** How far a heatmap changed; see `Attacked`. */
export interface HeatmapChange {
  topK: number | null;
  correlation: number | null;
  shift: number | null;
}

/** A decision that holds, and what it changed. */
export interface HistoryEntry {
  row: number;
  id: string;
  excerpt: string;
  /** Its number in the log. */
  decision: number | null;
  verdict: "keep" | "relabel" | "skip" | "exclude";
  /** The class before, and for a relabel the class after. */
  given: number;
  /** The class before, and for a relabel the class after. */
  label: number | null;
  /** The number that its page gave it, and that page. */
  seq: number;
  /** The number that its page gave it, and that page. */
  client: string;
  /** In UTC, as ISO 8601 has it. */
  at: string;
}

/** A mean with its 95 % interval. */
export interface Interval {
  mean: number | null;
  low: number | null;
  high: number | null;
  /** Whether it is better than that of every other method. */
  best: boolean;
  /** Those in which it is known. */
  samples: number;
}

/** Why a sample is suspect, as labels stand now. */
export interface LabelEvidence {
  row: number;
  id: string;
  /** Of the decisions. */
  version: number;
  given: number;
  /** Its label now; -1: none. */
  label: number;
  /** The strongest other class; -1: there is none. */
  suggested: number;
  score: number;
  /** How many times as often the suggested class is taken for the label as one class is for another on average. */
  factor: number;
  /** Whether this score orders the queue. */
  ranksTheQueue: boolean;
  /** Whether nobody can be compared with it. */
  isolated: boolean;
  /** Whether its neighbors are those that edges of a given graph join to it, and not the nearest by features. */
  byEdge: boolean;
  /** Those that are listed. */
  classes: number[];
  /** Probability of each, by all sources together. */
  pooled: number[];
  sources: EvidenceSource[];
  /** Labeled neighbors that count. */
  voting: number;
  /** How many of them are among its nearest; it is among those of the others. */
  nearest: number;
  neighbors: VotingNeighbor[];
  /** Their share by weight that carries its label. */
  agreement: number;
  /** The share by weight that is not listed. */
  unlisted: number;
  /** Neighbors whose own label looks wrong. */
  suspectNeighbors: number;
  /** The score if all of them were corrected; None: there is none. */
  scoreIfAllCorrected: number | null;
  similar: SimilarDecision[];
  decidedAlike: DecidedAlike | null;
  /** How likely a label of each score is wrong: of the same version as the score. */
  curve: ErrorCurve;
}

/** How samples without a label are chosen: by which strategy, and how many at once. */
export interface LabelingChoice {
  strategy: string;
  size: number;
}

/** How far the labeling of samples without a label is. */
export interface LabelingState {
  /** Whether there is a batch, it is being chosen, it cannot be, or no sample without a label is left. */
  state: "ready" | "working" | "failed" | "none";
  /** Samples of the batch that are to be labeled. */
  left: number;
  /** Of the batch. */
  size: number;
  /** All of its samples, in the order of choice, with the decision that holds on each. */
  batch: BriefCard[];
  /** Whether the batch after it is there, is being chosen, or will be. */
  next: "later" | "working" | "ready";
  /** Samples of the study with a label; those without one that nobody has decided on. */
  labeled: number;
  /** Samples of the study with a label; those without one that nobody has decided on. */
  unlabeled: number;
  /** Why no batch can be chosen; empty otherwise. */
  message: string;
}

/** An outline in map coordinates, closed by itself; empty after Escape. */
export interface Lasso {
  polygon: [number, number][];
  seq: number;
}

/** The entry that was pressed. */
export interface LegendChosen {
  label: number;
  seq: number;
}

/** A class or a state with its color, and how many samples have it. */
export interface LegendEntry {
  label: number;
  name: string;
  color: string;
  count?: number;
}

/** What the map shows. */
export interface MapData {
  study: string;
  /** Samples. */
  n: number;
  /** One byte a sample: index into the palette, 255 for none. */
  channel: string;
  /** At most 255 colors `"#rrggbb"`. */
  palette: string[];
  legend: ClassLegend | ScoreLegend;
  classes: ClassEntry[];
  /** Of the channel. */
  version: number;
  /** Key of a filter; samples that do not match are grayed out. */
  mask: string | null;
  /** The row that is ringed. */
  selected: number | null;
  /** Whether samples are listed below the map, which then leaves them a part of the window. */
  hasList: boolean;
  kind: "picture" | "values" | "text" | "none";
}

/** What the map reports. */
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

/** What the menu shows. */
export interface MenuData {
  /** Key of the study; empty for none. */
  study: string;
  /** None while no study is open. */
  about: MenuStudy | null;
  sections: MenuSection[];
  /** Path of the page that is shown. */
  current: string;
}

/** A page of the menu. */
export interface MenuPage {
  /** Names the page. */
  path: string;
  /** Where a new tab finds it. */
  address: string;
  title: string;
  /** Its name among Material Symbols. */
  icon: string;
  /** Shown beside the title; None: the page has none. */
  count: number | null;
  /** Whether it shows by itself what others decide. */
  followsDecisions: boolean;
}

/** Pages under one title, which may be empty. */
export interface MenuSection {
  title: string;
  pages: MenuPage[];
}

/** What the menu reports: a page that was clicked, or that decisions made elsewhere are to be shown. */
export interface MenuStates {
  chosen?: PageChosen;
  refreshed?: VersionReported;
}

/** The study that is open, and how far its review is. */
export interface MenuStudy {
  name: string;
  /** Samples and classes, in words. */
  size: string;
  /** What the scores rest on, in words. */
  features: string;
  /** Samples that were decided on. */
  decided: number;
  /** Suspects that were not. */
  open: number;
  /** Samples that the decision was put off on. */
  skipped: number;
  /** Samples that have a label now. */
  labeled: number;
  /** Whether the models know any label, so that some may be suspect. */
  isRanked: boolean;
  /** Of the decisions that the page shows. */
  version: number;
}

/** What is known of a sample's heatmap by one method. */
export interface MethodTile {
  method: string;
  state: "ready" | "waiting" | "making" | "failed" | "unknown" | "draft";
  /** How far it is. */
  fraction: number;
  /** How far it is. */
  text: string;
  /** That of the class, and of the class that it is held against; None: not there yet. */
  heatmaps: (Heatmap | null)[];
  /** Each None where it is not known; None: not measured yet. */
  numbers: { [K in "deletion" | "insertion" | "road" | "gini" | "top_k" | "correlation" | "shift"]: number | null } | null;
}

/** Samples that show where a path through the features is. */
export interface NearestExamples {
  /** All of them, once. */
  samples: SampleReference[];
  /** Of the class that the path starts from, and of the other: rows, nearest first, frame after frame. */
  start: number[][];
  /** Of the class that the path starts from, and of the other: rows, nearest first, frame after frame. */
  end: number[][];
}

/** A sample of another study that is shown under the one that is picked. */
export interface NearestSample {
  /** What it is to the picked one. */
  title: string;
  id: string;
  /** Name of its class; empty: none. */
  label: string;
  /** Address of its picture below that of the study; empty: it is none, or cannot be shown. */
  picture: string;
  /** Its text or values, where it is no picture. */
  excerpt: string;
}

/** A sample that is near, with its label as it is now. */
export interface Neighbor {
  row: number;
  id: string;
  excerpt: string;
  pieces?: [string, number][];
  values?: string[];
  differs?: boolean[];
  label: number;
}

/** A page that was clicked. */
export interface PageChosen {
  path: string;
  seq: number;
}

/** Two classes, the smaller number first. */
export interface PairChosen {
  pair: [number, number];
  seq: number;
}

/** The samples between two classes, the most confusing first. */
export interface PairSamples {
  pair: [number, number];
  total: number;
  samples: BoundarySample[];
}

/** How far the classes fall without each part of a sample. */
export interface PartDrops {
  /** Of each class, a number for each part. */
  drops: number[][];
  /** Probability of each class with all parts. */
  whole: number[];
  /** Where it is kept in which part each place of a picture lies. */
  key?: string;
  height?: number;
  width?: number;
}

/** What a text or a row is made of: words, or columns with their values. */
export interface PlaceNames {
  words?: string[];
  /** Of each word, whether white space stands before it. */
  is_apart?: boolean[];
  names?: string[];
  values?: string[];
}

/**
 * A decision as it is posted, and as it waits in the storage of browsers. A name that changes here goes on being read
 * under the old one, since decisions may have waited through an update.
 */
export interface PostedDecision {
  /** The client's number for it; sent again with the same number, it is recorded once. */
  seq: number;
  /** When it was made. */
  at: string;
  row: number;
  id: string;
  verdict: "keep" | "relabel" | "skip" | "exclude" | "undo";
  /** For `relabel`. */
  label: number | null;
  note?: string;
  /** That was on screen. */
  score?: number | null;
  /** The decision that was on screen. */
  basedOn?: number | null;
  /** Whether the sample was a random check. */
  sampled?: boolean;
  /** `active_sampling` for the label of a sample that had none; absent for a review. */
  task?: "active_sampling";
}

/** A sample that represents others. */
export interface Prototype {
  row: number;
  id: string;
  excerpt: string;
  pieces?: [string, number][];
  lines?: ValueLine[];
  influence: number;
  density: number;
  agreement: number | null;
  /** How well all up to this one cover the class, in [0, 1]. */
  coverage: number;
  /**
   * From which earlier ones of its class (-1: from nobody) it takes how many samples when it is added, so that the
   * browser can say of any number of them what each represents.
   */
  takenFrom: number[];
  /**
   * From which earlier ones of its class (-1: from nobody) it takes how many samples when it is added, so that the
   * browser can say of any number of them what each represents.
   */
  taken: number[];
}

/** The prototypes and criticisms of one class. */
export interface PrototypeGroup {
  /** The class; -1: all samples, where nothing has a label. */
  label: number;
  /** Its samples. */
  size: number;
  prototypes: Prototype[];
  criticisms: Criticism[];
}

/** Something to be done with some of the samples shown. */
export interface PrototypesAction {
  name: "map" | "review";
  /** By which they were picked. */
  rule: string;
  /** Those in a role, or what one prototype stands for. */
  role: "prototype" | "criticism" | "represented";
  /** The class; None: all. */
  label: number | null;
  /** The prototype. */
  row: number | null;
  /** How many of each class are shown. */
  first: number;
  seq: number;
}

/** Prototypes and criticisms, class by class. */
export interface PrototypesAnswer {
  groups: PrototypeGroup[];
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

/** How the review stands and what comes next. */
export interface QueueAnswer {
  /** Of the decisions. */
  version: number;
  progress: QueueProgress;
  /** The last decisions that hold, newest first. */
  history: HistoryEntry[];
  refit?: RefitState;
  labeling?: LabelingState;
  cards: QueueCard[];
}

/** A sample to decide on; `sampled`: whether it is there at random, which nobody who decides is shown. */
export interface QueueCard {
  row: number;
  id: string;
  excerpt: string;
  rank: number;
  given: number;
  suggested: number;
  score: number;
  decision: CardDecision | null;
  kind: "picture" | "values" | "text";
  values?: string[][];
  others?: string[][];
  places?: ValuePlaces;
  otherPlaces?: ValuePlaces;
  text?: string;
  pieces?: [string, number][];
  folded?: [string, number][];
  short?: [string, number][];
  agree: number;
  voting: number;
  agreement: number;
  probabilities: ClassProbability[];
  probabilitiesSource: string;
  neighbors: Neighbor[];
  compared: number[];
  byEdge: boolean;
  x: number | null;
  y: number | null;
  note: string;
  split: string;
  sampled?: boolean;
}

/** How far the review is. */
export interface QueueProgress {
  /** Samples of the study. */
  total: number;
  /** Suspects that nobody has decided on or skipped. */
  open: number;
  /** Samples that are relabeled, kept or excluded. */
  decided: number;
  kept: number;
  relabeled: number;
  skipped: number;
  excluded: number;
  /** Samples whose label was given here, the source having none, and that no review changed. */
  given?: number;
  remaining?: RemainingErrors;
}

/** A sample that was picked. */
export interface RankedSample {
  row: number;
  id: string;
  excerpt: string;
  pieces?: [string, number][];
  lines?: ValueLine[];
  /** In [0, 1]. */
  influence: number;
  /** Share of the class that lies in a sparser place. */
  density: number;
  /** Share of its neighbors, by weight, that carry its label; None: that is not known. */
  agreement: number | null;
}

/** A sample with what can be read of it at a glance. */
export interface ReadableSample {
  row: number;
  id: string;
  excerpt: string;
  /** Of a text: words that are evidence for one class are marked above 0, for the other below. */
  pieces?: [string, number][];
  /** Of a row: some of its values. */
  lines?: ValueLine[];
}

/** How often the ranking was refitted, on how many corrections the last time, and why the newest refit failed. */
export interface RefitState {
  refits: number;
  corrections: number;
  error: string;
}

/** A decision that makes no sense, by its number, and why; sending it again does not help. */
export interface Refused {
  seq: number;
  reason: string;
}

/** How many labels are still wrong, at most. */
export interface RemainingErrors {
  /** Labels that reviews say are wrong. */
  found: number;
  /** At least, at most so many wrong labels are left; each with 95 % confidence. */
  lower: number;
  /** At least, at most so many wrong labels are left; each with 95 % confidence. */
  upper: number;
  /** Random samples that this rests on. */
  sampled: number;
  /** Whether `upper` says more than that little was checked yet. */
  informative: boolean;
  /** Samples with a label. */
  labeled: number;
  /** So many may be left. */
  goal: number;
  /** So many more random samples, all of them right, bring it to the goal; None: they cannot. */
  checks: number | null;
}

/** Where to go, for `map` and `saliency` with a row. */
export interface ReviewAction {
  name: "map" | "saliency" | "export" | "unlabeled" | "all" | "review" | "default";
  row?: number;
  seq: number;
}

/** What the review works on. */
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
  unlabeled: number;
  /** Of 1,000 labels so many may be wrong when somebody stops. */
  goal: number;
  /** The row to begin with; None: the first of the queue. */
  at: number | null;
  /** A score from which on a sample is suspect. */
  threshold: number;
  /** Whether heatmaps of the samples can be computed. */
  hasSaliency: boolean;
  /** How the samples without a label are chosen that are shown; None: suspect labels are reviewed. */
  labeling: LabelingChoice | null;
}

/** What the component reports: decisions that are in the log, with none waiting, or where to go. */
export interface ReviewStates {
  saved?: VersionReported;
  action?: ReviewAction;
}

/** Where to go with a sample. */
export interface SaliencyAction {
  name: "map" | "review";
  row: number;
  seq: number;
}

/** All that is known of a sample's heatmaps. */
export interface SaliencyAnswer {
  row: number;
  id: string;
  given: number;
  /** The class that is looked at (-1: the model has not said), and that whose heatmap is taken away. */
  target: number;
  /** The class that is looked at (-1: the model has not said), and that whose heatmap is taken away. */
  against: number | null;
  /** The likeliest classes; None: the model was not asked yet. */
  probabilities: ClassProbability[] | null;
  /** How many outputs the model has. */
  classes: number | null;
  /** None of a picture. */
  content: PlaceNames | null;
  tiles: MethodTile[];
  parts: PartDrops | null;
  /** Why no heatmap can be made; empty when one can. */
  error: string;
  /** Whether nothing more will come. */
  isDone: boolean;
}

/** Methods and classes that were chosen; a class that is None is the predicted one, or none. */
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
  available: SaliencyMethod[];
  /** Those that are shown. */
  methods: string[];
  /** The class, None: the predicted one; and a second one, whose heatmap is taken away, or None. */
  target: number | null;
  /** The class, None: the predicted one; and a second one, whose heatmap is taken away, or None. */
  against: number | null;
  /** Of the study. */
  classes: ClassEntry[];
  /** What the outputs of the model mean, in their order. */
  outputs: string[];
  kind: "picture" | "values" | "text";
  /** Key of what next and previous go through; None: the queue. */
  selection: string | null;
  /** Colors of a heatmap and of a difference of heatmaps, from low to high. */
  palette: string[];
  /** Colors of a heatmap and of a difference of heatmaps, from low to high. */
  signedPalette: string[];
}

/** One method, as the browser shows it. */
export interface SaliencyMethod {
  name: string;
  title: string;
  sentence: string;
  follows: boolean;
}

/** What the component sends to Python. */
export interface SaliencyStates {
  picked?: SamplePicked;
  chosen?: SaliencyChosen;
  measured?: Measured;
  action?: SaliencyAction;
}

/** Something to be done with a sample. */
export interface SampleAction {
  name: string;
  row: number;
  seq: number;
}

/** What a sample is made of: a picture to fetch, else its values by name, or its text. */
export interface SampleContent {
  kind: "picture" | "values" | "text";
  /** Names and values, as they were written. */
  values?: string[][];
  /** Those of columns that are not features. */
  others?: string[][];
  /** Where the values of both lie among the classes. */
  places?: ValuePlaces;
  /** Where the values of both lie among the classes. */
  otherPlaces?: ValuePlaces;
  text?: string;
  /** The text; marked in [-1, 1] by how much a word is evidence for the given label (above 0) or the suggested one. */
  pieces?: [string, number][];
  /**
   * The same of a text that is too long to be read at once, and where there is little room: parts around its marked
   * words.
   */
  folded?: [string, number][];
  /**
   * The same of a text that is too long to be read at once, and where there is little room: parts around its marked
   * words.
   */
  short?: [string, number][];
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
  /** Path of each page that shows this sample, and what its button is called. */
  pages: [string, string][];
  /** How to pick a sample on this page: a gesture and what it does. */
  gestures: [string, string][];
  /** Of the row; None: there is nothing to show under it. */
  nearest: NearestSample | null;
}

/** What the panel reports. */
export interface SamplePanelStates {
  action?: SampleAction;
}

/** A sample that was clicked. */
export interface SamplePicked {
  row: number;
  /** Grows with every gesture, over reloads of the page too, so that a new one differs from one that was answered. */
  seq: number;
}

/** A sample as others speak of it. */
export interface SampleReference {
  row: number;
  id: string;
  /**
   * What stands where a picture would: the beginning of its text, or its first values by name. Empty for a picture, and
   * for a sample that is nothing to the eye.
   */
  excerpt: string;
}

/** A score from `low` to `high` along the palette, as they are to be printed; higher points lie on top. */
export interface ScoreLegend {
  kind: "score";
  title: string;
  low: string;
  high: string;
}

/** A sample of a selection, with what can be read of it at a glance. */
export interface SelectedCard {
  row: number;
  id: string;
  excerpt: string;
  rank: number;
  given: number;
  suggested: number;
  score: number;
  decision: CardDecision | null;
  pieces?: [string, number][];
  lines?: ValueLine[];
}

/** One page of a selection, in its order; `total` samples are in all of it. */
export interface SelectionPage {
  total: number;
  cards: SelectedCard[];
}

/** How far a series of heatmaps is. */
export interface SeriesProgress {
  state: "none" | "running" | "stopped" | "done";
  done: number;
  total: number;
  /** Why none can be made; empty when they can. */
  error: string;
}

/** What is to be started, stopped (by its name) or tried again. */
export interface SeriesRequest {
  what: "strip" | "comparison" | "stop" | "retry";
  name?: "strip" | "comparison";
  rows?: number[];
  methods?: string[];
  count?: number;
}

/** A number for each pixel. */
export interface SignedHeatmap {
  /** Its largest size. */
  largest: number;
  /** Base64 of one signed byte a pixel; 127 is the largest size. */
  values: string;
}

/** A decision on a similar sample. */
export interface SimilarDecision {
  row: number;
  id: string;
  excerpt: string;
  pieces?: [string, number][];
  values?: string[];
  differs?: boolean[];
  given: number;
  verdict: string;
  label: number | null;
  reviewer: string;
  at: string;
}

/** How far a heatmap changes at each strength. */
export interface Strengths {
  /** `partly`: more could be found out. */
  state: "ready" | "making" | "partly" | "failed";
  fraction: number;
  text: string;
  /** The strengths. */
  eps: number[];
  /** Of each kind of change, what became of the heatmap at each strength; None: not known, or no change was found. */
  lines: Record<string, (HeatmapChange | null)[]>;
}

/** Where a heatmap is kept, and of a picture its size. */
export interface StripHeatmap {
  key: string;
  height?: number;
  width?: number;
}

/** The heatmaps of some samples that are made, by row, and how far the series over them is. */
export interface StripHeatmaps {
  state: "none" | "running" | "stopped" | "done";
  done: number;
  total: number;
  error: string;
  heatmaps: Record<string, StripHeatmap>;
}

/** How far the network behind a path agrees with the model and with the labels, on held-out samples. */
export interface SurrogateAgreement {
  /** Share of samples for which it predicts what the model predicts, in [0, 1]; None: not known. */
  agreement: number | null;
  /** Share of samples for which it predicts the given label, in [0, 1]; None: not known. */
  accuracy: number | null;
}

/** Open suspects that share their given and suggested label. */
export interface SuspectGroup {
  given: number;
  suggested: number;
  count: number;
}

/** All of them, the largest first. */
export interface SuspectGroups {
  groups: SuspectGroup[];
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
  caption: "suggestion" | "label";
}

/** What the grid reports. */
export interface ThumbnailGridStates {
  picked?: SamplePicked;
}

/** The samples that next and previous go through, and in words which. */
export interface Trail {
  rows: number[];
  ids: string[];
  /** What stands where a picture would; empty where all are pictures. */
  excerpts: string[];
  title: string;
}

/** How far something is that is not there yet, or why it will not come. */
export interface UnderWay {
  state: "waiting" | "making" | "failed" | "unknown";
  fraction: number;
  text: string;
}

/** A value of a row, and its place in one class. */
export interface ValueLine {
  name: string;
  value: string;
  /** In [0, 1], as of `ValuePlaces`; None: there is none. */
  share: number | null;
  isNumber: boolean;
  isUnusual: boolean;
}

/** The places of a row's values among its given and its suggested class, a value of each list a column. */
export interface ValuePlaces {
  /** Whether a place is a percentile; else it is the share of the class that has the same value. */
  isNumber: boolean[];
  /** Places in [0, 1]; None: there is none. */
  given: (number | null)[];
  /** Places in [0, 1]; None: there is none. */
  suggested: (number | null)[];
  /** Whether the class hardly has such a value. */
  unusualGiven: boolean[];
  /** Whether the class hardly has such a value. */
  unusualSuggested: boolean[];
  /** Columns, the most unusual in the given class first. */
  order: number[];
}

/** A version of the decisions: the menu names one that is to be shown, a review one that is in the log. */
export interface VersionReported {
  version: number;
  /** As that of `SamplePicked`. */
  seq: number;
}

/** A labeled neighbor, as it counts. */
export interface VotingNeighbor {
  row: number;
  id: string;
  excerpt: string;
  pieces?: [string, number][];
  values?: string[];
  differs?: boolean[];
  /** As it is now. */
  label: number;
  /** Of the weight of all neighbors. */
  share: number;
  agrees: boolean;
  /** Whether a reviewer has decided on it. */
  reviewed: boolean;
  /** The class it looks like itself, where its label looks wrong. */
  suggested: number | null;
  /** The score of the sample if that were its label. */
  scoreIfCorrected: number | null;
}
