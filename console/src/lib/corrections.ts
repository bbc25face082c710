// SPDX-License-Identifier: Apache-2.0
// Corrections of what was judged, and how each is taken back: to the correction before, else to the judgement.
import { api } from '@/api/client';
import type { Feedback, One } from '@/api/types';

export type Field = 'sentiment' | 'urgency' | 'validity' | 'dimensions';

export function correct(id: string, field: Field, value: unknown): Promise<One<Feedback>> {
  return api.post<One<Feedback>>(`/feedback/${id}/corrections`, { field, value });
}

export function uncorrect(id: string, field: string): Promise<void> {
  return api.remove(`/feedback/${id}/corrections/${field}`);
}

/** To be called before the change: remembers what to go back to. */
export function wayBack(items: Feedback[], field: Field): () => Promise<unknown> {
  const groups = new Map<string, { value: unknown; ids: string[] }>();
  for (const f of items) {
    const value = f.corrections?.find((c) => c.field === field)?.to ?? null; // null: as judged
    const group = groups.get(JSON.stringify(value)) ?? { value, ids: [] };
    group.ids.push(f.id);
    groups.set(JSON.stringify(value), group);
  }
  return async () => {
    for (const { value, ids } of groups.values()) await api.post('/feedback/bulk', { ids, action: 'correct', field, value });
  };
}
