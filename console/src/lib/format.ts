// SPDX-License-Identifier: Apache-2.0
// Numbers, times and names as the design wants them.
import { shallowRef } from 'vue';
import { lang, t, word } from '@/i18n';
import { zone } from '@/api/session';
import type { Interval } from '@/api/types';

export const SMALL = 30; // below: shown, never judged
const NBSP = '\u00a0';
export const DASH = '–';

function locale(): string {
  return lang.value === 'zh' ? 'zh-CN' : 'en-GB';
}

export function whole(n: number | null | undefined): string {
  if (n === null || n === undefined) return DASH;
  if (lang.value === 'zh' && n >= 10_000) return `${(n / 10_000).toFixed(n >= 100_000 ? 0 : 1)}${NBSP}万`;
  return Math.round(n).toLocaleString('en-GB');
}

export function exact(n: number | null | undefined): string {
  return n === null || n === undefined ? DASH : n.toLocaleString('en-GB');
}

export function score(value: number | null | undefined): string {
  return value === null || value === undefined ? DASH : value.toFixed(1);
}

export function plusMinus(interval: Interval | null | undefined, digits = 2): string {
  return interval ? `±${((interval[1] - interval[0]) / 2).toFixed(digits)}` : '';
}

export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined) return DASH;
  const p = share * 100;
  return `${p > 0 && p < 1 ? '<1' : Math.round(p)}${NBSP}%`;
}

export function signed(value: number, digits = 0): string {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : `${value > 0 ? '+' : '−'}${text}`;
}

export function bytes(n: number | null | undefined): string {
  if (n === null || n === undefined) return DASH;
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let i = 0;
  let v = n;
  while (v >= 1024 && i < units.length - 1) {
    v /= 1024;
    i++;
  }
  return `${v < 10 && i > 0 ? v.toFixed(1) : Math.round(v)}${NBSP}${units[i]}`;
}

export function span(seconds: number): string {
  const m = Math.floor(seconds / 60);
  return t.time.span(Math.floor(m / 1440), Math.floor(m / 60) % 24, m % 60);
}

const formats = new Map<string, Intl.DateTimeFormat>();
function format(key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${key} ${locale()} ${zone.value}`;
  let f = formats.get(name);
  if (!f) {
    try {
      f = new Intl.DateTimeFormat(locale(), { timeZone: zone.value, ...options });
    } catch {
      f = new Intl.DateTimeFormat(locale(), options); // a zone the browser does not know
    }
    formats.set(name, f);
  }
  return f;
}

export function dateTime(iso: string | null | undefined, dateOnly = false): string {
  if (!iso) return DASH;
  if (/^\d{4}-\d\d-\d\d$/.test(iso)) return dayName(iso, true);
  const d = new Date(iso);
  if (Number.isNaN(d.getTime())) return iso;
  const day: Intl.DateTimeFormatOptions = { year: 'numeric', month: lang.value === 'zh' ? 'numeric' : 'short', day: 'numeric' };
  return dateOnly ? format('d', day).format(d) : format('dt', { ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(d);
}

/** “11月16日”, “16 Nov” of a workspace day “2026-11-16”. */
export function dayName(day: string | undefined, withYear = false): string {
  if (!day) return DASH;
  const [y, m, d] = day.split('-').map(Number);
  if (!y || !m) return day;
  if (lang.value === 'zh') return `${withYear ? `${y}年` : ''}${m}月${d ? `${d}日` : ''}`;
  const month = new Date(Date.UTC(y, m - 1, 1)).toLocaleString('en-GB', { month: 'short', timeZone: 'UTC' });
  return `${d ? `${d} ` : ''}${month}${withYear || !d ? ` ${y}` : ''}`;
}

export function ago(iso: string | null | undefined, now: number, dateOnly = false): string {
  if (!iso) return DASH;
  const minutes = Math.floor((now - Date.parse(iso)) / 60_000);
  if (Number.isNaN(minutes)) return iso;
  if (dateOnly || minutes < -5 || minutes >= 7 * 1440) {
    const sameYear = localDay(new Date(iso)).slice(0, 4) === localDay(new Date(now)).slice(0, 4);
    return dayName(localDay(new Date(iso)), !sameYear);
  }
  if (minutes < 1) return t.time.now;
  if (minutes < 60) return t.time.minutes(minutes);
  return minutes < 1440 ? t.time.hours(Math.floor(minutes / 60)) : t.time.days(Math.floor(minutes / 1440));
}

/** “2026-11-16”: the day in the workspace's zone. */
export function localDay(date: Date): string {
  let f = formats.get(`iso ${zone.value}`);
  if (!f) {
    const options: Intl.DateTimeFormatOptions = { year: 'numeric', month: '2-digit', day: '2-digit' };
    try {
      f = new Intl.DateTimeFormat('en-CA', { timeZone: zone.value, ...options });
    } catch {
      f = new Intl.DateTimeFormat('en-CA', options);
    }
    formats.set(`iso ${zone.value}`, f);
  }
  return f.format(date);
}

export function addDays(day: string, n: number): string {
  const d = new Date(`${day}T00:00:00Z`);
  d.setUTCDate(d.getUTCDate() + n);
  return d.toISOString().slice(0, 10);
}

export const channelName = (code: string | null | undefined): string => word(t.channels, code) || t.common.unknown;
/** The workspace's own names of the dimensions of feedback, by code; filled by lib/dimensions. */
export const ownNames = shallowRef<Record<string, string>>({});
export const dimensionName = (code: string, name?: string | null): string => name || ownNames.value[code] || word(t.dimension, code);

/** What one may see of who a customer is: the name, else the last digits. */
export function customerTail(c: { tail?: string | null; phone?: string | null } | null | undefined): string {
  return c?.tail || c?.phone?.replace(/\D/g, '').slice(-4) || '';
}

/** Anything a correction or a history can hold, in words. */
export function valueName(field: string, value: unknown): string {
  if (value === null || value === undefined || value === '') return t.feedback.emptyValue;
  if (field === 'urgency') return word(t.urgency, String(value));
  if (field === 'sentiment' || field === 'polarity') return word(t.polarity, String(value));
  if (field === 'validity') return word(t.validity, String(value));
  if (field === 'channel') return channelName(String(value));
  if (Array.isArray(value)) {
    const names = value.map((v: unknown) => {
      const d = v as { code?: string; name?: string; polarity?: string };
      return d?.code ? `${dimensionName(d.code, d.name)} ${word(t.polarity, d.polarity)}` : String(v);
    });
    return names.join('、') || t.feedback.emptyValue;
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
