// SPDX-License-Identifier: Apache-2.0
// The pages, what each needs, and the way to sign-in and back.
import { shallowRef } from 'vue';
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { api, connection, Failure } from '@/api/client';
import { ensureSession } from '@/api/session';
import { asFailure } from '@/lib/load';

declare module 'vue-router' {
  interface RouteMeta {
    /** outside the shell, without sign-in */
    bare?: boolean;
    /** of `nav` in the dictionary */
    title?: string;
    needs?: string;
  }
}

export const routes: RouteRecordRaw[] = [
  { path: '/setup', component: () => import('./pages/Setup.vue'), meta: { bare: true } },
  { path: '/sign-in', component: () => import('./pages/SignIn.vue'), meta: { bare: true } },
  { path: '/links/:token', component: () => import('./pages/AcceptLink.vue'), meta: { bare: true } },
  { path: '/api/docs', component: () => import('./pages/ApiDocs.vue'), meta: { bare: true } },
  { path: '/accept/:token', redirect: (to) => `/links/${to.params.token as string}` },
  { path: '/', component: () => import('./pages/Overview.vue'), meta: { title: 'overview', needs: 'feedback:read' } },
  { path: '/feedback/:id?', component: () => import('./pages/FeedbackPage.vue'), meta: { title: 'feedback', needs: 'feedback:read' } },
  { path: '/customers', component: () => import('./pages/Customers.vue'), meta: { title: 'customers', needs: 'customer:read' } },
  { path: '/customers/:id', component: () => import('./pages/CustomerPage.vue'), meta: { title: 'customers', needs: 'customer:read' } },
  { path: '/crosstab', component: () => import('./pages/Crosstab.vue'), meta: { title: 'crosstab', needs: 'feedback:read' } },
  { path: '/imports', component: () => import('./pages/Imports.vue'), meta: { title: 'imports', needs: 'import:write' } },
  { path: '/imports/:id', component: () => import('./pages/ImportPage.vue'), meta: { title: 'imports', needs: 'import:write' } },
  { path: '/keys', component: () => import('./pages/Keys.vue'), meta: { title: 'keys', needs: 'key:write' } },
  { path: '/users', component: () => import('./pages/Users.vue'), meta: { title: 'users', needs: 'user:write' } },
  { path: '/taxonomy', component: () => import('./pages/Taxonomy.vue'), meta: { title: 'taxonomy', needs: 'taxonomy:write' } },
  { path: '/status', component: () => import('./pages/Status.vue'), meta: { title: 'status', needs: 'system:read' } },
  { path: '/audit', component: () => import('./pages/Audit.vue'), meta: { title: 'audit', needs: 'audit:read' } },
  { path: '/settings', component: () => import('./pages/Settings.vue'), meta: { title: 'settings' } },
  { path: '/:rest(.*)*', component: () => import('./pages/NotFound.vue'), meta: {} },
];

/** The server could not even say who is signed in. */
export const bootFailure = shallowRef<Failure | null>(null);

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior(to, from, saved) {
    if (saved) return saved;
    return to.path === from.path || (to.path.startsWith('/feedback') && from.path.startsWith('/feedback')) ? {} : { top: 0 };
  },
});

router.beforeEach(async (to) => {
  if (to.meta.bare) return true;
  try {
    const signedIn = await ensureSession();
    bootFailure.value = null;
    if (signedIn) return true;
    const { needed } = await api.get<{ needed: boolean }>('/setup').catch(() => ({ needed: false }));
    return needed ? '/setup' : { path: '/sign-in', query: to.fullPath === '/' ? {} : { to: to.fullPath } };
  } catch (e) {
    bootFailure.value = asFailure(e);
    return true;
  }
});

// A page's script could not be had: the line is down, or the server is newer than this page and has other files.
router.onError(async (e: Error, to) => {
  if (!/dynamically imported module|module script|preload CSS/i.test(e.message)) return;
  try {
    await api.get('/setup');
    window.location.assign(to.fullPath);
  } catch {
    connection.online = false;
    window.addEventListener('online', () => void router.push(to.fullPath), { once: true });
  }
});

/** After the first page is there: the scripts of the others, so that they open at once. */
export function fetchAhead(): void {
  const later = window.requestIdleCallback ?? ((run: () => void) => window.setTimeout(run, 1500));
  later(() => {
    for (const r of routes) if (typeof r.component === 'function' && !r.meta?.bare) (r.component as () => Promise<unknown>)().catch(() => undefined);
  });
}
