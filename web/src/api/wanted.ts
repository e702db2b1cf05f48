/**
 * What pages show as soon as the API gives it. Each field is optional here, is left out of the page while it is absent, and is
 * never computed in the browser. When openapi.yaml has one: `npm run api`, and take its line away.
 */
import type { Schema } from './client';

export interface WantedFigures {
  /** Input and output together. */
  tokens?: number | null;
  /** By currency; empty where requests are unknown or none. */
  cost_per_thousand?: Schema['Cost'][];
}
/** Per mille against the period before, same elapsed part; null: nothing is known of it. */
export interface Changes {
  cost: number | null;
  requests: number | null;
  tokens: number | null;
  cost_per_thousand: number | null;
}
export interface KeyCounts {
  total: number;
  valid: number;
  valid_but_restricted: number;
  rate_limited: number;
  unreachable: number;
  invalid: number;
  unknown: number;
}
export interface Gap {
  provider: string;
  from: string;
  to: string;
  cause: string;
}
export interface WantedReport {
  changes?: Changes;
  previous_from?: string;
  previous_to?: string;
  key_counts?: KeyCounts;
  gaps?: Gap[];
  complete_until?: string | null;
}
export interface WantedList {
  /** Rows under these filters, and without them. */
  count?: number;
  all_count?: number;
}
export type Figures = Schema['Figures'] & WantedFigures;
export type Report = Omit<Schema['UsageReport'], 'problems'> & WantedReport & { problems: UsageProblem[] };
export type UsageProblem = Schema['UsageProblem'] & { title?: string; action_url?: string | null };
export type Account = Schema['Account'] & { cost?: Schema['Cost'][]; worst_status?: Schema['KeyStatus'] | null };
export type ProviderKey = Schema['ProviderKey'] & { account_name?: string; admin_key_name?: string | null };
export type KeyFigures = Schema['KeyFigures'] & WantedFigures & { last_used_at?: string | null };
export type AuditLine = Schema['AuditLine'] & { subject_name?: string | null };
