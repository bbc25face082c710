// SPDX-License-Identifier: Apache-2.0
/** Time zones the browser knows, its own first. */
export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'Asia/Shanghai';

export function zones(): string[] {
  const known = typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : ['Asia/Shanghai', 'Asia/Hong_Kong', 'Asia/Taipei', 'Asia/Singapore', 'Europe/London', 'UTC'];
  return [...new Set([ownZone, 'Asia/Shanghai', ...known, 'UTC'])];
}
