// SPDX-License-Identifier: Apache-2.0
// Who is signed in, in which workspace, and what he may do.
import { computed, shallowRef } from 'vue';
import { setLang, isLang } from '@/i18n';
import { api, connection, Failure, setCsrf } from './client';
import type { Session } from './types';

export const session = shallowRef<Session | null>(null);
export const zone = computed(() => session.value?.workspace.time_zone || Intl.DateTimeFormat().resolvedOptions().timeZone);

/** May the signed-in person do this? Unknown permissions are refused by the server anyway. */
export function may(permission?: string): boolean {
  return !permission || (session.value?.permissions.includes(permission) ?? false);
}

export function enter(s: Session): void {
  session.value = { ...s, workspace: s.workspace ?? { id: '', name: '' } };
  connection.ended = false;
  setCsrf(s.csrf_token);
  if (isLang(s.user.lang) && !localStorage.getItem('huisheng.lang')) setLang(s.user.lang);
}

/** True when signed in. Asks the server once; a failure that is not “not signed in” is thrown on. */
export async function ensureSession(): Promise<boolean> {
  if (session.value && !connection.ended) return true;
  try {
    const s = await api.get<Session>('/session');
    enter(s);
    // Signed in, but in no workspace yet: the first one is as good as any.
    if (!s.workspace && s.workspaces.length) enter(await api.patch<Session>('/session', { workspace_id: s.workspaces[0].id }));
    return true;
  } catch (e) {
    if (e instanceof Failure && (e.kind === 'unauthorised' || e.kind === 'forbidden')) {
      session.value = null;
      return false;
    }
    throw e;
  }
}

export async function leave(): Promise<void> {
  try {
    await api.remove('/session');
  } finally {
    session.value = null;
    setCsrf('');
  }
}
