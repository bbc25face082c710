// SPDX-License-Identifier: Apache-2.0
// What people do in the console, each from the start to the end they want. Every test has a server of its own.
import { looks, axe, openPage, settle } from './browser.mjs';

const IN = { hs_session: 'mock' };

export const tests = {
  'signing in: a wrong password says so, a right one leads back to where one was going': async ({ open, page, origin }) => {
    const p = await open({ cookies: {}, expectFailures: true });
    await p.goto(`${origin}/customers?q=王`);
    await p.fill('input[type=email]', 'wangfang@shop.example');
    await p.fill('input[type=password]', 'wrong');
    await p.click('button[type=submit]');
    await p.getByText('邮箱或密码不对').waitFor();
    await p.fill('input[type=password]', 'locked');
    await p.click('button[type=submit]');
    await p.getByText('14 分钟后再试').waitFor();
    await p.fill('input[type=password]', '一句好记的话就行');
    await p.click('button[type=submit]');
    await p.waitForURL((u) => u.pathname === '/customers' && u.searchParams.get('q') === '王');
    return page;
  },
  'set-up: what is missing is named, then one is in': async ({ open, origin }) => {
    const p = await open({ cookies: { mock: 'setup' } });
    await p.goto(`${origin}/setup?token=good`);
    await p.click('button[type=submit]');
    await p.getByText('密码至少 12 个字符').waitFor();
    const inputs = p.locator('form input');
    await inputs.first().fill('山里茶铺');
    await p.fill('input[type=email]', 'a@b.example');
    await p.fill('input[type=password]', '一句好记的话就行了，很好记');
    await p.click('button[type=submit]');
    await p.waitForURL(`${origin}/`);
  },
  'a figure leads to the feedback behind it, and back': async ({ open, origin }) => {
    const p = await open();
    await p.goto(origin);
    await settle(p);
    await p.locator('.issues .name').first().click();
    await p.waitForURL((u) => u.pathname === '/feedback' && u.searchParams.has('filter[dimension][in]'));
    await settle(p);
    await p.locator('.item').first().waitFor();
    await p.goBack();
    await p.waitForURL(`${origin}/`);
  },
  'filter, period and views stand in the address': async ({ open, origin }) => {
    const p = await open();
    await p.goto(origin);
    await settle(p);
    await p.getByRole('button', { name: '筛选', exact: true }).click();
    await p.getByLabel('按什么筛选').selectOption('channel');
    await p.locator('.values').getByText('京东', { exact: true }).click();
    await p.getByRole('button', { name: '确定' }).click();
    await p.waitForURL((u) => u.searchParams.get('filter[channel][in]') === 'jd');
    await p.getByRole('button', { name: /时间：/ }).click();
    await p.getByRole('button', { name: '近 7 天' }).click();
    await p.waitForURL((u) => u.searchParams.get('period') === '7d');
    await p.getByRole('button', { name: '视图', exact: true }).click();
    await p.getByPlaceholder('起个名字').fill('京东一周');
    await p.getByRole('button', { name: '保存当前视图' }).click();
    await p.getByText('已保存视图“京东一周”').waitFor();
    await p.goto(origin);
    await settle(p);
    await p.getByRole('button', { name: '视图', exact: true }).click();
    await p.getByRole('link', { name: /京东一周/ }).click();
    await p.waitForURL((u) => u.searchParams.get('period') === '7d' && u.searchParams.get('filter[channel][in]') === 'jd');
    await p.getByRole('button', { name: /去掉筛选：渠道/ }).click();
    await p.waitForURL((u) => !u.searchParams.has('filter[channel][in]'));
  },
  'the keyboard alone: j, k, Enter, Esc, /, ?, g': async ({ open, origin, expect }) => {
    const p = await open();
    await p.goto(`${origin}/feedback`);
    await settle(p);
    await p.keyboard.press('j');
    await p.keyboard.press('j');
    await p.keyboard.press('Enter');
    await p.waitForURL(/\/feedback\/[0-9a-f-]{36}/);
    const first = p.url();
    await p.keyboard.press('j');
    await p.waitForFunction((was) => location.href !== was, first);
    await p.keyboard.press('k');
    await p.waitForURL(first);
    await p.keyboard.press('Escape');
    await p.waitForURL(`${origin}/feedback`);
    await p.keyboard.press('/');
    expect(await p.evaluate(() => document.activeElement?.tagName), 'INPUT', 'search has the focus');
    await p.keyboard.type('赠品');
    await p.keyboard.press('Enter');
    await p.waitForURL((u) => u.searchParams.get('q') === '赠品');
    await p.locator('.item mark').first().waitFor();
    await p.evaluate(() => document.activeElement.blur());
    await p.keyboard.press('?');
    await p.getByRole('dialog', { name: '快捷键' }).waitFor();
    await p.keyboard.press('Escape');
    await p.waitForFunction(() => ![...document.querySelectorAll('[role=dialog]')].some((e) => e.getClientRects().length));
    await p.keyboard.press('g');
    await p.keyboard.press('c');
    await p.waitForURL(`${origin}/customers`);
  },
  'a correction is kept with who, and undone': async ({ open, origin, server, expect }) => {
    const f = server.worlds.data.feedback.find((x) => x.analysis.sentiment === 'neg' && x.analysis.dimensions.length);
    const p = await open();
    await p.goto(`${origin}/feedback/${f.id}`);
    await settle(p);
    await p.getByRole('radiogroup', { name: '情感' }).getByText('中性').click();
    await p.getByText('把情感从“负面”改为“中性”').waitFor();
    await p.getByText(/由 王芳 更正/).waitFor();
    expect(f.analysis.sentiment, 'neu', 'the server has it');
    await p.locator('.toast').getByRole('button', { name: '撤销' }).click();
    await p.getByText('把情感从“负面”改为“中性”').waitFor({ state: 'detached' });
    expect(f.analysis.sentiment, 'neg', 'the server has it back');
    const name = f.analysis.dimensions[0].code;
    await p.locator('.dims .signs button.pos').first().click();
    await p.getByText(/把维度从/).waitFor();
    expect(f.analysis.dimensions.find((d) => d.code === name).polarity, 'pos', 'polarity of the dimension');
  },
  'many at once: deleted, corrected, undone': async ({ open, origin, server, expect }) => {
    const p = await open();
    await p.goto(`${origin}/feedback`);
    await settle(p);
    const w = server.worlds.data;
    await p.locator('.item .check').nth(0).check();
    await p.locator('.item .check').nth(1).check();
    await p.getByRole('toolbar').getByRole('button', { name: '删除' }).click();
    await p.getByText('已删除 2 条').waitFor();
    expect(w.feedback.filter((f) => f.deleted).length, 2, 'deleted');
    await p.locator('.toast').getByRole('button', { name: '撤销' }).click();
    await p.getByText('已撤销').waitFor();
    expect(w.feedback.filter((f) => f.deleted).length, 0, 'restored');
    await p.locator('.item .check').nth(0).check();
    await p.getByLabel('改紧急程度').selectOption('2');
    await p.getByText('已更正 1 条').waitFor();
    expect(w.feedback.filter((f) => f.corrections.length).length, 1, 'corrected');
    await p.locator('.toast').last().getByRole('button', { name: '撤销' }).click();
    await p.getByText('已撤销').last().waitFor();
    expect(w.feedback.filter((f) => f.corrections.length).length, 0, 'as judged');
  },
  'new feedback shows without reload, in the list and the overview': async ({ open, origin, expect }) => {
    const list = await open();
    const overview = await open();
    await list.goto(`${origin}/feedback`);
    await overview.goto(origin);
    await settle(list);
    await settle(overview);
    await list.waitForFunction(() => document.querySelector('.live.on'));
    const before = await overview.locator('.strip .big').nth(2).innerText();
    const began = Date.now();
    await fetch(`${origin}/api/v1/feedback`, { method: 'POST', headers: { 'Content-Type': 'application/json', Cookie: 'hs_session=mock', 'X-CSRF-Token': 'csrf-mock' }, body: JSON.stringify({ text: '刚刚从店里写来的一条', channel: 'store' }) });
    await list.getByText('刚刚从店里写来的一条').waitFor();
    const took = Date.now() - began;
    if (took > 3000) throw new Error(`shown after ${took} ms`);
    await overview.waitForFunction((was) => document.querySelectorAll('.strip .big')[2]?.innerText !== was, before);
    await overview.getByText('刚到 1 条').waitFor();
    expect(true, true, '');
  },
  'a file: dropped, tried, written, seen, undone': async ({ open, origin, expect }) => {
    const p = await open();
    await p.goto(`${origin}/imports`);
    await settle(p);
    await p.setInputFiles('input[type=file]', { name: '评价 11月.csv', mimeType: 'text/csv', buffer: Buffer.from('评价内容,评分\n好喝,5\n') });
    await p.waitForURL(/\/imports\/[0-9a-f-]{36}/);
    await p.getByText('会新增 1,190 条，更新 41 条，读不懂 3 行').waitFor();
    await p.getByText('评价 11月.csv').first().waitFor();
    await p.getByLabel('收货省份：当作').selectOption('city');
    await p.getByRole('button', { name: '改了再试读' }).click();
    await p.getByRole('button', { name: '写入 1,231 条' }).click();
    await p.getByRole('progressbar').waitFor();
    await p.getByText('新增 1,190 条，更新 41 条').waitFor();
    expect(await p.getByRole('link', { name: '看报告' }).count(), 1, 'link to the report');
    await p.getByRole('button', { name: '撤销整个导入' }).click();
    await p.getByRole('dialog').getByRole('button', { name: '撤销整个导入' }).click();
    await p.getByRole('heading', { name: /这次导入已撤销/ }).waitFor();
  },
  'a key is shown once': async ({ open, origin, expect }) => {
    const p = await open();
    await p.goto(`${origin}/keys`);
    await settle(p);
    await p.getByRole('button', { name: '建一把密钥' }).click();
    await p.getByPlaceholder('比如“官网表单”').fill('小程序');
    await p.getByRole('dialog').getByRole('button', { name: '建一把密钥' }).click();
    await p.getByText('hs_key_77d0c1a59e3b4f6688d2', { exact: true }).waitFor();
    expect((await p.getByRole('dialog').innerText()).includes('curl'), true, 'an example to copy');
    await p.getByRole('button', { name: '已存好' }).click();
    await p.getByText('hs_key_77d0c1a59e3b4f6688d2').first().waitFor({ state: 'detached' });
    await p.getByRole('row', { name: /小程序/ }).getByRole('button', { name: '停用' }).click();
    await p.getByRole('dialog').getByRole('button', { name: '停用' }).click();
    await p.getByText('“小程序”已停用').waitFor();
  },
  'an invitation is a link; a role can be changed and changed back': async ({ open, origin, server, expect }) => {
    const p = await open();
    await p.goto(`${origin}/users`);
    await settle(p);
    await p.getByRole('button', { name: '邀请成员' }).click();
    await p.locator('#invite-form input[type=email]').fill('new@shop.example');
    await p.locator('#invite-form').getByText('客服', { exact: true }).click();
    await p.getByRole('button', { name: '生成链接' }).click();
    await p.getByText('http://shop.example:8080/links/inv-3fa81c0d').waitFor();
    await p.keyboard.press('Escape');
    const lijing = server.worlds.data.users.find((u) => u.name === '李静');
    await p.getByLabel('lijing@shop.example：角色').selectOption('viewer');
    await p.getByText('lijing@shop.example 现在是只看').waitFor();
    expect(lijing.role, 'viewer', 'role');
    await p.locator('.toast').getByRole('button', { name: '撤销' }).click();
    await p.getByText('已撤销').waitFor();
    expect(lijing.role, 'analyst', 'role before');
  },
  'dimensions: a name, a word, a weight; saved as a version and undone': async ({ open, origin, server, expect }) => {
    const p = await open();
    await p.goto(`${origin}/taxonomy`);
    await settle(p);
    await p.getByLabel('物流配送：名称').fill('送货');
    await p.getByLabel(/^送货：加一个词/).fill('骑手');
    await p.keyboard.press('Enter');
    await p.getByText('改了 1 处，还没保存').waitFor();
    await p.getByRole('button', { name: '保存' }).click();
    await p.getByText('已保存为第 5 版').waitFor();
    const names = () => server.worlds.data.taxonomy.dimensions.map((d) => d.name);
    expect(names().includes('送货'), true, 'the new name');
    await p.locator('.toast').getByRole('button', { name: '撤销' }).click();
    await p.getByText('已撤销').waitFor();
    expect(names().includes('物流配送'), true, 'the name before');
  },
  'erasing a customer says how much and asks for a word': async ({ open, origin, server, expect }) => {
    const u = server.worlds.data.customers[0];
    const p = await open();
    await p.goto(`${origin}/customers/${u.id}`);
    await settle(p);
    await p.getByRole('button', { name: '抹掉这位顾客' }).click();
    const go = p.getByRole('dialog').getByRole('button', { name: /抹掉 \d+ 条，不能恢复/ });
    expect(await go.isDisabled(), true, 'not yet');
    await p.getByLabel('输入“抹掉”确认').fill('抹掉');
    await go.click();
    await p.getByText('ER-2026-0007').waitFor();
    expect(u.erased, true, 'erased');
  },
  'a job that stopped can be tried again; the log can be checked': async ({ open, origin }) => {
    const p = await open();
    await p.goto(`${origin}/status`);
    await settle(p);
    await p.getByRole('button', { name: '再试' }).click();
    await p.getByRole('heading', { name: '一切正常' }).waitFor();
    await p.goto(`${origin}/audit`);
    await p.getByRole('button', { name: '核对有没有被改过' }).click();
    await p.getByText('64 条记录完整，没有被改过').waitFor();
  },
  'the API page shows an operation and tries it': async ({ open, origin }) => {
    const p = await open();
    await p.goto(`${origin}/api/docs`);
    await p.getByText('列出反馈，新的在前').click();
    await p.getByLabel('limit').fill('1');
    await p.getByText(/limit=1'/).waitFor();
    await p.getByRole('button', { name: '试一下' }).click();
    await p.getByText(/^200/).waitFor();
  },
  'language and theme change at once and last': async ({ open, origin, expect }) => {
    const p = await open();
    await p.goto(`${origin}/settings`);
    await settle(p);
    await p.getByText('深色', { exact: true }).click();
    expect(await p.evaluate(() => document.documentElement.classList.contains('dark')), true, 'dark');
    await p.reload();
    await settle(p);
    expect(await p.evaluate(() => document.documentElement.classList.contains('dark')), true, 'still dark');
    await p.getByText('English', { exact: true }).first().click();
    await p.getByRole('heading', { name: 'Settings' }).waitFor();
    expect(await p.evaluate(() => document.documentElement.lang), 'en', 'lang of the page');
  },
  'on a phone the navigation folds and unfolds': async ({ open, origin, expect }) => {
    const p = await open({ screen: 'phone' });
    await p.goto(origin);
    await settle(p);
    expect(await p.getByRole('link', { name: '顾客' }).isVisible(), false, 'folded');
    await p.getByRole('button', { name: '菜单' }).click();
    await p.waitForTimeout(250);
    const found = [...(await looks(p)), ...(await axe(p))];
    if (found.length) throw new Error(found.join(' | '));
    await p.getByRole('link', { name: '顾客' }).click();
    await p.waitForURL(`${origin}/customers`);
    await p.goto(`${origin}/feedback`);
    await p.locator('.item .text').first().click();
    await p.getByRole('button', { name: '返回' }).click();
    await p.locator('.item .text').first().waitFor();
  },
  'without the server what was seen stays, and comes alive again': async ({ open, origin, expect }) => {
    const p = await open({ expectFailures: true });
    await p.goto(origin);
    await settle(p);
    await p.context().setOffline(true);
    await p.getByRole('link', { name: '顾客' }).click();
    await p.getByText('连不上服务器，恢复后自动继续').waitFor();
    await p.context().setOffline(false);
    await p.getByRole('columnheader', { name: '最近' }).waitFor();
    expect(await p.getByText('连不上服务器，恢复后自动继续').count(), 0, 'the bar is gone');
    p.problems = p.problems.filter((x) => !/ERR_INTERNET_DISCONNECTED|dynamically imported/.test(x));
  },
  'an empty workspace: demo data fills it without reload': async ({ open, origin }) => {
    const p = await open({ cookies: { ...IN, mock: 'empty' } });
    await p.goto(origin);
    await settle(p);
    await p.getByRole('heading', { name: /还没有反馈/ }).waitFor();
    await p.getByRole('button', { name: '装入演示数据' }).click();
    await p.locator('.strip').waitFor();
  },
  'dialogs and panels are sound for a screen reader': async ({ open, origin }) => {
    const p = await open();
    const found = [];
    for (const [path, name] of [['/', '筛选'], ['/', '视图'], ['/', /时间：/], ['/keys', '建一把密钥'], ['/users', '邀请成员'], ['/', '我的账号']]) {
      await p.goto(origin + path);
      await settle(p);
      await p.getByRole('button', { name, exact: typeof name === 'string' }).first().click();
      await p.waitForTimeout(350);
      found.push(...(await axe(p)).map((x) => `${path} ${String(name)}: ${x}`));
    }
    if (found.length) throw new Error(found.join(' | '));
  },
};

export async function behaviours(tally, browser, start) {
  for (const [name, test] of Object.entries(tests)) {
    await tally.run(name, async (problems) => {
      const server = await start();
      const opened = [];
      try {
        await test({
          server,
          origin: server.address,
          open: async (options) => {
            const page = await openPage(browser, server.address, { cookies: IN, ...options });
            page.setDefaultTimeout(8000);
            opened.push(page);
            return page;
          },
          expect(actual, wanted, what) {
            if (actual !== wanted) throw new Error(`${what}: ${JSON.stringify(actual)}, expected ${JSON.stringify(wanted)}`);
          },
        });
        for (const page of opened) problems.push(...page.problems);
      } finally {
        for (const page of opened) await page.context().close();
        server.stop();
      }
    });
  }
}
