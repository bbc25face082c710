// SPDX-License-Identifier: Apache-2.0
import { conditionsOf, crosstab, DIMENSIONS, fieldOf, matches, meanOf, overview } from './figures.mjs';
import { company, NAMES } from './data.mjs';
import { ALL, makeImport } from './world.mjs';

const stamp = () => new Date().toISOString().replace(/\.\d+Z/, 'Z');
const me = (w) => w.users[0];
const LIST_KEYS = ['q', 'sort', 'limit', 'cursor'];

function sessionOf(c) {
  const viewer = c.mode === 'viewer', u = me(c.world);
  return { user: { id: u.id, email: u.email, name: u.name, role: viewer ? 'viewer' : u.role, lang: null }, workspace: c.world.workspace, workspaces: [c.world.workspace, { id: 'other', name: '测试工作区' }],
    permissions: viewer ? ['feedback:read'] : ALL, csrf_token: 'csrf-mock', features: { model: 'quick-1', postgres: false }, version: '0.1.0' };
}
const signIn = (c, status) => c.reply(status, sessionOf(c), { 'Set-Cookie': 'hs_session=mock; Path=/; HttpOnly; SameSite=Lax' });

function page(c, all, limit0 = 20) {
  const limit = Number(c.query.get('limit') ?? limit0), from = Number(c.query.get('cursor') ?? 0);
  if (!(limit >= 1 && limit <= 100)) throw Object.assign(new Error('limit'), { name400: 'limit' });
  return { data: all.slice(from, from + limit), meta: { limit, next_cursor: from + limit < all.length ? String(from + limit) : null } };
}
const shown = (f, l) => { const { history, deleted, ...rest } = f; return { ...rest, analysis: f.analysis && { ...f.analysis, dimensions: f.analysis.dimensions.map((d) => ({ ...d, name: NAMES[d.code]?.[l] ?? d.code })) } }; };
const find = (c) => c.world.feedback.find((f) => f.id === c.params[0] && !f.deleted);
const missing = (c) => c.problem(404, 'not_found', c.lang === 'zh' ? '没有这一条' : 'No such record');

function listed(c) {
  const q = c.query.get('q'), sort = c.query.get('sort') ?? '-occurred_at', list = conditionsOf(c.query, LIST_KEYS);
  const words = (q ?? '').match(/-?"[^"]+"|\S+/g)?.map((w) => w.replace(/[“”"]/g, '')) ?? [];
  const fit = c.world.feedback.filter((f) => !f.deleted && matches(f, list) && words.every((w) => (w.startsWith('-') && w.length > 1 ? !f.text.includes(w.slice(1)) : f.text.includes(w))));
  const key = sort.replace('-', ''), by = (f) => (key === 'urgency' ? f.analysis?.urgency ?? 0 : f[key]);
  return fit.sort((a, b) => (by(a) < by(b) ? 1 : by(a) > by(b) ? -1 : 0) * (sort.startsWith('-') ? 1 : -1));
}

function correct(c, f, field, value) {
  const a = f.analysis, from = a[field];
  const first = f.corrections.find((x) => x.field === field);
  if (!first) (f.original ??= {})[field] = from;
  f.corrections = f.corrections.filter((x) => x.field !== field).concat({ field, from: first?.from ?? from, to: value, by: me(c.world).name, at: stamp() });
  a[field] = field === 'dimensions' ? value.map((d) => ({ ...a.dimensions.find((x) => x.code === d.code), code: d.code, polarity: d.polarity })) : value;
  f.history.push({ version: f.history.length + 1, at: stamp(), by: me(c.world).name, changes: [{ field, from, to: value }] });
}
function uncorrect(f, field) {
  if (!f.original || !(field in f.original)) return;
  f.analysis[field] = f.original[field];
  delete f.original[field];
  f.corrections = f.corrections.filter((x) => x.field !== field);
}

function customerRow(w, u) {
  const own = w.feedback.filter((f) => f.customer?.id === u.id && !f.deleted), s = meanOf(own.flatMap((f) => f.analysis?.satisfaction ?? []));
  return { id: u.id, name: u.name, tail: u.tail, first_at: own.at(-1)?.occurred_at ?? null, last_at: own[0]?.occurred_at ?? null, n: own.length, score: s.value, segments: [{ code: 'tenure', name: '新老', value: own.length > 3 ? 'returning' : 'new', label: own.length > 3 ? '老客' : '新客' }, { code: 'spend', name: '消费', value: 'mid', label: u.spend > 500 ? '高消费' : '一般消费' }] };
}

