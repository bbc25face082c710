// SPDX-License-Identifier: Apache-2.0
// What is looked at stands in the address, in the words of the API: period, compare, q, filter[field][op].
// So a link shows a colleague the same thing, and a figure's `filter` is a link to the feedback behind it.
import { computed, type ComputedRef } from 'vue';
import { useRoute, useRouter, type LocationQuery, type LocationQueryRaw, type RouteLocationRaw } from 'vue-router';
import type { Query } from '@/api/client';
import { addDays, dayName, dayStart, localDay } from './format';
import { t } from '@/i18n';

export interface Condition {
  field: string;
  op: string;
  value: string;
}
export const DEFAULT_PERIOD = '30d';
export const PRESETS = [7, 30, 90];

const KEY = /^filter\[([^\]]+)\]\[([a-z]+)\]$/;

function text(value: unknown): string {
  const v: unknown = Array.isArray(value) ? value[0] : value;
  return typeof v === 'string' ? v : '';
}

export function conditions(query: LocationQuery | LocationQueryRaw): Condition[] {
  return Object.entries(query).flatMap(([key, value]) => {
    const m = KEY.exec(key);
    return m && text(value) ? [{ field: m[1], op: m[2], value: text(value) }] : [];
  });
}

export function conditionKey(field: string, op: string): string {
  return `filter[${field}][${op}]`;
}

/** Days of a period like “30d” or “2026-11-01..2026-11-16”, the last one included. */
export function periodDays(period: string): { from: string; to: string } | null {
  const range = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/.exec(period);
  if (range) return { from: range[1], to: range[2] };
  const days = /^(\d{1,4})d$/.exec(period);
  if (!days) return null;
  const to = localDay(new Date());
  return { from: addDays(to, 1 - Number(days[1])), to };
}

export function periodName(period: string): string {
  const days = /^(\d{1,4})d$/.exec(period);
  if (days) return t.time.last(Number(days[1]));
  const range = periodDays(period);
  return range ? t.time.range(dayName(range.from), dayName(range.to)) : t.time.allTime;
}

function filters(query: LocationQuery): Query {
  return Object.fromEntries(conditions(query).map((c) => [conditionKey(c.field, c.op), c.value]));
}

/** For GET /overview and its kin. */
export function figuresQuery(query: LocationQuery): Query {
  return { ...filters(query), period: text(query.period) || DEFAULT_PERIOD, compare: text(query.compare) || 'previous' };
}

/** For GET /feedback, which knows instants, not periods. */
export function listQuery(query: LocationQuery): Query {
  const days = periodDays(text(query.period));
  const bounds: Query = days
    ? { [conditionKey('occurred_at', 'gte')]: dayStart(days.from), [conditionKey('occurred_at', 'lt')]: dayStart(addDays(days.to, 1)) }
    : {};
  return { ...bounds, ...filters(query), q: text(query.q), sort: text(query.sort) };
}

export function parseQuery(filter: string): LocationQueryRaw {
  return Object.fromEntries(new URLSearchParams(filter.replace(/^\?/, '')));
}

/** Where a figure leads: its own filter if the server said one, else what is in the address and `extra`. */
export function behind(query: LocationQuery, filter: string | undefined, extra: Record<string, string> = {}): RouteLocationRaw {
  if (filter !== undefined) return { path: '/feedback', query: parseQuery(filter) };
  const base: LocationQueryRaw = Object.fromEntries(conditions(query).map((c) => [conditionKey(c.field, c.op), c.value]));
  const bounded = Object.keys(extra).some((key) => key.startsWith('filter[occurred_at]'));
  return { path: '/feedback', query: { ...base, ...(bounded ? {} : { period: text(query.period) || DEFAULT_PERIOD }), ...extra } };
}

export function bucketBounds(start: string, bucket: string): Record<string, string> {
  let end = addDays(start, bucket === 'week' ? 7 : 1);
  if (bucket === 'month') {
    const [y, m] = start.split('-').map(Number);
    end = `${m === 12 ? y + 1 : y}-${String(m === 12 ? 1 : m + 1).padStart(2, '0')}-01`;
  }
  const first = start.length === 7 ? `${start}-01` : start;
  return { [conditionKey('occurred_at', 'gte')]: dayStart(first), [conditionKey('occurred_at', 'lt')]: dayStart(end) };
}

export interface Scope {
  list: ComputedRef<Condition[]>;
  period: ComputedRef<string>;
  set: (changes: Record<string, string | undefined>) => Promise<unknown>;
  /** The part of the address that a page keeps when going to another page of figures. */
  carried: ComputedRef<LocationQueryRaw>;
}

export function useScope(): Scope {
  const route = useRoute();
  const router = useRouter();
  return {
    list: computed(() => conditions(route.query)),
    period: computed(() => text(route.query.period)),
    carried: computed(() => carried(route.query)),
    set(changes) {
      const query: LocationQueryRaw = { ...route.query };
      for (const [key, value] of Object.entries(changes)) {
        if (value === undefined || value === '') delete query[key];
        else query[key] = value;
      }
      return router.push({ path: route.path, query });
    },
  };
}

export function carried(query: LocationQuery): LocationQueryRaw {
  return Object.fromEntries(Object.entries(query).filter(([key]) => key === 'period' || key === 'compare' || KEY.test(key)));
}
