// SPDX-License-Identifier: Apache-2.0
// Answers /api/v1 from a made-up company and serves dist/ under the policy of the real server, so that the console can be
// worked on and tested without it.
//
//   node mock/server.mjs [PORT]          prints the address; port 0 takes a free one
//
// The cookie `mock` changes what is answered: empty (a new workspace), error (every read fails), viewer (a role that
// may only read), setup (not set up yet), slow (each answer takes a second).
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeWorld } from './world.mjs';
import { routes } from './routes.mjs';

// A few operations of the real description: enough for the page that shows it.
const OPENAPI = { openapi: '3.1.0', info: { title: 'Huisheng', version: '0.1.0' }, paths: { '/api/v1/feedback': {
  get: { summary: 'lists feedback, newest first', 'x-summary-zh': '列出反馈，新的在前', 'x-permission': 'feedback:read', tags: ['feedback'], parameters: [{ name: 'limit', in: 'query', description: 'items a page', schema: { type: 'integer', minimum: 1, maximum: 100 } }, { name: 'q', in: 'query', schema: { type: 'string' } }], responses: { 200: { description: 'done', content: { 'application/json': { schema: { $ref: '#/components/schemas/List' } } } } } },
  post: { summary: 'writes one feedback', 'x-summary-zh': '写入一条反馈', 'x-permission': 'feedback:write', tags: ['feedback'], requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Record' } } } }, responses: { 201: { description: 'done' } } } } },
  components: { schemas: { Record: { type: 'object', required: ['text'], properties: { text: { type: 'string', maxLength: 20000 }, channel: { type: 'string' } } }, List: { type: 'object', properties: { data: { type: 'array', items: { $ref: '#/components/schemas/Record' } } } } } } };
const DIST = fileURLToPath(new URL('../dist', import.meta.url));
export const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };



function problem(res, id, status, code, detail, invalid_params = [], extra = {}) {
  res.writeHead(status, { 'Content-Type': 'application/problem+json', 'X-Request-Id': id, ...extra });
  res.end(JSON.stringify({ type: `https://huisheng.example/problems/${code}`, title: code, status, detail, code, requestId: id, invalid_params }));
}

function cookies(req) {
  return Object.fromEntries((req.headers.cookie ?? '').split(/;\s*/).filter(Boolean).map((c) => c.split('=')));
}

function serveFile(res, path) {
  let file = join(DIST, normalize(path));
  if (!file.startsWith(DIST) || !existsSync(file) || statSync(file).isDirectory()) {
    if (extname(path)) { res.writeHead(404).end(); return; }
    file = join(DIST, 'index.html');
  }
  if (!existsSync(file)) { res.writeHead(404).end('npm run build first'); return; }
  res.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': POLICY, 'Cache-Control': path.startsWith('/assets/') ? 'max-age=31536000, immutable' : 'no-cache', 'X-Content-Type-Options': 'nosniff' });
  createReadStream(file).pipe(res);
}

async function body(req) {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks);
}

let serial = 0;
async function answer(worlds, req, res) {
  const url = new URL(req.url, 'http://localhost');
  if (url.pathname === '/api/openapi.json') { res.writeHead(200, { 'Content-Type': 'application/json' }); return res.end(JSON.stringify(OPENAPI)); }
  if (!url.pathname.startsWith('/api/') || url.pathname === '/api/docs') return serveFile(res, decodeURIComponent(url.pathname));
  const id = `req-${(++serial).toString(36).padStart(6, '0')}`;
  const jar = cookies(req), mode = jar.mock ?? 'data';
  const world = mode === 'empty' ? worlds.empty : worlds.data;
  const lang = /^en/i.test(req.headers['accept-language'] ?? '') ? 'en' : 'zh';
  if (mode === 'slow') await new Promise((r) => setTimeout(r, 1000));
  const path = url.pathname.replace(/^\/api\/v1/, '');
  const open = /^\/(setup|session|links)/.test(path);
  if (!open && jar.hs_session !== 'mock') return problem(res, id, 401, 'unauthorised', lang === 'zh' ? '请先登录' : 'Sign in first');
  if (!open && mode === 'error' && path !== '/stream') return problem(res, id, 500, 'internal', lang === 'zh' ? '统计库没有应答' : 'The fact store did not answer');
  if (req.method !== 'GET' && !open && req.headers['x-csrf-token'] !== 'csrf-mock') return problem(res, id, 403, 'csrf', 'X-CSRF-Token');
  for (const [method, pattern, handler] of routes) {
    const m = method === req.method && pattern.exec(path);
    if (!m) continue;
    const ctx = { req, res, id, url, params: m.slice(1).map(decodeURIComponent), query: url.searchParams, lang, l: lang === 'zh' ? 0 : 1, mode, world, signedIn: jar.hs_session === 'mock',
      problem: (...args) => problem(res, id, ...args), json: async () => JSON.parse((await body(req)).toString() || '{}'), bytes: () => body(req),
      reply: (status, value, headers = {}) => { res.writeHead(status, { 'Content-Type': 'application/json', 'X-Request-Id': id, ...headers }); res.end(value === undefined ? undefined : JSON.stringify(value)); } };
    try {
      return await handler(ctx);
    } catch (e) {
      if (e.name400) return problem(res, id, 400, 'invalid', lang === 'zh' ? '有不认识的查询参数' : 'Unknown query key', [{ name: e.name400, reason: lang === 'zh' ? '不认识' : 'unknown' }]);
      console.error(e);
      return problem(res, id, 500, 'internal', String(e));
    }
  }
  return problem(res, id, 404, 'not_found', path);
}

export function start(port = 0) {
  const worlds = { data: makeWorld('data'), empty: makeWorld('empty') };
  const server = createServer((req, res) => void answer(worlds, req, res));
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve({ server, address: `http://127.0.0.1:${server.address().port}`, worlds, stop: () => { server.closeAllConnections(); server.close(); } })));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { address } = await start(Number(process.argv[2] ?? 8090));
  console.log(address);
}
