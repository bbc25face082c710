// SPDX-License-Identifier: Apache-2.0
// Light, dark or as the system; the first paint is set by public/theme.js.
import { ref } from 'vue';

export type Theme = 'system' | 'light' | 'dark';

function stored(): Theme {
  try {
    const value = localStorage.getItem('huisheng.theme');
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system';
  }
}

const system = matchMedia('(prefers-color-scheme: dark)');
export const theme = ref<Theme>(stored());
export const dark = ref(document.documentElement.classList.contains('dark'));

function apply(): void {
  dark.value = theme.value === 'dark' || (theme.value === 'system' && system.matches);
  document.documentElement.classList.toggle('dark', dark.value);
}

export function setTheme(value: Theme): void {
  theme.value = value;
  try {
    localStorage.setItem('huisheng.theme', value);
  } catch {
    /* lasts until the page is closed */
  }
  apply();
}
system.addEventListener('change', apply);
