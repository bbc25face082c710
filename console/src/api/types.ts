// SPDX-License-Identifier: Apache-2.0
// What /api/v1 answers, as far as the console reads it.

export type Polarity = 'pos' | 'neu' | 'neg';
export type Verdict = 'up' | 'down' | 'same' | 'unknown';
export type Interval = [number, number];
export type Id = string;

export interface Meta {
  limit?: number;
  next_cursor?: string | null;
  total?: number;
}
export interface List<T> {
  data: T[];
  meta?: Meta;
}
export interface One<T> {
  data: T;
}

export interface InvalidParam {
  name: string;
  reason: string;
}
export interface Problem {
  title?: string;
  status?: number;
  detail?: string;
  code?: string;
  requestId?: string;
  invalid_params?: InvalidParam[];
}

export interface Workspace {
  id: Id;
  name: string;
  time_zone?: string;
  industry?: string;
}
export interface User {
  id: Id;
  email: string;
  name?: string | null;
  role: Role;
  lang?: string | null;
}
export interface Session {
  user: User;
  workspace: Workspace;
  workspaces: Workspace[];
  permissions: string[];
  csrf_token: string;
  features: { model?: string; postgres?: boolean };
  version: string;
}

export interface Evidence {
  start: number;
  end: number;
  text?: string;
}
export interface DimensionRead {
  code: string;
  name: string;
  polarity: Polarity;
  score?: number | null;
  evidence?: Evidence | null;
}
export interface Analysis {
  sentiment: Polarity | null;
  sentiment_probs?: Record<Polarity, number> | null;
  urgency: 0 | 1 | 2;
  urgency_score?: number | null;
  validity: string;
  validity_reason?: string | null;
  satisfaction?: number | null;
  satisfaction_from?: 'rating' | 'text' | null;
  dimensions: DimensionRead[];
  keywords?: string[];
  model?: string;
  analysed_at?: string;
}
export interface Correction {
  field: string;
  from: unknown;
  to: unknown;
  by: string;
  at: string;
}
export interface Score {
  metric: string;
  value: number | string;
  scale?: string | [number, number] | null;
  unified?: number | null;
  dimension?: string | null;
}
export interface CustomerRef {
  /** null until the customer is recognised */
  id: Id | null;
  name?: string | null;
  tail?: string | null;
  phone?: string | null;
}
export type Attributes = Record<string, string | number | boolean>;
export interface HistoryEntry {
  version: number;
  at: string;
  by?: string | null;
  changes: { field: string; from: unknown; to: unknown }[];
}
export interface Feedback {
  id: Id;
  source?: string | null;
  channel?: string | null;
  external_id?: string | null;
  occurred_at: string;
  date_only?: boolean;
  created_at: string;
  updated_at?: string;
  text?: string | null;
  follow_up?: string | null;
  reply?: string | null;
  product?: string | null;
  order?: string | null;
  masked?: boolean;
  scores?: Score[];
  attributes?: Attributes;
  customer?: CustomerRef | null;
  import_id?: Id | null;
  analysis: Analysis | null;
  corrections?: Correction[];
  history?: HistoryEntry[];
}

export interface ScoreFigure {
  value: number | null;
  interval?: Interval | null;
  n: number;
  filter?: string;
}
export interface ComparedFigure extends ScoreFigure {
  previous?: ScoreFigure | null;
  verdict?: Verdict;
}
export interface NpsFigure extends ComparedFigure {
  promoters: number;
  passives: number;
  detractors: number;
}
export interface SentimentCounts {
  pos: number;
  neu: number;
  neg: number;
  unknown?: number;
  previous?: SentimentCounts | null;
}
export interface DimensionFigure {
  code: string;
  name: string;
  n: number;
  neg: number;
  neu: number;
  pos: number;
  score: number | null;
  interval?: Interval | null;
  previous?: ScoreFigure | number | null;
  verdict?: Verdict;
  filter?: string;
}
export interface IssueFigure {
  code: string;
  name: string;
  n: number;
  /** of the negative feedback */
  share: number;
  /** of all feedback, and how much that changed */
  share_of_texts?: number | null;
  change?: number | null;
  department?: string | null;
  verdict?: Verdict;
  where?: { dimension: string; value: string } | null;
  quotes: { id: Id; text: string; start: number; end: number }[];
  filter?: string;
}
export interface ChannelFigure {
  value: string;
  n: number;
  score: number | null;
  interval?: Interval | null;
  filter?: string;
}
export interface TrendPoint {
  day?: string;
  week?: string;
  month?: string;
  n: number;
  score: number | null;
  interval?: Interval | null;
  neg_share?: number | null;
  partial?: boolean;
}
export interface Overview {
  period: { from: string; to: string };
  previous: { from: string; to: string } | null;
  as_of?: string;
  thin?: boolean;
  volume: { n: number; previous?: number | null; filter?: string };
  satisfaction: ComparedFigure;
  nps?: NpsFigure | null;
  csat?: ComparedFigure | null;
  ces?: ComparedFigure | null;
  sentiment: SentimentCounts;
  urgent: { n: number; unanswered: number; filter?: string };
  dimensions: DimensionFigure[];
  issues: IssueFigure[];
  channels: ChannelFigure[];
  trend: TrendPoint[];
  trend_bucket: 'day' | 'week' | 'month';
}

