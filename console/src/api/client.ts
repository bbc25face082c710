// SPDX-License-Identifier: Apache-2.0
// One door to /api/v1. Every failure becomes a Failure: what happened in words, the code, the id to quote.
import { reactive } from 'vue';
import { lang, t } from '@/i18n';
import type { InvalidParam, Problem } from './types';

export type Query = Record<string, string | number | boolean | null | undefined | (string | null)[]>;
export type FailureKind = 'offline' | 'unauthorised' | 'forbidden' | 'not_found' | 'busy' | 'too_much' | 'invalid' | 'server';

export class Failure extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
    readonly status = 0,
    readonly code = '',
    readonly requestId = '',
    readonly params: InvalidParam[] = [],
    readonly retryAfterS = 0,
  ) {
    super(message);
  }
}

/** What the shell shows: whether the server can be reached, and whether the sign-in has ended. */
export const connection = reactive({ online: true, ended: false });

let csrf = '';
export function setCsrf(token: string): void {
  csrf = token;
}

const BASE = '/api/v1';

export function url(path: string, query?: Query | URLSearchParams): string {
  const params = query instanceof URLSearchParams ? query : new URLSearchParams();
  if (query && !(query instanceof URLSearchParams))
    for (const [key, value] of Object.entries(query)) {
      const last = Array.isArray(value) ? value[value.length - 1] : value;
      if (last !== undefined && last !== null && last !== '') params.set(key, String(last));
    }
  const text = params.toString();
  return BASE + path + (text ? `?${text}` : '');
}

/** Busy is what says when to come again; a part that is missing answers 503 without that. */
function kindOf(status: number, retryAfter: boolean): FailureKind {
  if (status === 401) return 'unauthorised';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'not_found';
  if (status === 429 || (status === 503 && retryAfter)) return 'busy';
  if (status === 413) return 'too_much';
  return status >= 500 ? 'server' : 'invalid';
}

export function failureOf(status: number, body: string, headers: (name: string) => string | null): Failure {
  let problem: Problem = {};
  try {
    problem = JSON.parse(body) as Problem;
  } catch {
    /* a proxy may answer with a page of its own: the status says enough */
  }
  return new Failure(
    kindOf(status, headers('Retry-After') !== null),
    problem.detail || problem.title || t.state.http(status),
    status,
    problem.code ?? '',
    problem.requestId ?? headers('X-Request-Id') ?? '',
    problem.invalid_params ?? [],
    Number(headers('Retry-After')) || 0,
  );
}

export function headers(method: string): Record<string, string> {
  const h: Record<string, string> = { Accept: 'application/json', 'Accept-Language': lang.value };
  if (method !== 'GET' && csrf) h['X-CSRF-Token'] = csrf;
  return h;
}

async function send(method: string, path: string, query?: Query | URLSearchParams, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const h = headers(method);
  if (body !== undefined) h['Content-Type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(url(path, query), {
      method,
      headers: h,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
      signal,
    });
  } catch (e) {
    if (signal?.aborted) throw e;
    connection.online = false;
    throw new Failure('offline', t.state.offline);
  }
  connection.online = true;
  if (response.ok) return response;
  const failure = failureOf(response.status, await response.text(), (name) => response.headers.get(name));
  if (failure.kind === 'unauthorised' && !/^\/(session|setup|links)/.test(path)) connection.ended = true;
  throw failure;
}

async function json<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export const api = {
  get: async <T>(path: string, query?: Query | URLSearchParams, signal?: AbortSignal) => json<T>(await send('GET', path, query, undefined, signal)),
  post: async <T>(path: string, body: unknown = {}, query?: Query) => json<T>(await send('POST', path, query, body)),
  patch: async <T>(path: string, body: unknown) => json<T>(await send('PATCH', path, undefined, body)),
  remove: async <T = void>(path: string) => json<T>(await send('DELETE', path)),
};

/** Sends a file with its progress; fetch cannot tell how much has gone out. */
export function upload<T>(path: string, file: File, onProgress: (share: number) => void, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url(path));
    for (const [name, value] of Object.entries(headers('POST'))) request.setRequestHeader(name, value);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('X-File-Name', encodeURIComponent(file.name));
    request.upload.onprogress = (e) => onProgress(e.total ? e.loaded / e.total : 0);
    request.onload = () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText) as T);
      else reject(failureOf(request.status, request.responseText, (name) => request.getResponseHeader(name)));
    };
    request.onerror = () => reject(new Failure('offline', t.imports.uploadBroken));
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'));
    signal.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}
