// SPDX-License-Identifier: Apache-2.0
// Two dictionaries of one type: `t.overview.title`. Reading it in a template follows the language.
import { ref } from 'vue';
import { en } from './en';
import { zh, type Dictionary } from './zh';

export type Lang = 'zh' | 'en';
const dictionaries: Record<Lang, Dictionary> = { zh, en };

export function isLang(value: unknown): value is Lang {
  return value === 'zh' || value === 'en';
}

export const lang = ref<Lang>(document.documentElement.lang.startsWith('zh') ? 'zh' : 'en');

export const t = new Proxy({} as Dictionary, {
  get: (_, key) => dictionaries[lang.value][key as keyof Dictionary],
});

/** A name of a code that the dictionary may not know: then the code itself is shown. */
export function word(table: Record<string, string>, code: string | null | undefined): string {
  return code ? (table[code] ?? code) : '';
}

export function setLang(value: Lang): void {
  lang.value = value;
  document.documentElement.lang = value === 'zh' ? 'zh-CN' : 'en';
  try {
    localStorage.setItem('huisheng.lang', value);
  } catch {
    /* without storage the choice lasts until the page is closed */
  }
}
