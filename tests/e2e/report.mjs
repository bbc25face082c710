// SPDX-License-Identifier: Apache-2.0
// Opens report pages in a real browser, at a desk and on phones, light and dark, and fails on whatever a reader
// would stumble over: console errors, any request, sideways scrolling, serious accessibility findings, links
// that lead nowhere, text below 12 px.
//
//   node report.mjs [--shots FOLDER] PAGE.html…        ends with “N passed, N failed”
//
// The browser is Debian's chromium, or what HUISHENG_CHROMIUM names.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const SCREENS = [
  { name: 'desk', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
  { name: 'small', width: 360, height: 640, quick: true }, // only what depends on the width
];
const THEMES = ['light', 'dark'];

let passed = 0;
let failed = 0;

function verdict(name, problems) {
  if (problems.length === 0) {
    passed++;
    return;
  }
  failed++;
  console.log(`FAIL ${name}`);
  for (const problem of problems) console.log(`     ${problem}`);
}

// Runs in the page: what is wider than the window, dead links, small type.
function inspect() {
  const problems = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll('body *')].filter((e) => {
      const box = e.getBoundingClientRect();
      return box.right > root.clientWidth + 1 && !e.closest('.scroll') && box.width > 0;
    });
    const names = wide.slice(0, 3).map((e) => `${e.tagName}.${e.getAttribute('class') ?? ''}`);
    problems.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth} (${names.join(', ')})`);
  }
  for (const a of document.querySelectorAll('a[href]')) {
    const href = a.getAttribute('href');
    if (!href.startsWith('#')) problems.push(`leaves the page: ${href}`);
    else if (!document.getElementById(decodeURIComponent(href.slice(1)))) problems.push(`leads nowhere: ${href}`);
  }
  const seen = new Set();
  for (const e of document.querySelectorAll('[id]')) {
    if (seen.has(e.id)) problems.push(`id twice: ${e.id}`);
    seen.add(e.id);
  }
  for (const e of document.querySelectorAll('body *')) {
    const hasText = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!hasText || !e.getClientRects().length || ['SCRIPT', 'STYLE', 'title', 'desc'].includes(e.tagName)) continue;
    let size = parseFloat(getComputedStyle(e).fontSize);
    const svg = e.closest('svg');
    if (svg && svg.viewBox.baseVal.width) size *= svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    if (size < 11.9) problems.push(`${size.toFixed(1)} px type: ${e.textContent.trim().slice(0, 30)}`);
  }
  return problems.slice(0, 8);
}

async function check(browser, file, screen, theme, shots) {
  const context = await browser.newContext({
    viewport: { width: screen.width, height: screen.height },
    colorScheme: theme,
    deviceScaleFactor: 1,
  });
  const page = await context.newPage();
  const problems = [];
  const url = pathToFileURL(resolve(file)).href;
  page.on('console', (m) => {
    if (['error', 'warning'].includes(m.type())) problems.push(`console: ${m.text().slice(0, 200)}`);
  });
  page.on('pageerror', (e) => problems.push(`script: ${e.message}`));
  page.on('dialog', async (d) => {
    problems.push(`dialog: ${d.message()}`);
    await d.dismiss();
  });
  page.on('request', (r) => {
    if (r.url() !== url) problems.push(`request: ${r.url().slice(0, 120)}`);
  });
  await page.goto(url);
  problems.push(...(await page.evaluate(inspect)));
  if (shots) {
    const name = `${basename(file, '.html')}-${screen.name}-${theme}.png`;
    await page.screenshot({ path: join(shots, name), fullPage: true });
  }
  // Folded parts are part of the page: look at them open.
  await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
  problems.push(...(await page.evaluate(inspect)).map((p) => `unfolded: ${p}`));
  if (screen.quick) {
    await context.close();
    verdict(`${basename(file)} ${screen.name} ${theme}`, problems);
    return;
  }
  // A fresh evaluation is not bound by the page's content security policy.
  await page.evaluate(axeSource);
  const result = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
  for (const v of result.violations)
    if (['serious', 'critical'].includes(v.impact))
      problems.push(`axe ${v.impact}: ${v.id}, ${v.nodes.length} × ${v.help} — ${v.nodes[0].target.join(' ')}`);
  await context.close();
  verdict(`${basename(file)} ${screen.name} ${theme}`, problems);
}

async function main() {
  const files = process.argv.slice(2);
  let shots = null;
  if (files[0] === '--shots') {
    [, shots] = files.splice(0, 2);
    mkdirSync(shots, { recursive: true });
  }
  if (files.length === 0) {
    console.error('usage: node report.mjs [--shots FOLDER] PAGE.html…');
    process.exit(2);
  }
  const browser = await chromium.launch({
    executablePath: process.env.HUISHENG_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  try {
    for (const file of files)
      for (const screen of SCREENS)
        for (const theme of screen.quick ? ['light'] : THEMES) await check(browser, file, screen, theme, shots);
  } finally {
    await browser.close();
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

await main();
