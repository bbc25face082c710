// SPDX-License-Identifier: Apache-2.0
// Enough arithmetic to answer as the server does. Intervals are plain normal ones: the real ones are the server's business.
import { ISSUES, NAMES } from './data.mjs';

const DAY = 86400e3;
const ZONE_MS = 8 * 3600e3; // the mock shop lives at UTC+8
export const dayOf = (iso) => new Date(Date.parse(iso) + ZONE_MS).toISOString().slice(0, 10);
const addDays = (day, n) => new Date(Date.parse(`${day}T00:00:00Z`) + n * DAY).toISOString().slice(0, 10);

export function fieldOf(f, field) {
  if (field.startsWith('attr.')) return f.attributes[field.slice(5)];
  const a = f.analysis;
  switch (field) {
    case 'sentiment': return a?.sentiment;
    case 'urgency': return a?.urgency;
    case 'validity': return a?.validity;
    case 'dimension': return a?.dimensions.map((d) => d.code) ?? [];
    case 'score': return a?.satisfaction;
    case 'customer_id': return f.customer?.id;
    default: return f[field] ?? f.attributes[field];
  }
}

/** Conditions of a query string; throws {name} on a key that is not known. */
export function conditionsOf(params, known) {
  const list = [];
  for (const [key, value] of params) {
    const m = /^filter\[([^\]]+)\]\[([a-z]+)\]$/.exec(key);
    if (m) list.push({ field: m[1], op: m[2], value });
    else if (!known.includes(key)) throw Object.assign(new Error(key), { name400: key });
  }
  return list;
}

export function matches(f, list) {
  const dims = list.filter((c) => c.field === 'dimension').flatMap((c) => c.value.split(','));
  return list.every((c) => {
    if (c.field === 'polarity') return (f.analysis?.dimensions ?? []).some((d) => c.value.split(',').includes(d.polarity) && (!dims.length || dims.includes(d.code)));
    const v = c.field === 'occurred_at' ? dayOf(f.occurred_at) : fieldOf(f, c.field);
    if (v === undefined || v === null) return false;
    if (c.op === 'gte') return typeof v === 'number' ? v >= Number(c.value) : v >= c.value;
    if (c.op === 'lt') return typeof v === 'number' ? v < Number(c.value) : v < c.value;
    const wanted = c.op === 'in' ? c.value.split(',') : [c.value];
    return (Array.isArray(v) ? v : [String(v)]).some((x) => wanted.includes(x));
  });
}

export function periodOf(text, now) {
  const range = /^(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)$/.exec(text);
  if (range) return { from: range[1], to: range[2] };
  const days = Number(/^(\d+)d$/.exec(text)?.[1] ?? 30);
  const to = dayOf(new Date(now).toISOString());
  return { from: addDays(to, 1 - days), to };
}
const inside = (f, p) => { const d = dayOf(f.occurred_at); return d >= p.from && d <= p.to; };

export function meanOf(values) {
  const n = values.length;
  if (!n) return { value: null, interval: null, n: 0 };
  const value = values.reduce((a, b) => a + b, 0) / n;
  const sd = Math.sqrt(values.reduce((a, b) => a + (b - value) ** 2, 0) / Math.max(1, n - 1));
  const half = n > 1 ? (1.96 * sd) / Math.sqrt(n) : 2;
  return { value, interval: [Math.max(1, value - half), Math.min(5, value + half)], n };
}
function verdict(a, b) {
  if (!a.interval || !b?.interval || a.n < 30 || b.n < 30) return 'unknown';
  return a.interval[0] > b.interval[1] ? 'up' : a.interval[1] < b.interval[0] ? 'down' : 'same';
}
const satisfactionOf = (list) => meanOf(list.flatMap((f) => f.analysis?.satisfaction ?? []));
const count = (list, test) => list.reduce((n, f) => n + (test(f) ? 1 : 0), 0);

function npsOf(list) {
  const values = list.flatMap((f) => f.scores.filter((s) => s.metric === 'nps').map((s) => s.value));
  const n = values.length;
  if (!n) return null;
  const promoters = values.filter((v) => v >= 9).length, detractors = values.filter((v) => v <= 6).length;
  const value = ((promoters - detractors) / n) * 100;
  const half = 196 * Math.sqrt(Math.max(0, (promoters + detractors) / n - (value / 100) ** 2) / n);
  return { value, interval: [value - half, value + half], n, promoters, passives: n - promoters - detractors, detractors };
}

