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
  const before = items.map((f) => ({ id: f.id, earlier: f.corrections?.find((c) => c.field === field) }));
  return async () => {
    for (const b of before) await (b.earlier ? correct(b.id, field, b.earlier.to) : uncorrect(b.id, field));
  };
}
