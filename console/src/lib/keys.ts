// SPDX-License-Identifier: Apache-2.0
// Single keys, silent while one types or a dialog is open.
import { onBeforeUnmount, onMounted } from 'vue';

export type Keys = Record<string, (e: KeyboardEvent) => void>;

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) && (target as HTMLInputElement).type !== 'checkbox';
}

function inDialog(): boolean {
  return [...document.querySelectorAll('[aria-modal="true"], [data-popup]')].some((e) => e.getClientRects().length > 0);
}

export function useKeys(keys: Keys): void {
  const listen = (e: KeyboardEvent): void => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || inDialog()) return;
    if (isTyping(e.target) && e.key !== 'Escape') return;
    // Enter and space belong to what has the focus.
    if (e.key === 'Enter' && e.target instanceof HTMLElement && e.target.closest('a, button, summary, [role="button"]')) return;
    const run = keys[e.key];
    if (!run) return;
    e.preventDefault();
    run(e);
  };
  onMounted(() => window.addEventListener('keydown', listen));
  onBeforeUnmount(() => window.removeEventListener('keydown', listen));
}