const query = (list, period, extra) => {
  const params = new URLSearchParams(list.map((c) => [`filter[${c.field}][${c.op}]`, c.value]));
  if (period) { params.set('filter[occurred_at][gte]', period.from); params.set('filter[occurred_at][lt]', addDays(period.to, 1)); }
  for (const [k, v] of extra) params.set(k, v);
  return params.toString();
};

export function overview(all, params, now, l) {
  const list = conditionsOf(params, ['period', 'compare']);
  const period = periodOf(params.get('period') ?? '30d', now);
  const days = Math.round((Date.parse(period.to) - Date.parse(period.from)) / DAY) + 1;
  const before = params.get('compare') === 'none' ? null : { from: addDays(period.from, -days), to: addDays(period.from, -1) };
  const fit = all.filter((f) => matches(f, list));
  const cur = fit.filter((f) => inside(f, period)), prev = before ? fit.filter((f) => inside(f, before)) : [];
  const sentiment = (x) => ({ pos: count(x, (f) => f.analysis?.sentiment === 'pos'), neu: count(x, (f) => f.analysis?.sentiment === 'neu'), neg: count(x, (f) => f.analysis?.sentiment === 'neg'), unknown: count(x, (f) => !f.analysis) });
  const sat = satisfactionOf(cur), satPrev = satisfactionOf(prev), nps = npsOf(cur), npsPrev = npsOf(prev);
  const dims = (x, code) => x.flatMap((f) => (f.analysis?.dimensions ?? []).filter((d) => d.code === code).map((d) => ({ f, d })));
  const dimensions = Object.keys(NAMES).map((code) => {
    const here = dims(cur, code), there = dims(prev, code);
    const s = meanOf(here.map((x) => x.f.analysis.satisfaction)), p = meanOf(there.map((x) => x.f.analysis.satisfaction));
    const of = (pol) => here.filter((x) => x.d.polarity === pol).length;
    return { code, name: NAMES[code][l], n: here.length, neg: of('neg'), neu: of('neu'), pos: of('pos'), score: s.value, interval: s.interval, previous: before ? p : null, verdict: verdict(s, p), filter: query(list, period, [['filter[dimension][in]', code]]) };
  }).filter((d) => d.n).sort((a, b) => b.n - a.n);
  const neg = cur.filter((f) => f.analysis?.sentiment === 'neg'), negPrev = prev.filter((f) => f.analysis?.sentiment === 'neg');
  const issues = Object.keys(ISSUES).map((code) => {
    const here = dims(neg, code).filter((x) => x.d.polarity === 'neg'), there = dims(negPrev, code).filter((x) => x.d.polarity === 'neg');
    const share = here.length / (neg.length || 1), ofAll = here.length / (cur.length || 1), was = there.length / (prev.length || 1);
    const regions = Object.entries(here.reduce((m, x) => ({ ...m, [x.f.attributes.region]: (m[x.f.attributes.region] ?? 0) + 1 }), {})).sort((a, b) => b[1] - a[1]);
    const where = here.length > 15 && regions[0][1] / here.length > 0.2 ? { dimension: 'region', value: regions[0][0] } : null;
    return { code, name: ISSUES[code][l], n: here.length, share, share_of_texts: ofAll, change: before ? ofAll - was : null, verdict: Math.abs(ofAll - was) > 0.05 && here.length > 20 ? (ofAll > was ? 'up' : 'down') : 'same', where,
      quotes: here.slice(0, 2).map((x) => ({ id: x.f.id, text: x.f.text, ...{ start: x.d.evidence.start, end: x.d.evidence.end } })), filter: query(list, period, [['filter[dimension][in]', code], ['filter[polarity][in]', 'neg']]) };
  }).filter((i) => i.n).sort((a, b) => b.n - a.n).slice(0, 6);
  const channels = [...new Set(cur.map((f) => f.channel))].map((value) => {
    const s = satisfactionOf(cur.filter((f) => f.channel === value));
    return { value, n: count(cur, (f) => f.channel === value), score: s.value, interval: s.interval, filter: query(list, period, [['filter[channel][in]', value]]) };
  }).sort((a, b) => b.n - a.n);
  const bucket = days > 45 ? 'week' : 'day';
  const trend = [];
  for (let d = period.from; d <= period.to; d = addDays(d, bucket === 'week' ? 7 : 1)) {
    const end = addDays(d, bucket === 'week' ? 6 : 0);
    const x = cur.filter((f) => { const k = dayOf(f.occurred_at); return k >= d && k <= end; });
    const s = satisfactionOf(x);
    trend.push({ [bucket]: d, n: x.length, score: s.value, interval: s.interval, neg_share: x.length ? count(x, (f) => f.analysis?.sentiment === 'neg') / x.length : null });
  }
  const urgent = cur.filter((f) => f.analysis?.urgency === 2);
  return { period, previous: before, as_of: period.to, thin: cur.length < 100, volume: { n: cur.length, previous: before ? prev.length : null, filter: query(list, period, []) },
    satisfaction: { ...sat, previous: before ? satPrev : null, verdict: verdict(sat, satPrev) }, nps: nps && { ...nps, previous: npsPrev, verdict: 'same' }, csat: null, ces: null,
    sentiment: { ...sentiment(cur), previous: before ? sentiment(prev) : null }, urgent: { n: urgent.length, unanswered: count(urgent, (f) => !f.reply), filter: query(list, period, [['filter[urgency][in]', '2']]) }, dimensions, issues, channels, trend, trend_bucket: bucket };
}

