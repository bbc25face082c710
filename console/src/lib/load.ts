// SPDX-License-Identifier: Apache-2.0
// Reading from the server: the last answer stays until the next one is there, a wait shows only after 200 ms.
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import { Failure } from '@/api/client';

export interface Load<T> {
  data: ShallowRef<T | null>;
  failure: ShallowRef<Failure | null>;
  loading: Ref<boolean>;
  slow: Ref<boolean>;
  reload: () => Promise<void>;
}

export function asFailure(e: unknown): Failure {
  return e instanceof Failure ? e : new Failure('server', e instanceof Error ? e.message : String(e));
}

export function useLoad<T>(key: () => unknown, fetcher: (signal: AbortSignal) => Promise<T>): Load<T> {
  const data = shallowRef<T | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const loading = ref(false);
  const slow = ref(false);
  let control = new AbortController();
  let timer = 0;

  async function reload(): Promise<void> {
    control.abort();
    const mine = (control = new AbortController());
    loading.value = true;
    clearTimeout(timer);
    timer = window.setTimeout(() => (slow.value = true), 200);
    try {
      const answer = await fetcher(mine.signal);
      if (mine.signal.aborted) return;
      data.value = answer;
      failure.value = null;
    } catch (e) {
      if (mine.signal.aborted) return;
      failure.value = asFailure(e);
    }
    clearTimeout(timer);
    loading.value = false;
    slow.value = false;
  }

  watch(() => JSON.stringify(key()), () => void reload(), { immediate: true });
  const online = (): void => {
    if (failure.value?.kind === 'offline') void reload();
  };
  window.addEventListener('online', online);
  onScopeDispose(() => {
    control.abort();
    clearTimeout(timer);
    window.removeEventListener('online', online);
  });
  return { data, failure, loading, slow, reload };
}
