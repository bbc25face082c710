// SPDX-License-Identifier: Apache-2.0
// The console on the real server: the set-up link, a key, feedback that appears by itself, a file, a correction, a colleague.
//
//   node console_server.mjs BUILD/huisheng [--shots FOLDER]       ends with “N passed, N failed”
//
// One server with an empty data directory; the steps build on each other, as a first day does.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { axe, launch, looks, openPage, settle, Tally } from './browser.mjs';

const PASSWORD = '一句好记的话，谁也猜不到';

function freePort() {
  return new Promise((done) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => done(port));
    });
  });
}

async function startServer(program, data) {
  const port = await freePort();
  const child = spawn(program, ['serve', '--data', data, '--listen', `127.0.0.1:${port}`, '--lang', 'zh'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '', err = '';
  child.stdout.on('data', (d) => (out += d));
  child.stderr.on('data', (d) => (err += d));
  const origin = `http://127.0.0.1:${port}`;
  for (let i = 0; i < 150; i++) {
    const link = /http\S+\/setup\?token=\S+/.exec(out)?.[0];
    if (link) return { origin, link, stop: () => new Promise((done) => { child.on('exit', done); child.kill('SIGTERM'); }) };
    if (child.exitCode !== null) break;
    await new Promise((r) => setTimeout(r, 100));
  }
  child.kill('SIGKILL');
  throw new Error(`the server did not start: ${err || out}`);
}

const TEXTS = ['包装很结实，就是等了八天才到', '味道不错，家里人都喜欢', '打开一看罐子压扁了，茶撒了一半', '客服很耐心，一样一样给我讲', '退款拖了一周还没到，催了三次', '第二天就送到了，快递员很客气'];

async function main() {
  const [program, ...rest] = process.argv.slice(2);
  const shots = rest[0] === '--shots' ? rest[1] : null;
  if (shots) mkdirSync(shots, { recursive: true });
  const tally = new Tally();
  const data = mkdtempSync(join(tmpdir(), 'huisheng-console-'));
  const browser = await launch();
  let server;
  try {
    server = await startServer(resolve(program), join(data, 'data'));
    const { origin } = server;
    const page = await openPage(browser, origin, { expectFailures: true });
    page.setDefaultTimeout(15000);
    const refused = [];
    page.on('response', (r) => {
      // Asking who is signed in is answered with 401 before one is.
      if (r.status() >= 400 && !/\/api\/v1\/(session|links)/.test(r.url())) refused.push(`${r.status()} ${r.request().method()} ${r.url().replace(origin, '')}`);
    });
    let key = '';
    const step = (name, test) => tally.run(`server: ${name}`, async (problems) => {
      page.problems.length = refused.length = 0;
      await test(problems);
      problems.push(...page.problems, ...refused);
    });
    const post = async (records) => {
      const r = await fetch(`${origin}/api/v1/feedback`, { method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` }, body: JSON.stringify(records) });
      if (r.status !== 201) throw new Error(`POST /feedback: ${r.status} ${await r.text()}`);
      return (await r.json()).data;
    };

    await step('the set-up link makes the first administrator', async () => {
      await page.goto(server.link);
      await page.locator('form input').first().fill('山里茶铺');
      await page.fill('input[type=email]', 'wangfang@shop.example');
      await page.fill('input[type=password]', PASSWORD);
      await page.click('button[type=submit]');
      await page.getByRole('heading', { name: /还没有反馈/ }).waitFor();
    });
    await step('a key is made and shown once', async () => {
      await page.goto(`${origin}/keys`);
      await settle(page);
      await page.getByRole('button', { name: '建一把密钥' }).first().click();
      await page.getByPlaceholder('比如“官网表单”').fill('官网表单');
      await page.getByRole('dialog').getByText('读反馈和数字').click();
      await page.getByRole('dialog').getByRole('button', { name: '建一把密钥' }).click();
      key = (await page.locator('.copy pre').first().innerText()).trim();
      if (!/^hs_key_\S{20,}$/.test(key)) throw new Error(`no key: ${key}`);
      await page.getByRole('button', { name: '已存好' }).click();
    });
    await step('feedback sent by API shows without reload', async (problems) => {
      await page.goto(`${origin}/feedback`);
      await settle(page);
      await page.waitForFunction(() => document.querySelector('.live.on'));
      await post({ text: '刚从官网写来的第一条：包装很结实', channel: 'web', scores: [{ metric: 'rating', value: 5, scale: '1-5' }] });
      const began = Date.now();
      await page.getByText('刚从官网写来的第一条').waitFor();
      console.log(`shown ${Date.now() - began} ms after it was acknowledged`);
      if (Date.now() - began > 5000) problems.push('shown too late');
      await page.locator('.item .tag').first().waitFor();
    });
    await step('the overview of 300, and a figure leads to its feedback', async () => {
      await post(Array.from({ length: 300 }, (_, i) => ({ text: `${TEXTS[i % 6]}，订单 ${1000 + i}`, channel: ['tmall', 'jd', 'web'][i % 3], external_id: `e${i}`, occurred_at: new Date(Date.now() - (i % 25) * 86400e3 - 3600e3).toISOString().replace(/\.\d+Z/, 'Z'),
        scores: [{ metric: 'rating', value: [3, 5, 1, 5, 1, 4][i % 6], scale: '1-5' }], customer: { phone: `1380000${1000 + (i % 40)}`, name: `顾客${i % 40}` }, attributes: { region: ['浙江', '西藏', '广东'][i % 3] } })));
      await page.goto(origin);
      await page.waitForFunction(() => Number(document.querySelectorAll('.strip .big')[2]?.innerText) >= 300);
      await settle(page);
      await page.locator('.issues .name').first().click();
      await page.locator('.item').first().waitFor();
      await page.goto(`${origin}/feedback?q=压扁`);
      await page.locator('.item mark').first().waitFor();
    });
    await step('a correction is kept with who, and undone', async () => {
      await page.goto(`${origin}/feedback?q=压扁`);
      await page.locator('.item .text').first().click();
      await page.getByRole('radiogroup', { name: '情感' }).getByText('中性').click();
      await page.getByText(/把情感从.*改为“中性”/).waitFor();
      await page.getByText(/由 .*wangfang.* 更正/).waitFor();
      await page.locator('.toast').getByRole('button', { name: '撤销' }).click();
      await page.getByText(/把情感从.*改为“中性”/).waitFor({ state: 'detached' });
    });
    await step('a file is tried, written, reported, undone', async () => {
      const rows = Array.from({ length: 120 }, (_, i) => `${TEXTS[i % 6]}（第 ${i} 单）,${1 + (i % 5)},2026-10-${String(1 + (i % 28)).padStart(2, '0')} 10:00,O${i}`);
      await page.goto(`${origin}/imports`);
      await settle(page);
      await page.setInputFiles('input[type=file]', { name: '评价.csv', mimeType: 'text/csv', buffer: Buffer.from(`评价内容,评分,评价时间,订单编号\n${rows.join('\n')}\n`) });
      await page.getByRole('button', { name: '写入 120 条' }).click();
      await page.getByRole('heading', { name: '新增 120 条，更新 0 条' }).waitFor();
      await page.getByRole('link', { name: '看报告' }).waitFor();
      await page.getByRole('button', { name: '撤销整个导入' }).click();
      await page.getByRole('dialog').getByRole('button', { name: '撤销整个导入' }).click();
      await page.getByRole('heading', { name: /这次导入已撤销/ }).waitFor();
    });
    await step('a colleague comes by link and sees what his role allows', async (problems) => {
      await page.goto(`${origin}/users`);
      await settle(page);
      await page.getByRole('button', { name: '邀请成员' }).click();
      await page.locator('#invite-form input[type=email]').fill('lijing@shop.example');
      await page.getByRole('button', { name: '生成链接' }).click();
      const link = (await page.locator('.copy pre').first().innerText()).trim();
      const other = await openPage(browser, origin, { screen: 'phone', expectFailures: true });
      await other.goto(link);
      await other.fill('input[type=password]', '另一句好记的话，只有她知道');
      await other.click('button[type=submit]');
      await other.waitForURL(`${origin}/`);
      await other.goto(`${origin}/users`);
      await other.getByText('这里需要更高的权限').waitFor();
      problems.push(...other.problems);
      await other.context().close();
    });
    const customer = await page.evaluate(async () => (await (await fetch('/api/v1/customers?limit=1')).json()).data?.[0]?.id);
    const one = await page.evaluate(async () => (await (await fetch('/api/v1/feedback?limit=1')).json()).data[0].id);
    for (const [name, path] of [['overview', '/'], ['feedback', '/feedback'], ['one', `/feedback/${one}`], ['customers', '/customers'], ['customer', `/customers/${customer}`], ['crosstab', '/crosstab?rows=attr.region'], ['imports', '/imports'], ['keys', '/keys'],
      ['users', '/users'], ['taxonomy', '/taxonomy'], ['status', '/status'], ['audit', '/audit'], ['settings', '/settings'], ['api', '/api/docs']])
      await step(`page ${name}`, async (problems) => {
        await page.goto(origin + path);
        await settle(page);
        await page.waitForTimeout(300);
        if (shots) await page.screenshot({ path: join(shots, `server-${name}.png`), fullPage: true });
        problems.push(...(await looks(page)), ...(await axe(page)));
      });
    await step('the log is whole', async () => {
      await page.goto(`${origin}/audit`);
      await page.getByRole('button', { name: '核对有没有被改过' }).click();
      await page.getByText(/条记录完整，没有被改过/).waitFor();
    });
  } catch (e) {
    tally.verdict('server', [e.message]);
  } finally {
    await browser.close();
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  }
  process.exit(tally.end());
}

await main();
