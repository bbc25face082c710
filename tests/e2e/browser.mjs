// SPDX-License-Identifier: Apache-2.0
// What tests of the console share: the browser, a page that notes whatever goes wrong in it, the counting of verdicts.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const SCREENS = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 }, small: { width: 360, height: 640 } };

export function launch() {
  return chromium.launch({
    executablePath: process.env.HUISHENG_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

export class Tally {
  passed = 0;
  failed = 0;

  verdict(name, problems) {
    if (problems.length === 0) {
      this.passed++;
      return;
    }
    this.failed++;
    console.log(`FAIL ${name}`);
    for (const problem of [...new Set(problems)].slice(0, 8)) console.log(`     ${problem}`);
  }

  /** Runs a test; an exception fails it. */
  async run(name, test) {
    const problems = [];
    try {
      await test(problems);
    } catch (e) {
      problems.push(e.message.split('\n').slice(0, 4).join(' | '));
    }
    this.verdict(name, problems);
  }

  end() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed ? 1 : 0;
  }
}

/** A page of a fresh context; `page.problems` collects console errors, script errors, requests to elsewhere. */
export async function openPage(browser, origin, { screen = 'desk', theme = 'light', lang = 'zh', cookies = {}, expectFailures = false } = {}) {
  const context = await browser.newContext({ viewport: SCREENS[screen], colorScheme: theme, locale: lang === 'zh' ? 'zh-CN' : 'en-GB', timezoneId: 'Asia/Shanghai', reducedMotion: 'reduce' });
  await context.addCookies(Object.entries(cookies).map(([name, value]) => ({ name, value, url: origin })));
  await context.addInitScript((l) => localStorage.setItem('huisheng.lang', l), lang);
  const page = await context.newPage();
  page.problems = [];
  page.on('console', (m) => {
    if (!['error', 'warning'].includes(m.type())) return;
    // The browser itself notes every answer of 400 and above.
    if (expectFailures && /Failed to load resource/.test(m.text())) return;
    page.problems.push(`console: ${m.text().slice(0, 200)}`);
  });
  page.on('pageerror', (e) => page.problems.push(`script: ${e.message}`));
  page.on('request', (r) => {
    if (!r.url().startsWith(origin) && !/^(data|blob):/.test(r.url())) page.problems.push(`request to elsewhere: ${r.url().slice(0, 120)}`);
  });
  return page;
}

/** Nothing is being read or written any more, and what was read is on screen. */
export async function settle(page) {
  await page.waitForLoadState('domcontentloaded');
  await page.waitForFunction(() => document.querySelector('#app')?.childElementCount > 0);
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"], .bones') && document.querySelector('h1, .state'), null, { timeout: 10000 });
  await page.waitForTimeout(80);
}

/** Runs in the page: sideways scrolling, small type, ids twice, dead images. */
function inspect() {
  const problems = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll('body *')].filter((e) => {
      const box = e.getBoundingClientRect();
      return box.right > root.clientWidth + 1 && box.width > 0 && !e.closest('.scroll') && !e.closest('.side');
    });
    const names = wide.slice(0, 3).map((e) => `${e.tagName}.${e.getAttribute('class') ?? ''}`);
    problems.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth} (${names.join(', ')})`);
  }
  const seen = new Set();
  for (const e of document.querySelectorAll('[id]')) {
    if (seen.has(e.id)) problems.push(`id twice: ${e.id}`);
    seen.add(e.id);
  }
  for (const e of document.querySelectorAll('body *')) {
    const hasText = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!hasText || !e.getClientRects().length || ['SCRIPT', 'STYLE', 'title'].includes(e.tagName)) continue;
    const size = parseFloat(getComputedStyle(e).fontSize);
    if (size < 11.9) problems.push(`${size.toFixed(1)} px type: ${e.textContent.trim().slice(0, 30)}`);
  }
  // What code shows when it has nothing to say; in the description of the API these are words.
  if (!document.querySelector('.docs') && /undefined|NaN|\[object|null/.test(document.querySelector('main')?.innerText ?? '')) {
    problems.push(`shows ${/.{0,20}(undefined|NaN|\[object|null).{0,20}/.exec(document.querySelector('main').innerText)[0]}`);
  }
  return problems.slice(0, 8);
}

export async function looks(page) {
  return page.evaluate(inspect);
}

/** Serious findings of axe on the page as it stands. */
export async function axe(page) {
  // A fresh evaluation is not bound by the page's content security policy.
  await page.evaluate(axeSource);
  const result = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
  return result.violations.filter((v) => ['serious', 'critical'].includes(v.impact))
    .map((v) => `axe ${v.impact}: ${v.id}, ${v.nodes.length} × ${v.help} — ${v.nodes[0].target.join(' ')}`);
}
