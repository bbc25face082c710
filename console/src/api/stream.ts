// SPDX-License-Identifier: Apache-2.0
// Server-sent events: one connection for the whole console, handed out to whoever listens. After a break the browser
// connects again by itself; listeners are then told `resync`, because what happened in between was not heard.
import { onScopeDispose, ref } from 'vue';
import { connection, url } from './client';
import type { Import, ImportState } from './types';

export interface StreamEvents {
  'feedback.created': { ids: string[] };
  'feedback.analysed': { ids: string[]; n?: number };
  'import.progress': { id: string; state?: ImportState; progress?: { rows: number; share: number }; counts?: Import['counts'] };
  'job.parked': { id?: string };
  'session.ended': Record<string, never>;
  resync: null;
}
type Name = keyof StreamEvents;
type Listener = (data: never) => void;

export const live = ref(false);
const listeners = new Map<Name, Set<Listener>>();
let source: EventSource | null = null;
let retryMs = 1000;
let retryTimer = 0;
let wasOpen = false;

function tell(name: Name, data: unknown): void {
  listeners.get(name)?.forEach((listener) => listener(data as never));
}

function hear(name: Exclude<Name, 'resync'>): void {
  source?.addEventListener(name, (e) => {
    let data: unknown = {};
    try {
      data = JSON.parse((e as MessageEvent<string>).data);
    } catch {
      /* an event without data still says that something happened */
    }
    if (name === 'session.ended') connection.ended = true;
    tell(name, data);
  });
}

export function openStream(): void {
  if (source) return;
  clearTimeout(retryTimer);
  source = new EventSource(url('/stream'));
  source.onopen = () => {
    live.value = true;
    retryMs = 1000;
    connection.online = true;
    if (wasOpen) tell('resync', null);
    wasOpen = true;
  };
  source.onerror = () => {
    live.value = false;
    if (source?.readyState !== EventSource.CLOSED) return;
    closeStream();
    retryTimer = window.setTimeout(openStream, retryMs);
    retryMs = Math.min(retryMs * 2, 30_000);
  };
  (['feedback.created', 'feedback.analysed', 'import.progress', 'job.parked', 'session.ended'] as const).forEach(hear);
}

export function closeStream(): void {
  clearTimeout(retryTimer);
  source?.close();
  source = null;
  live.value = false;
}

/** Listens as long as the component lives. */
export function onStream<N extends Name>(name: N, listener: (data: StreamEvents[N]) => void): void {
  const set = listeners.get(name) ?? new Set<Listener>();
  listeners.set(name, set.add(listener as Listener));
  onScopeDispose(() => set.delete(listener as Listener));
}

/** The same call again and again becomes one, at most every `ms`. */
export function calm(ms: number, run: () => void): () => void {
  let timer = 0;
  let last = 0;
  onScopeDispose(() => clearTimeout(timer));
  return () => {
    if (timer) return;
    timer = window.setTimeout(() => {
      timer = 0;
      last = Date.now();
      run();
    }, Math.max(150, last + ms - Date.now()));
  };
}
