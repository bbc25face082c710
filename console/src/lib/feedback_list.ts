// SPDX-License-Identifier: Apache-2.0
// The list of feedback: pages joined into one, kept fresh by the event stream without moving under the reader.
import { reactive, ref, shallowRef, watch, type Ref } from 'vue';
import { api, type Failure, type Query } from '@/api/client';
import { calm, onStream } from '@/api/stream';
import type { Feedback, List } from '@/api/types';
import { asFailure } from './load';

const PAGE = 40;

export interface FeedbackList {
  items: Ref<Feedback[]>;
  total: Ref<number | null>;
  done: Ref<boolean>;
  loading: Ref<boolean>;
  slow: Ref<boolean>;
  failure: Ref<Failure | null>;
  /** arrived while the reader was further down */
  waiting: Ref<Feedback[]>;
  /** ids that appeared by themselves: shown with a mark for a moment */
  fresh: Set<string>;
  more: () => Promise<void>;
  reset: () => Promise<void>;
  showWaiting: () => void;
  replace: (f: Feedback) => void;
  drop: (ids: string[]) => void;
}

export function useFeedbackList(query: () => Query): FeedbackList {
  const items = shallowRef<Feedback[]>([]);
  const waiting = shallowRef<Feedback[]>([]);
  const total = ref<number | null>(null);
  const done = ref(false);
  const loading = ref(false);
  const slow = ref(false);
  const failure = shallowRef<Failure | null>(null);
  const fresh = reactive(new Set<string>());
  let cursor: string | null = null;
  let control = new AbortController();

  async function load(first: boolean): Promise<void> {
    if (loading.value && !first) return;
    control.abort();
    const mine = (control = new AbortController());
    loading.value = true;
    const timer = window.setTimeout(() => (slow.value = true), 200);
    try {
      const answer = await api.get<List<Feedback>>('/feedback', { ...query(), limit: PAGE, cursor: first ? undefined : cursor }, mine.signal);
      if (mine.signal.aborted) return;
      const known = new Set(first ? [] : items.value.map((f) => f.id));
      items.value = [...(first ? [] : items.value), ...answer.data.filter((f) => !known.has(f.id))];
      cursor = answer.meta?.next_cursor ?? null;
      total.value = answer.meta?.total ?? null;
      done.value = !cursor;
      failure.value = null;
      if (first) waiting.value = [];
    } catch (e) {
      if (mine.signal.aborted) return;
      failure.value = asFailure(e);
    } finally {
      clearTimeout(timer);
      if (!mine.signal.aborted) loading.value = slow.value = false;
    }
  }

  function arrive(list: Feedback[]): void {
    items.value = [...list, ...items.value];
    for (const f of list) {
      fresh.add(f.id);
      window.setTimeout(() => fresh.delete(f.id), 4000);
    }
  }

  /** The first page again: what is new goes on top (or waits), what is known is brought up to date. */
  async function refresh(): Promise<void> {
    if (loading.value || failure.value) return;
    try {
      const answer = await api.get<List<Feedback>>('/feedback', { ...query(), limit: PAGE });
      const byId = new Map(answer.data.map((f) => [f.id, f]));
      items.value = items.value.map((f) => byId.get(f.id) ?? f);
      const held = new Set([...items.value, ...waiting.value].map((f) => f.id));
      const arrived = answer.data.filter((f) => !held.has(f.id));
      if (!arrived.length) return;
      if (!items.value.length || window.scrollY < 240) arrive(arrived);
      else waiting.value = [...arrived, ...waiting.value];
    } catch {
      /* the stream tells again */
    }
  }
  const soon = calm(800, () => void refresh());
  onStream('feedback.created', soon);
  onStream('feedback.analysed', soon);
  onStream('resync', soon);
  watch(() => JSON.stringify(query()), () => void load(true), { immediate: true });

  return {
    items, total, done, loading, slow, failure, waiting, fresh,
    more: () => load(false),
    reset: () => load(true),
    showWaiting() {
      arrive(waiting.value);
      waiting.value = [];
      window.scrollTo({ top: 0 });
    },
    replace(f) {
      items.value = items.value.map((x) => (x.id === f.id ? { ...x, ...f } : x));
    },
    drop(ids) {
      items.value = items.value.filter((f) => !ids.includes(f.id));
    },
  };
}
