// SPDX-License-Identifier: Apache-2.0
// What one made-up workspace holds beside its feedback.
import { company, NAMES } from './data.mjs';

const HOUR = 3600e3;
const iso = (ms) => new Date(ms).toISOString().replace(/\.\d+Z/, 'Z');

export const ALL = ['feedback:read', 'feedback:write', 'feedback:delete', 'import:write', 'export:read', 'customer:read', 'customer:write', 'personal:read', 'event:write', 'taxonomy:write', 'webhook:write', 'key:write', 'user:write', 'audit:read', 'system:read', 'system:write', 'workspace:write'];

function mapping() {
  const c = (column, role, meaning, filled, sample, used = true) => ({ file: '天猫评价.xlsx', column, role, meaning, filled, used, sample });
  return [c('评价内容', 'text', '评价内容', 0.97, '香气很足，泡开家里人都说好'), c('评分', 'score', '评分', 1, '5'), c('评价时间', 'time', '时间', 1, '2026-11-12 09:31'), c('订单编号', 'order', '订单编号', 1, '2038114500127'), c('商品名称', 'product', '商品', 1, '高山乌龙 250g'),
    c('收货省份', 'region', '省份', 0.88, '浙江'), c('买家昵称', 'customer', '顾客', 1, 't***7'), c('追评', 'follow_up', '追评', 0.08, '又回购了'), c('商家回复', 'reply', '商家回复', 0.41, '感谢支持'), c('图片链接', 'ignore', '不用', 0.2, '（链接）', false)];
}

export function makeImport(uuid, name, bytes, state, now) {
  return { id: uuid(), file_name: name, bytes, state, mapping: mapping(), understood: { kind: 'reviews', channel: 'tmall', platform: '天猫评价', rows: 1284, text_column: '评价内容', time_column: '评价时间', notes: ['“评价时间”按东八区读。', '37 行是系统默认好评，计数但不计分。'] },
    counts: state === 'uploaded' ? null : { read: 1284, created: 1190, updated: 41, unchanged: 36, rejected: 3, duplicate: 14 }, progress: null, errors_url: null, report_url: null, created_at: iso(now), by: 'wangfang@shop.example' };
}

export function makeWorld(kind, now = Date.now()) {
  const empty = kind === 'empty';
  const { feedback, customers, uuid } = company(7, empty ? 1 : 1800, now);
  if (empty) { feedback.length = 0; customers.length = 0; }
  const imports = empty ? [] : [makeImport(uuid, '天猫评价-11月.xlsx', 482133, 'done', now - 30 * HOUR), makeImport(uuid, '京东评价.csv', 120449, 'checked', now - 50 * HOUR), makeImport(uuid, '旧系统导出.xls', 99021, 'undone', now - 400 * HOUR), makeImport(uuid, '美团点评.xls', 88012, 'failed', now - 600 * HOUR)];
  if (imports[0]) {
    imports[0].errors_url = `/api/v1/imports/${imports[0].id}/errors.csv`;
    imports[0].report_url = `/api/v1/imports/${imports[0].id}/report.html`;
    for (const f of feedback.slice(0, 40)) if (f.source === 'import') f.import_id = imports[0].id;
    imports[3].problem = '第 812 行之后文件不完整';
  }
  const users = [{ id: uuid(), email: 'wangfang@shop.example', name: '王芳', role: 'owner', scope: [], state: 'active', last_seen_at: iso(now - 60e3), created_at: iso(now - 3000 * HOUR) }];
  if (!empty) users.push({ id: uuid(), email: 'lijing@shop.example', name: '李静', role: 'analyst', scope: [], state: 'active', last_seen_at: iso(now - 5 * HOUR), created_at: iso(now - 2000 * HOUR) },
    { id: uuid(), email: 'kefu.xihu@shop.example', name: '陈强', role: 'agent', scope: [{ dimension: 'attr.store', values: ['西湖店'] }], state: 'active', last_seen_at: iso(now - 80 * HOUR), created_at: iso(now - 900 * HOUR) },
    { id: uuid(), email: 'caiwu@shop.example', name: null, role: 'viewer', scope: [], state: 'invited', last_seen_at: null, created_at: iso(now - 20 * HOUR) });
  const keys = empty ? [] : [{ id: uuid(), name: '官网表单', scopes: ['feedback:write'], tail: '4f2a', created_at: iso(now - 700 * HOUR), expires_at: null, last_used_at: iso(now - 120e3), by: 'wangfang@shop.example' }, { id: uuid(), name: '数据仓库', scopes: ['feedback:read', 'export:read'], tail: '91bc', created_at: iso(now - 200 * HOUR), expires_at: iso(now + 2000 * HOUR), last_used_at: null, by: 'lijing@shop.example' }];
  const taxonomy = { industry: 'e-commerce', version: 4, dimensions: Object.entries(NAMES).map(([code, name], i) => ({ code, name: name[0], weight: [14, 16, 9, 15, 10, 8, 10, 8, 5, 2, 3][i], synonyms: code === 'logistics' ? ['快递', '配送时效'] : code === 'taste' ? ['口感', '味道'] : [], hidden: false, merged_into: null })) };
  const jobs = empty ? [] : [{ id: 17, event: 'webhook.deliver', problem: 'https://crm.shop.example 没有应答（连接超时）', attempts: 8, n: 1, created_at: iso(now - 3 * HOUR) }];
  const audit = [];
  const log = (actor, action, subject, detail, at = Date.now()) => audit.unshift({ seq: audit.length + 1, at: iso(at), actor, action, subject, detail });
  for (let i = 0; i < (empty ? 1 : 64); i++) {
    const [a, s, d] = [['session.start', '浏览器', { peer: '192.168.1.23' }], ['feedback.correct', 'sentiment', { from: 'neu', to: 'neg' }], ['import.start', '天猫评价-11月.xlsx', { rows: 1284 }], ['key.create', '数据仓库', { scopes: ['feedback:read'] }], ['user.role', 'lijing@shop.example', { from: 'viewer', to: 'analyst' }]][i % 5];
    log(i % 3 ? 'lijing@shop.example' : 'wangfang@shop.example', a, s, d, now - (64 - i) * 5 * HOUR);
  }
  const world = { kind, now, feedback, customers, uuid, imports, users, keys, taxonomy, jobs, audit, log, views: empty ? [] : [{ id: uuid(), name: '西藏青海的物流', query: 'period=30d&filter[attr.region][in]=西藏,青海&filter[dimension][in]=logistics', shared: true, by: '王芳' }], listeners: new Set(), workspace: { id: uuid(), name: empty ? '新开的店' : '山里茶铺', time_zone: 'Asia/Shanghai', industry: 'e-commerce' },
    identities: new Map(), merges: new Map(),
    publish(event, data) { for (const res of world.listeners) res.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`); } };
  return world;
}