export interface DimensionInfo {
  name: string;
  label: string;
  kind: 'dimension' | 'measure' | 'class';
  values: { value: string; n: number; label?: string; name?: string }[];
  closed?: string | null;
}
export interface CrosstabCell {
  n: number;
  value: number | null;
  interval?: Interval | null;
  filter?: string;
}
export type Heading = string | { value: string; name?: string; label?: string };
export interface Crosstab {
  rows: Heading[];
  columns: Heading[];
  cells: (CrosstabCell | null)[][];
  totals?: { rows?: (CrosstabCell | null)[]; columns?: (CrosstabCell | null)[]; all?: CrosstabCell | null } | null;
}
export interface View {
  id: Id;
  name: string;
  query: string;
  shared: boolean;
  mine?: boolean;
  by?: string | null;
}

export interface CustomerRow extends CustomerRef {
  id: Id;
  first_at?: string | null;
  last_at?: string | null;
  n: number;
  score?: number | null;
  segments?: { code: string; name: string; value: string; label: string }[];
  n_events?: number;
}
export interface CustomerEvent {
  id?: Id;
  type: string;
  at: string;
  external_id?: string | null;
  order?: string | null;
  measures?: Record<string, number>;
  attributes?: Attributes;
}
export interface Identity {
  kind: string;
  name?: string;
  value: string;
  source?: string;
  added_at?: string | null;
}
export interface Merge {
  id: Id;
  kept: Id;
  gone: Id;
  at: string;
  by?: string | null;
  because: { zh: string; en: string };
  feedback_id?: Id | null;
  undone_at?: string | null;
  undone_by?: string | null;
}
export interface Customer extends CustomerRow {
  feedback?: Feedback[];
  events?: CustomerEvent[];
  identities?: Identity[];
  merges?: Merge[];
}

export type ImportState = 'uploaded' | 'checked' | 'running' | 'done' | 'failed' | 'cancelled' | 'undoing' | 'undone';
export interface MappingColumn {
  file?: string;
  column: string;
  role: string;
  meaning?: string;
  filled?: number | null;
  used?: boolean;
  /** said by the user, not guessed */
  by_map?: boolean;
  sample?: string | null;
}
export interface Import {
  id: Id;
  file_name: string;
  bytes: number;
  state: ImportState;
  mapping?: MappingColumn[];
  understood?: {
    kind?: string;
    channel?: string;
    platform?: string;
    rows?: number;
    text_column?: string | null;
    time_column?: string | null;
    notes?: string[];
  } | null;
  counts?: { read?: number; created?: number; updated?: number; unchanged?: number; rejected?: number; duplicate?: number; deleted?: number; restored?: number; left?: number } | null;
  progress?: { rows: number; share: number } | null;
  errors_url?: string | null;
  report_url?: string | null;
  problem?: string | null;
  time_zone?: string | null;
  sheet?: string | null;
  created_at: string;
  by?: string | null;
}
export interface Reject {
  row: number;
  column?: string | null;
  reason: string;
  sample?: string | null;
}
export interface ImportCheck {
  data: Import;
  sample?: Feedback[];
  rejects?: Reject[];
  n_rejects?: number;
  /** the file is large: counted on its beginning */
  estimated?: boolean;
}

export interface ApiKey {
  id: Id;
  name: string;
  scopes: string[];
  prefix?: string | null;
  tail?: string | null;
  created_at?: string;
  expires_at?: string | null;
  revoked_at?: string | null;
  last_used_at?: string | null;
  by?: string | null;
  key?: string;
}

export type Role = 'owner' | 'admin' | 'analyst' | 'agent' | 'viewer';
export interface ScopeRule {
  dimension: string;
  values: string[];
}
export interface Member {
  id: Id;
  email: string;
  name?: string | null;
  role: Role;
  scope?: ScopeRule[] | null;
  state?: 'active' | 'deactivated' | 'invited';
  last_seen_at?: string | null;
  created_at?: string | null;
}

export interface TaxonomyDimension {
  code: string;
  name: string;
  weight?: number | null;
  synonyms?: string[];
  hidden?: boolean;
  merged_into?: string | null;
}
export interface Taxonomy {
  industry: string;
  version?: number;
  dimensions: TaxonomyDimension[];
}
export interface Industry {
  code: string;
  name: string;
}

export interface Status {
  version: string;
  uptime_s: number;
  store?: Record<string, unknown> | string | null;
  facts?: Record<string, unknown> | null;
  search?: Record<string, unknown> | null;
  model?: { name: string; card?: Record<string, unknown> | string | null } | null;
  queues?: { name?: string; lane?: string; waiting?: number; running?: number; parked?: number; oldest_s?: number | null; oldest_at?: string | null }[];
  jobs?: { parked: number } | null;
  disk?: { free_bytes?: number; total_bytes?: number; used_bytes?: number; path?: string } | null;
}
export interface Job {
  id: Id | number;
  event?: string;
  problem?: string | null;
  n?: number;
  created_at?: string | null;
  kind?: string;
  name?: string;
  state?: string;
  attempts?: number;
  error?: string | null;
  at?: string | null;
  next_at?: string | null;
}
export interface AuditEntry {
  seq: number;
  at: string;
  actor?: string | null;
  action: string;
  subject?: string | null;
  detail?: unknown;
}