export const DIMENSIONS = [['channel', '渠道', 'Channel'], ['product', '商品', 'Product'], ['dimension', '维度', 'Dimension'], ['sentiment', '情感', 'Sentiment'], ['attr.region', '省份', 'Region'], ['attr.store', '门店', 'Store'], ['attr.member_level', '会员等级', 'Member level']];

export function crosstab(all, params, now, l) {
  const list = conditionsOf(params, ['rows', 'columns', 'measure', 'period', 'compare']);
  const period = periodOf(params.get('period') ?? '30d', now), measure = params.get('measure') ?? 'satisfaction';
  const fit = all.filter((f) => matches(f, list) && inside(f, period));
  const valuesOf = (f, d) => { const v = fieldOf(f, d); return v === undefined || v === null ? [] : (Array.isArray(v) ? v : [String(v)]); };
  const values = (d) => { const m = new Map(); for (const f of fit) for (const v of valuesOf(f, d)) m.set(v, (m.get(v) ?? 0) + 1); return [...m].sort((a, b) => b[1] - a[1]).slice(0, 20).map((x) => x[0]); };
  const r = params.get('rows'), c = params.get('columns'), rows = values(r), columns = values(c);
  const named = (d, v) => ({ value: v, name: d === 'dimension' ? NAMES[v]?.[l] ?? v : v });
  const cell = (x, extra) => {
    if (!x.length) return null;
    const neg = count(x, (f) => f.analysis?.sentiment === 'neg') / x.length;
    const m = measure === 'volume' ? { value: x.length, interval: null } : measure === 'neg_share' ? { value: neg, interval: [Math.max(0, neg - 1.96 * Math.sqrt((neg * (1 - neg)) / x.length)), neg + 1.96 * Math.sqrt((neg * (1 - neg)) / x.length)] } : measure === 'nps' ? npsOf(x) ?? { value: null, interval: null } : satisfactionOf(x);
    return { value: m.value, interval: m.interval, n: x.length, filter: query(list, period, extra) };
  };
  const has = (f, d, v) => valuesOf(f, d).includes(v), key = (d) => `filter[${d}][in]`;
  return { rows: rows.map((v) => named(r, v)), columns: columns.map((v) => named(c, v)),
    cells: rows.map((rv) => columns.map((cv) => cell(fit.filter((f) => has(f, r, rv) && has(f, c, cv)), [[key(r), rv], [key(c), cv]]))),
    totals: { rows: rows.map((v) => cell(fit.filter((f) => has(f, r, v)), [[key(r), v]])), columns: columns.map((v) => cell(fit.filter((f) => has(f, c, v)), [[key(c), v]])), all: cell(fit, []) } };
}
