// SPDX-License-Identifier: Apache-2.0
// Short messages at the edge, with undo where something can be taken back.
import { reactive } from 'vue';
import { t } from '@/i18n';
import { asFailure } from './load';

export interface Toast {
  id: number;
  text: string;
  note?: string;
  bad: boolean;
  undo?: () => Promise<unknown>;
}
export const toasts = reactive<Toast[]>([]);
let next = 1;

export function drop(id: number): void {
  const i = toasts.findIndex((x) => x.id === id);
  if (i >= 0) toasts.splice(i, 1);
}

function show(toast: Omit<Toast, 'id'>, ms: number): void {
  const id = next++;
  toasts.push({ ...toast, id });
  if (toasts.length > 3) toasts.shift();
  window.setTimeout(() => drop(id), ms);
}

export function tell(text: string, undo?: () => Promise<unknown>): void {
  show({ text, bad: false, undo }, undo ? 10_000 : 4_000);
}

export function complain(e: unknown): void {
  const f = asFailure(e);
  const params = f.params.map((p) => `${p.name}: ${p.reason}`).join('; ');
  show({ text: params || f.message, note: f.requestId ? t.state.requestId(f.requestId) : undefined, bad: true }, 10_000);
}

/** Runs what may fail; says so if it does. True when it went well. */
export async function attempt(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (e) {
    complain(e);
    return false;
  }
}

export async function undo(toast: Toast): Promise<void> {
  drop(toast.id);
  if (toast.undo && (await attempt(toast.undo))) tell(t.common.undone);
}
