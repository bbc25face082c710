// SPDX-License-Identifier: Apache-2.0
// The title of the overview states what was found; nothing is claimed that is not significant.
import type { Overview, TrendPoint } from '@/api/types';
import { t } from '@/i18n';
import { filterField, valueLabel } from './dimensions';
import { dayName, exact, percent, score } from './format';

const THIN = 100;

export function overviewFinding(o: Overview): string {
  if (!o.volume.n) return t.overview.none;
  const s = o.satisfaction;
  if (o.volume.n < THIN && o.thin !== false) return t.overview.thin(exact(o.volume.n));
  const before = s.previous?.value ?? null;
  let text = '';
  if (s.value !== null) {
    if (before === null) text = t.overview.single(score(s.value));
    else if (s.verdict === 'up' || s.verdict === 'down') text = t.overview.down(score(before), score(s.value));
    else text = s.verdict === 'same' ? t.overview.same(score(s.value)) : t.overview.single(score(s.value));
  }
  const issue = o.issues[0];
  if (!issue) return text || t.overview.single(score(s.value));
  const grew = issue.verdict === 'up' && issue.change ? t.overview.issueGrew(issue.name, percent(issue.share), String(Math.round(issue.change * 100))) : t.overview.issueIn(issue.name, percent(issue.share));
  const where = issue.where ? `${t.overview.comma}${t.overview.whereIs(valueLabel(filterField(issue.where.dimension), issue.where.value))}` : '';
  return [text, grew + where].filter(Boolean).join(t.overview.semicolon);
}

export function trendFinding(points: TrendPoint[]): string {
  const known = points.filter((p) => p.score !== null && p.interval && p.n > 1);
  if (known.length < 2) return t.overview.trend;
  const low = known.reduce((a, b) => ((b.score ?? 0) < (a.score ?? 0) ? b : a));
  const high = known.reduce((a, b) => ((b.score ?? 0) > (a.score ?? 0) ? b : a));
  if ((low.interval?.[1] ?? 5) >= (high.interval?.[0] ?? 1)) return t.overview.trendFlat;
  const at = (p: TrendPoint): string => dayName(p.day ?? p.week ?? p.month);
  return t.overview.trendMove(score(low.score), at(low), score(high.score), at(high));
}
