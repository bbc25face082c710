// SPDX-License-Identifier: Apache-2.0
// Plain lists with “show more”: customers, audit, imports.
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import { api, type Failure, type Query } from '@/api/client';
import type { List } from '@/api/types';
import { asFailure } from './load';

export interface Pages<T> {
  items: Ref<T[]>;
  done: Ref<boolean>;
  loading: Ref<boolean>;
  slow: Ref<boolean>;
  failure: Ref<Failure | null>;
  more: () => Promise<void>;
  reset: () => Promise<void>;
}

export function usePages<T>(path: string, query: () => Query, limit = 50): Pages<T> {
  const items = shallowRef<T[]>([]);
  const done = ref(false);
  const loading = ref(false);
  const slow = ref(false);
  const failure = shallowRef<Failure | null>(null);
  let cursor: string | null = null;
  let control = new AbortController();

  async function load(first: boolean): Promise<void> {
    control.abort();
    const mine = (control = new AbortController());
    loading.value = true;
    const timer = window.setTimeout(() => (slow.value = true), 200);
    try {
      const answer = await api.get<List<T>>(path, { ...query(), limit, cursor: first ? undefined : cursor }, mine.signal);
      if (mine.signal.aborted) return;
      items.value = first ? answer.data : [...items.value, ...answer.data];
      cursor = answer.meta?.next_cursor ?? null;
      done.value = !cursor;
      failure.value = null;
    } catch (e) {
      if (mine.signal.aborted) return;
      failure.value = asFailure(e);
    } finally {
      clearTimeout(timer);
      if (!mine.signal.aborted) loading.value = slow.value = false;
    }
  }
  watch(() => JSON.stringify(query()), () => void load(true), { immediate: true });
  const online = (): void => {
    if (failure.value?.kind === 'offline') void load(!items.value.length);
  };
  window.addEventListener('online', online);
  onScopeDispose(() => {
    control.abort();
    window.removeEventListener('online', online);
  });
  return { items, done, loading, slow, failure, more: () => load(false), reset: () => load(true) };
}
