// SPDX-License-Identifier: Apache-2.0
// What one can filter and group by, read once a workspace and language; and the names of values.
import { computed, ref, shallowRef, type ComputedRef } from 'vue';
import { api } from '@/api/client';
import { session } from '@/api/session';
import type { DimensionInfo, List } from '@/api/types';
import { lang, t, word } from '@/i18n';
import { channelName, ownNames } from './format';

const all = shallowRef<DimensionInfo[]>([]);
const loadedFor = ref('');
const CORE = new Set(['channel', 'source', 'product', 'sentiment', 'urgency', 'dimension', 'polarity', 'score', 'validity', 'customer_id', 'import_id', 'occurred_at', 'created_at']);

export async function loadDimensions(force = false): Promise<void> {
  const key = `${session.value?.workspace.id ?? ''} ${lang.value}`;
  if (!force && loadedFor.value === key) return;
  loadedFor.value = key;
  try {
    all.value = (await api.get<List<DimensionInfo>>('/dimensions')).data;
    const named = all.value.find((d) => d.name === 'dimension')?.values ?? [];
    ownNames.value = Object.fromEntries(named.flatMap((v) => (v.name ?? v.label ? [[String(v.value), v.name ?? v.label ?? '']] : [])));
  } catch {
    loadedFor.value = ''; // filters then offer only the fixed ones; the page itself says what is wrong
  }
}

/** The name of a dimension as a filter field. */
export function filterField(name: string): string {
  return CORE.has(name) || name.startsWith('attr.') ? name : `attr.${name}`;
}

export function fieldLabel(field: string): string {
  const bare = field.replace(/^attr\./, '');
  // An attribute that is only known by its own name may be one that we have a word for.
  const label = all.value.find((d) => filterField(d.name) === field || d.name === bare)?.label;
  return label && label !== bare && label !== field ? label : word(t.fields, bare);
}

export function valueLabel(field: string, value: string): string {
  switch (field) {
    case 'channel':
      return channelName(value);
    case 'sentiment':
    case 'polarity':
      return word(t.polarity, value);
    case 'urgency':
      return word(t.urgency, value);
    case 'validity':
      return word(t.validity, value);
    case 'customer_id':
    case 'import_id':
      return value.slice(0, 8);
    default: {
      const known = all.value.find((d) => filterField(d.name) === field)?.values.find((v) => String(v.value) === value);
      return known?.name ?? known?.label ?? (field === 'dimension' ? word(t.dimension, value) : value);
    }
  }
}

/** With the fixed ones first, whatever the server lists. */
export function useDimensions(): { all: typeof all; filterable: ComputedRef<DimensionInfo[]>; groupable: ComputedRef<DimensionInfo[]> } {
  void loadDimensions();
  const fixed = computed<DimensionInfo[]>(() => [
    { name: 'sentiment', label: t.fields.sentiment, kind: 'class', values: ['neg', 'neu', 'pos'].map((value) => ({ value, n: 0 })) },
    { name: 'urgency', label: t.fields.urgency, kind: 'class', values: ['2', '1', '0'].map((value) => ({ value, n: 0 })) },
    { name: 'polarity', label: t.fields.polarity, kind: 'class', values: ['neg', 'neu', 'pos'].map((value) => ({ value, n: 0 })) },
    { name: 'validity', label: t.fields.validity, kind: 'class', values: ['ok', 'blank', 'gibberish', 'ad', 'irrelevant'].map((value) => ({ value, n: 0 })) },
  ]);
  const open = computed(() => all.value.filter((d) => d.kind !== 'measure' && !d.closed && d.values.length).map((d) => ({ ...d, label: fieldLabel(filterField(d.name)) })));
  return {
    all,
    groupable: open,
    filterable: computed(() => [...open.value, ...fixed.value.filter((f) => !open.value.some((d) => d.name === f.name))]),
  };
}
