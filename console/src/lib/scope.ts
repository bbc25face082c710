// SPDX-License-Identifier: Apache-2.0
// What is looked at stands in the address, in the words of the API: period, compare, q, filter[field][op].
// So a link shows a colleague the same thing, and a figure's `filter` is a link to the feedback behind it.
import { computed, type ComputedRef } from 'vue';
import { useRoute, useRouter, type LocationQuery, type LocationQueryRaw, type RouteLocationRaw } from 'vue-router';
import type { Query } from '@/api/client';
import { addDays, dayName, localDay } from './format';
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

const DAY = /^\d{4}-\d\d-\d\d$/;
const FROM = 'filter[occurred_at][gte]';
const BEFORE = 'filter[occurred_at][lt]';

/** The period of an address: said as such, or as the two days that the link of a figure brings. */
export function effectivePeriod(query: LocationQuery | LocationQueryRaw): string {
  if (text(query.period)) return text(query.period);
  const [from, before] = [text(query[FROM]), text(query[BEFORE])];
  return DAY.test(from) && DAY.test(before) ? `${from}..${addDays(before, -1)}` : '';
}

/** The conditions that are not the period. */
export function otherConditions(query: LocationQuery | LocationQueryRaw): Condition[] {
  const asPeriod = !text(query.period) && effectivePeriod(query) !== '';
  return conditions(query).filter((c) => !asPeriod || c.field !== 'occurred_at');
}

export function periodName(period: string): string {
  const days = /^(\d{1,4})d$/.exec(period);
  if (days) return t.time.last(Number(days[1]));
  const range = periodDays(period);
  return range ? t.time.range(dayName(range.from), dayName(range.to)) : t.time.allTime;
}

function filters(query: LocationQuery): Query {
  return Object.fromEntries(otherConditions(query).map((c) => [conditionKey(c.field, c.op), c.value]));
}

/** For GET /overview and its kin. */
export function figuresQuery(query: LocationQuery): Query {
  return { ...filters(query), period: effectivePeriod(query) || DEFAULT_PERIOD, compare: text(query.compare) || 'previous' };
}

/** For GET /feedback, which knows instants, not periods. */
export function listQuery(query: LocationQuery): Query {
  const days = periodDays(effectivePeriod(query));
  const bounds: Query = days ? { [FROM]: days.from, [BEFORE]: addDays(days.to, 1) } : {};
  return { ...bounds, ...filters(query), q: text(query.q), sort: text(query.sort) };
}

export function parseQuery(filter: string): LocationQueryRaw {
  return Object.fromEntries(new URLSearchParams(filter.replace(/^\?/, '')));
}

/** Where a figure leads: its own filter if the server said one, else what is in the address and `extra`. */
export function behind(query: LocationQuery, filter: string | undefined, extra: Record<string, string> = {}): RouteLocationRaw {
  if (filter !== undefined) return { path: '/feedback', query: parseQuery(filter) };
  const bounded = Object.keys(extra).some((key) => key.startsWith('filter[occurred_at]'));
  return { path: '/feedback', query: { ...(filters(query) as LocationQueryRaw), ...(bounded ? {} : { period: effectivePeriod(query) || DEFAULT_PERIOD }), ...extra } };
}

/** The list behind one figure, narrowed further. */
export function narrowed(query: LocationQuery, filter: string | undefined, extra: Record<string, string>): RouteLocationRaw {
  return filter === undefined ? behind(query, undefined, extra) : { path: '/feedback', query: { ...parseQuery(filter), ...extra } };
}

export function bucketBounds(start: string, bucket: string): Record<string, string> {
  let end = addDays(start, bucket === 'week' ? 7 : 1);
  if (bucket === 'month') {
    const [y, m] = start.split('-').map(Number);
    end = `${m === 12 ? y + 1 : y}-${String(m === 12 ? 1 : m + 1).padStart(2, '0')}-01`;
  }
  const first = start.length === 7 ? `${start}-01` : start;
  return { [FROM]: first, [BEFORE]: end };
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
    list: computed(() => otherConditions(route.query)),
    period: computed(() => effectivePeriod(route.query)),
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
  // A customer or an import is looked at in the list only.
  return Object.fromEntries(Object.entries(query).filter(([key]) => key === 'period' || key === 'compare' || (KEY.test(key) && !/^filter\[(customer_id|import_id)\]/.test(key))));
}
