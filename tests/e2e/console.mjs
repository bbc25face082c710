// SPDX-License-Identifier: Apache-2.0
// Every page of the console in a real browser: at a desk and on a phone, in both languages, light and dark, with a
// company's data, in an empty workspace, when the server fails, and for someone who may only read. Fails on console errors,
// requests to elsewhere, sideways scrolling, type below 12 px, serious accessibility findings, too large a first load.
//
//   node console.mjs [--shots FOLDER] [--only PART] [--quick]      ends with “N passed, N failed”
//
// Everything takes ten minutes and more; --quick opens each page once, by turns at a desk and on a phone, and leaves out the states.
//
// The server is the mock of console/mock, which serves console/dist under the policy of the real one.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { start } from '../../console/mock/server.mjs';
import { axe, launch, looks, openPage, settle, Tally } from './browser.mjs';
import { behaviours } from './console_behaviours.mjs';

const FIRST_LOAD_LIMIT = 500 * 1024; // gzip, before the charts

function pages(worlds) {
  const w = worlds.data;
  const urgent = w.feedback.find((f) => f.analysis.urgency === 2 && f.follow_up === null);
  const [done, checked, undone, failed] = w.imports;
  return [
    ['overview', '/'], ['overview-filtered', '/?period=90d&filter[attr.region][in]=西藏,青海'], ['overview-nothing', '/?filter[product][in]=nothing'],
    ['feedback', '/feedback'], ['feedback-one', `/feedback/${urgent.id}`], ['feedback-search', '/feedback?q=物流&filter[sentiment][in]=neg'], ['feedback-nothing', '/feedback?q=不存在的词'],
    ['customers', '/customers'], ['customer', `/customers/${w.customers[0].id}`], ['crosstab', '/crosstab?rows=attr.region&columns=channel&period=90d'], ['crosstab-share', '/crosstab?rows=dimension&columns=sentiment&measure=neg_share'],
    ['imports', '/imports'], ['import-done', `/imports/${done.id}`], ['import-checked', `/imports/${checked.id}`], ['import-undone', `/imports/${undone.id}`], ['import-failed', `/imports/${failed.id}`],
    ['keys', '/keys'], ['users', '/users'], ['taxonomy', '/taxonomy'], ['status', '/status'], ['audit', '/audit'], ['settings', '/settings'], ['not-found', '/nowhere/at-all'],
  ];
}
const OUTSIDE = [['sign-in', '/sign-in', {}], ['setup', '/setup?token=good', { mock: 'setup' }], ['setup-without-token', '/setup', { mock: 'setup' }], ['setup-done', '/setup?token=good', {}],
  ['api-docs', '/api/docs#get-api-v1-feedback', { hs_session: 'mock' }], ['invitation', '/links/abc', {}], ['reset', '/links/reset', {}], ['dead-link', '/links/dead', {}]];

async function look(tally, page, name, path, origin, { shots, full }) {
  await tally.run(name, async (problems) => {
    page.problems.length = 0;
    await page.goto(origin + path);
    await settle(page);
    if (shots) {
      await page.waitForTimeout(250); // the chart
      await page.screenshot({ path: join(shots, `${name.replaceAll(' ', '-')}.png`), fullPage: true });
    }
    problems.push(...(await looks(page)));
    if (full) problems.push(...(await axe(page)));
    problems.push(...page.problems);
  });
}

async function everyPage(tally, browser, server, shots, quick) {
  const all = pages(server.worlds);
  const views = [['desk', 'light', 'zh'], ['desk', 'dark', 'en'], ['phone', 'light', 'en'], ['phone', 'dark', 'zh'],
    ['desk', 'dark', 'zh'], ['desk', 'light', 'en'], ['phone', 'light', 'zh'], ['phone', 'dark', 'en'], ['small', 'light', 'zh'], ['small', 'light', 'en']];
  // Structure and colours are the same in both languages: each screen and theme is searched once.
  for (const [i, [screen, theme, lang]] of (quick ? [views[0], views[2]] : views).entries()) {
    const page = await openPage(browser, server.address, { screen, theme, lang, cookies: { hs_session: 'mock' } });
    for (const [k, [name, path]] of all.entries()) if (!quick || k % 2 === i) await look(tally, page, `${name} ${screen} ${theme} ${lang}`, path, server.address, { shots: screen === 'small' ? null : shots, full: screen !== 'small' && i < 4 });
    await page.context().close();
  }
}

async function everyState(tally, browser, server, shots) {
  const all = pages(server.worlds);
  for (const mode of ['empty', 'error', 'viewer']) {
    for (const [screen, theme, lang] of [['desk', 'light', 'zh'], ['phone', 'dark', 'en']]) {
      const page = await openPage(browser, server.address, { screen, theme, lang, cookies: { hs_session: 'mock', mock: mode }, expectFailures: true });
      for (const [name, path] of all) await look(tally, page, `${name} ${mode} ${screen} ${theme} ${lang}`, path, server.address, { shots, full: true });
      await page.context().close();
    }
  }
  for (const [screen, theme, lang] of [['desk', 'light', 'zh'], ['phone', 'dark', 'en']])
    for (const [name, path, cookies] of OUTSIDE) {
      const page = await openPage(browser, server.address, { screen, theme, lang, cookies, expectFailures: true });
      await look(tally, page, `${name} ${screen} ${theme} ${lang}`, path, server.address, { shots, full: true });
      await page.context().close();
    }
}

/** What the first page costs, charts apart: bytes as they would go over the line. */
async function firstLoad(tally, browser, server) {
  await tally.run('first load', async (problems) => {
    const { gzipSync } = await import('node:zlib');
    const page = await openPage(browser, server.address, { cookies: { hs_session: 'mock' } });
    const sizes = [];
    page.on('response', (r) => {
      if (!/\/api\//.test(r.url())) sizes.push(r.body().then((b) => ({ url: r.url(), n: gzipSync(b, { level: 9 }).length }), () => null));
    });
    const began = Date.now();
    await page.goto(server.address);
    await settle(page);
    const took = Date.now() - began;
    await page.waitForTimeout(500);
    const files = (await Promise.all(sizes)).filter((f) => f && !/\/charts-/.test(f.url));
    const total = files.reduce((n, f) => n + f.n, 0);
    console.log(`first load before charts: ${files.length} files, ${(total / 1024).toFixed(0)} KB gzip; figures on screen after ${took} ms`);
    if (total > FIRST_LOAD_LIMIT) problems.push(`${total} bytes, more than ${FIRST_LOAD_LIMIT}`);
    await page.context().close();
  });
}

async function main() {
  const args = process.argv.slice(2);
  const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : null);
  const shots = option('--shots'), only = option('--only'), quick = args.includes('--quick');
  if (shots) mkdirSync(shots, { recursive: true });
  const tally = new Tally();
  const server = await start();
  const browser = await launch();
  try {
    if (!only || only === 'load') await firstLoad(tally, browser, server);
    if (!only || only === 'behaviours') await behaviours(tally, browser, start);
    if (!only || only === 'pages') await everyPage(tally, browser, server, shots, quick);
    if ((!only && !quick) || only === 'states') await everyState(tally, browser, server, shots);
  } finally {
    await browser.close();
    server.stop();
  }
  process.exit(tally.end());
}

await main();