function add(w, input) {
  const made = company(Math.floor(Math.random() * 1e9), 1).feedback[0];
  const f = { ...made, ...input, id: w.uuid(), occurred_at: input.occurred_at ?? stamp(), created_at: stamp(), customer: null, analysis: { ...made.analysis, sentiment: 'neg', dimensions: [] } };
  w.feedback.unshift(f);
  w.publish('feedback.created', { ids: [f.id] });
  setTimeout(() => w.publish('feedback.analysed', { ids: [f.id], n: 1 }), 300);
  return f.id;
}

function run(c, im) {
  im.state = 'running';
  let share = 0;
  const step = setInterval(() => {
    share = Math.min(1, share + 0.12);
    im.progress = { rows: Math.round(1284 * share), share };
    if (share === 1) {
      clearInterval(step);
      Object.assign(im, { state: 'done', progress: null, errors_url: `/api/v1/imports/${im.id}/errors.csv`, report_url: `/api/v1/imports/${im.id}/report.html` });
    }
    c.world.publish('import.progress', { id: im.id, state: im.state, progress: { rows: Math.round(1284 * share), share }, counts: im.counts });
  }, 250);
}
const importOf = (c) => c.world.imports.find((i) => i.id === c.params[0]);

export const routes = [
  ['GET', /^\/setup$/, (c) => c.reply(200, { needed: c.mode === 'setup' })],
  ['POST', /^\/setup$/, async (c) => { const b = await c.json(); return b.token === 'good' ? signIn(c, 201) : c.problem(403, 'forbidden', c.lang === 'zh' ? '链接不对或已用过' : 'The link is wrong or was used'); }],
  ['POST', /^\/session$/, async (c) => {
    const b = await c.json();
    if (b.password === 'locked') return c.problem(429, 'locked', '', [], { 'Retry-After': '840' });
    return b.password === 'wrong' ? c.problem(401, 'wrong_credentials', '') : signIn(c, 201);
  }],
  ['GET', /^\/session$/, (c) => (c.signedIn ? c.reply(200, sessionOf(c)) : c.problem(401, 'unauthorised', ''))],
  ['PATCH', /^\/session$/, (c) => c.reply(200, sessionOf(c))],
  ['DELETE', /^\/session$/, (c) => c.reply(204, undefined, { 'Set-Cookie': 'hs_session=; Path=/; Max-Age=0' })],
  ['GET', /^\/links\/([^/]+)$/, (c) => (c.params[0] === 'dead' ? c.problem(404, 'not_found', '') : c.reply(200, { kind: c.params[0] === 'reset' ? 'reset' : 'invitation', email: 'caiwu@shop.example', workspace: c.world.workspace.name }))],
  ['POST', /^\/links\/([^/]+)\/accept$/, (c) => signIn(c, 201)],

  ['GET', /^\/feedback$/, (c) => { const p = page(c, listed(c)); return c.reply(200, { ...p, data: p.data.map((f) => shown(f, c.l)) }); }],
  ['POST', /^\/feedback$/, async (c) => { const b = await c.json(); return c.reply(201, { data: { id: add(c.world, b), created: true } }); }],
  ['POST', /^\/feedback\/bulk$/, async (c) => {
    const b = await c.json();
    for (const f of c.world.feedback.filter((x) => b.ids.includes(x.id))) {
      if (b.action === 'correct') b.value === null ? uncorrect(f, b.field) : correct(c, f, b.field, b.value);
      else f.deleted = b.action === 'delete';
    }
    return c.reply(200, { meta: { changed: b.ids.length } });
  }],
  ['GET', /^\/feedback\/([^/]+)\/similar$/, (c) => {
    const f = find(c);
    if (!f) return missing(c);
    const codes = f.analysis.dimensions.map((d) => d.code);
    const like = c.world.feedback.filter((x) => x !== f && !x.deleted && x.analysis.sentiment === f.analysis.sentiment && x.analysis.dimensions.some((d) => codes.includes(d.code)));
    return c.reply(200, { data: like.slice(0, Number(c.query.get('limit') ?? 5)).map((x, i) => ({ ...shown(x, c.l), score: 0.93 - i * 0.04 })) });
  }],
  ['GET', /^\/feedback\/([^/]+)$/, (c) => { const f = find(c); return f ? c.reply(200, { data: { ...shown(f, c.l), history: f.history } }) : missing(c); }],
  ['DELETE', /^\/feedback\/([^/]+)$/, (c) => { const f = find(c); if (f) f.deleted = true; return c.reply(204); }],
  ['POST', /^\/feedback\/([^/]+)\/restore$/, (c) => { for (const f of c.world.feedback) if (f.id === c.params[0]) f.deleted = false; return c.reply(200, { data: {} }); }],
  ['POST', /^\/feedback\/([^/]+)\/corrections$/, async (c) => { const b = await c.json(); correct(c, find(c), b.field, b.value); return c.reply(201, { data: shown(find(c), c.l) }); }],
  ['DELETE', /^\/feedback\/([^/]+)\/corrections\/([^/]+)$/, (c) => { uncorrect(find(c), c.params[1]); return c.reply(204); }],

  ['GET', /^\/overview$/, (c) => c.reply(200, overview(c.world.feedback.filter((f) => !f.deleted), c.query, Date.now(), c.l))],
  ['GET', /^\/crosstab$/, (c) => c.reply(200, crosstab(c.world.feedback.filter((f) => !f.deleted), c.query, Date.now(), c.l))],
  ['GET', /^\/dimensions$/, (c) => c.reply(200, {
    data: [...DIMENSIONS.map(([name, zh, en]) => {
      const n = new Map();
      for (const f of c.world.feedback) for (const v of [fieldOf(f, name) ?? []].flat()) n.set(v, (n.get(v) ?? 0) + 1);
      return { name, label: c.l ? en : zh, kind: name === 'sentiment' || name === 'dimension' ? 'class' : 'dimension', closed: null, values: [...n].sort((a, b) => b[1] - a[1]).slice(0, 200).map(([value, k]) => ({ value, n: k, name: name === 'dimension' ? NAMES[value]?.[c.l] : undefined })) };
    }), { name: 'attr.delivery_days', label: c.l ? 'Delivery days' : '配送天数', kind: 'measure', values: [], closed: null }, { name: 'order', label: c.l ? 'Order' : '订单编号', kind: 'dimension', values: [], closed: c.l ? 'too many values' : '值太多' }],
  })],
  ['GET', /^\/views$/, (c) => c.reply(200, { data: c.world.views })],
  ['POST', /^\/views$/, async (c) => { const v = { id: c.world.uuid(), by: '王芳', ...(await c.json()) }; c.world.views.push(v); return c.reply(201, { data: v }); }],
  ['DELETE', /^\/views\/([^/]+)$/, (c) => { c.world.views = c.world.views.filter((v) => v.id !== c.params[0]); return c.reply(204); }],

  ['GET', /^\/customers$/, (c) => {
    const q = c.query.get('q') ?? '';
    const rows = c.world.customers.filter((u) => !u.erased && `${u.name} ${u.tail}`.includes(q)).map((u) => customerRow(c.world, u)).sort((a, b) => b.n - a.n);
    return c.reply(200, page(c, rows));
  }],
  ['GET', /^\/customers\/([^/]+)$/, (c) => {
    const u = c.world.customers.find((x) => x.id === c.params[0]);
    if (!u) return missing(c);
    const own = c.world.feedback.filter((f) => f.customer?.id === u.id && !f.deleted);
    return c.reply(200, { data: { ...customerRow(c.world, u), feedback: own.map((f) => shown(f, c.l)), identities: [{ kind: 'phone', value: `138****${u.tail}`, first_at: own.at(-1)?.occurred_at }, { kind: 'external_id', value: `M${u.tail}08`, first_at: own.at(-1)?.occurred_at }],
      merges: [{ id: `m${u.id}`, kept: u.id, gone: 'x', at: own.at(-1)?.occurred_at ?? stamp(), by: '', because: { zh: `一条反馈同时带着手机 …${u.tail} 和会员号 M${u.tail}08`, en: `one feedback carries both phone …${u.tail} and member number M${u.tail}08` }, undone_at: u.unmerged ? stamp() : null, undone_by: u.unmerged ? '王芳' : '' }],
      events: own.slice(0, 6).flatMap((f) => [{ id: `d${f.id}`, type: 'delivery', at: f.occurred_at, order: f.order, measures: { delivery_days: f.attributes.delivery_days } }, { id: `o${f.id}`, type: 'order', at: new Date(Date.parse(f.occurred_at) - 5 * 86400e3).toISOString(), order: f.order, measures: { amount: u.spend } }]) } });
  }],
  ['POST', /^\/customers\/merge$/, (c) => c.reply(200, { data: { merge_id: 'm1' } })],
  ['POST', /^\/customers\/([^/]+)\/unmerge$/, (c) => { c.world.customers.find((x) => x.id === c.params[0]).unmerged = true; return c.reply(200, { data: {} }); }],
  ['GET', /^\/customers\/([^/]+)\/export$/, (c) => c.reply(200, { data: { customer: c.params[0] } }, { 'Content-Disposition': 'attachment; filename="customer.json"' })],
  ['POST', /^\/customers\/([^/]+)\/erase$/, (c) => { const u = c.world.customers.find((x) => x.id === c.params[0]); u.erased = true; return c.reply(200, { data: { certificate: 'ER-2026-0007', customer: u.id, erased_at: stamp(), feedback: 4, hash: 'b7c1d0e9f2' } }); }],

  ['GET', /^\/imports$/, (c) => c.reply(200, page(c, c.world.imports))],
  ['POST', /^\/imports$/, async (c) => { const bytes = await c.bytes(); const im = makeImport(c.world.uuid, decodeURIComponent(c.req.headers['x-file-name'] ?? 'file'), bytes.length, 'uploaded', Date.now()); c.world.imports.unshift(im); return c.reply(201, { data: im }); }],
  ['GET', /^\/imports\/([^/]+)\/errors\.csv$/, (c) => { c.res.writeHead(200, { 'Content-Type': 'text/csv', 'Content-Disposition': 'attachment' }); c.res.end('row,column,reason\n'); }],
  ['GET', /^\/imports\/([^/]+)\/report\.html$/, (c) => { c.res.writeHead(200, { 'Content-Type': 'text/html' }); c.res.end('<h1>report</h1>'); }],
  ['GET', /^\/imports\/([^/]+)$/, (c) => (importOf(c) ? c.reply(200, { data: importOf(c) }) : missing(c))],
  ['POST', /^\/imports\/([^/]+)\/check$/, async (c) => {
    const im = importOf(c), b = await c.json();
    for (const m of im.mapping) if (b.map?.[m.column]) Object.assign(m, { role: b.map[m.column], used: b.map[m.column] !== 'ignore', by_map: true });
    im.state = 'checked';
    im.counts = { read: 1284, created: 1190, updated: 41, unchanged: 36, rejected: 3, duplicate: 14 };
    return c.reply(200, { data: im, estimated: false, n_rejects: 3, sample: company(3, 20).feedback.map((f) => shown(f, c.l)), rejects: [{ row: 17, column: '评分', reason: '“11” 超出 1–5，保留原值并跳过计分', sample: '11' }, { row: 203, column: '评价时间', reason: '不是日期', sample: '昨天' }, { row: 811, column: '评价内容', reason: '文字超过 20,000 个字符', sample: '……' }] });
  }],
  ['POST', /^\/imports\/([^/]+)\/start$/, (c) => { run(c, importOf(c)); return c.reply(202, { data: importOf(c) }); }],
  ['POST', /^\/imports\/([^/]+)\/undo$/, (c) => { importOf(c).state = 'undone'; return c.reply(200, { data: importOf(c) }); }],

  ['GET', /^\/keys$/, (c) => c.reply(200, { data: c.world.keys })],
  ['POST', /^\/keys$/, async (c) => { const k = { id: c.world.uuid(), prefix: 'hs_key_77d0', created_at: stamp(), last_used_at: null, by: me(c.world).email, ...(await c.json()) }; c.world.keys.push(k); return c.reply(201, { data: { ...k, key: 'hs_key_77d0c1a59e3b4f6688d2' } }); }],
  ['DELETE', /^\/keys\/([^/]+)$/, (c) => { c.world.keys = c.world.keys.filter((k) => k.id !== c.params[0]); return c.reply(204); }],
  ['GET', /^\/users$/, (c) => c.reply(200, { data: c.world.users })],
  ['PATCH', /^\/users\/([^/]+)$/, async (c) => { const u = c.world.users.find((x) => x.id === c.params[0]); const { active, ...rest } = await c.json(); Object.assign(u, rest); if (active !== undefined) u.state = active ? 'active' : 'deactivated'; return c.reply(204); }],
  ['DELETE', /^\/users\/([^/]+)$/, (c) => { const u = c.world.users.find((x) => x.id === c.params[0]); if (u.state === 'invited') c.world.users = c.world.users.filter((x) => x !== u); else u.state = 'deactivated'; return c.reply(204); }],
  ['POST', /^\/users\/invite$/, async (c) => { const b = await c.json(); c.world.users.push({ id: c.world.uuid(), name: null, state: 'invited', last_seen_at: null, ...b }); return c.reply(201, { data: { link: 'http://shop.example:8080/links/inv-3fa81c0d' } }); }],
  ['POST', /^\/users\/([^/]+)\/reset$/, (c) => c.reply(201, { data: { link: 'http://shop.example:8080/links/reset' } })],
  ['GET', /^\/taxonomy$/, (c) => c.reply(200, { data: c.world.taxonomy })],
  ['PATCH', /^\/taxonomy$/, async (c) => { const x = c.world.taxonomy, b = await c.json(); c.world.taxonomyBefore = structuredClone(x); for (const d of b.dimensions ?? []) Object.assign(x.dimensions.find((y) => y.code === d.code), d); if (b.industry) x.industry = b.industry; x.version++; return c.reply(200, { data: x }); }],
  ['POST', /^\/taxonomy\/undo$/, (c) => { c.world.taxonomy = { ...c.world.taxonomyBefore, version: c.world.taxonomy.version + 1 }; return c.reply(200, { data: c.world.taxonomy }); }],
  ['GET', /^\/taxonomy\/industries$/, (c) => c.reply(200, { data: [['e-commerce', '电商', 'E-commerce'], ['restaurant', '餐饮', 'Restaurants'], ['hotel', '酒店', 'Hotels'], ['general', '通用', 'General']].map(([code, zh, en]) => ({ code, name: c.l ? en : zh })) })],
  ['GET', /^\/workspace$/, (c) => c.reply(200, { data: c.world.workspace })],
  ['PATCH', /^\/workspace$/, async (c) => { Object.assign(c.world.workspace, await c.json()); return c.reply(200, { data: c.world.workspace }); }],
  ['POST', /^\/workspace\/demo$/, (c) => { const w = c.world; w.feedback.push(...company(7, 300).feedback); setTimeout(() => w.publish('feedback.created', { ids: w.feedback.slice(0, 50).map((f) => f.id) }), 400); return c.reply(202, {}); }],
  ['GET', /^\/status$/, (c) => c.reply(200, { version: '0.1.0', uptime_s: 187_320, store: 'sqlite', facts: { behind: 0, rebuilding: false, rebuilt: 0, problem: null }, search: { documents: c.world.feedback.length, bytes: 6_291_456, problem: null },
    model: { name: 'quick-1', card: { size: '8.4 MB', languages: 'zh, en', sentiment_accuracy: 0.951, trained: '2026-11-02' } }, queues: [{ lane: 'live', waiting: 0, oldest_at: null }, { lane: 'bulk', waiting: 12, oldest_at: new Date(Date.now() - 90e3).toISOString() }],
    jobs: { parked: c.world.jobs.length }, disk: { free_bytes: 182e9, total_bytes: 256e9, path: '/var/lib/huisheng' } })],
  ['GET', /^\/jobs$/, (c) => c.reply(200, { data: c.world.jobs })],
  ['POST', /^\/jobs\/([^/]+)\/retry$/, (c) => { c.world.jobs = c.world.jobs.filter((j) => String(j.id) !== c.params[0]); return c.reply(204); }],
  ['GET', /^\/audit$/, (c) => c.reply(200, page(c, c.world.audit))],
  ['GET', /^\/audit\/verify$/, (c) => c.reply(200, { holds: true, rows: c.world.audit.length, broken_at: null, head: '' })],
  ['GET', /^\/stream$/, (c) => {
    c.res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    c.res.write(': hello\n\n');
    c.world.listeners.add(c.res);
    c.req.on('close', () => c.world.listeners.delete(c.res));
  }],
];
