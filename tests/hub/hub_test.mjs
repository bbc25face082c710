// SPDX-License-Identifier: Apache-2.0
// The official client of Formbricks Hub, as it is published, against a running server. Each call of it is made, and
// what the server answers is looked at the way the client's users do: by its types and its error classes.
//
//     node hub_test.mjs PROGRAM [STORE]        prints “ok NAME” or “not ok NAME” for each test
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import FormbricksHub from "@formbricks/hub";

const program = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), "huisheng-hub-"));
const where = ["--data", join(folder, "data"), ...(process.argv[3] ? ["--store", process.argv[3]] : [])];
const scopes = "feedback:read,feedback:write,feedback:delete,personal:read,webhook:write";
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
let server, hub, url;

const run = (args, input) => execFileSync(program, [...args, ...where, "--lang", "en"], { input, encoding: "utf8" }).trim();
const newKey = (name, wanted) => run(["key", "create", "--name", name, "--scopes", wanted]);

async function start() {
  server = spawn(program, ["serve", "--listen", "127.0.0.1:0", ...where, "--lang", "en"], { stdio: ["ignore", "pipe", "inherit"] });
  url = await new Promise((done, fail) => {
    let said = "";
    server.stdout.on("data", (piece) => {
      const found = /ready: (http:\S+)/.exec((said += piece));
      if (found) done(found[1]);
    });
    server.on("exit", () => fail(new Error("the server ended: " + said)));
  });
}

async function until(what, ms = 10000) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(50)) {
    const value = await what();
    if (value) return value;
  }
  throw new Error("waited in vain");
}

async function fails(promise, kind, code) {
  try {
    await promise;
  } catch (error) {
    assert.equal(error.constructor, kind, `${error}`);
    assert.equal(error.error.code, code);
    assert.equal(error.error.status, error.status);
    assert.ok(error.error.title && error.error.detail && error.error.request_id);
    assert.match(error.error.detail, /^[^\u3000-\u9fff]*$/, "in English unless asked otherwise");
    return error.error;
  }
  throw new Error("should have failed");
}

let serial = 0;
const record = (more) => ({ tenant_id: "org-1", submission_id: `s-${++serial}`, field_id: "q1", field_type: "text", source_type: "survey", ...more });

// Whoever listens for webhooks.
async function listen(answer = () => 200) {
  const got = [];
  const receiver = createServer((request, response) => {
    const pieces = [];
    request.on("data", (piece) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces).toString();
      got.push({ headers: request.headers, body, event: JSON.parse(body) });
      response.writeHead(answer(got.length));
      response.end();
    });
  });
  await new Promise((done) => receiver.listen(0, "127.0.0.1", done));
  return { got, url: `http://127.0.0.1:${receiver.address().port}/hook`, close: () => receiver.close() };
}

function signature(key, { headers, body }) {
  const secret = Buffer.from(key.replace(/^whsec_/, ""), "base64");
  return "v1," + createHmac("sha256", secret).update(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`).digest("base64");
}

const tests = {
  async every_shape_that_is_referred_to_is_described() {
    const document = await (await fetch(`${url}/api/openapi.json`, { headers: { authorization: `Bearer ${hub.apiKey}` } })).json();
    const text = JSON.stringify(Object.entries(document.paths).filter(([path]) => path.startsWith("/v1/")));
    const names = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map((m) => m[1]);
    assert.ok(names.length >= 20);
    assert.deepEqual([...new Set(names)].filter((name) => !document.components.schemas[name]), []);
  },

  async health_answers() {
    assert.equal(await hub.health.check(), "OK");
  },

  async a_record_comes_back_as_it_was_given() {
    const given = record({
      field_label: "还有什么想说的？", field_group_id: "g", field_group_label: "Group", source_id: "survey-1", source_name: "Q1",
      user_id: "user-1", language: "zh", value_text: "物流太慢，等了一个星期，客服也不理人", value_id: "opt",
      value_number: 4.5, value_boolean: false, value_date: "2024-02-29T00:00:00Z", collected_at: "2024-03-01T08:30:00.250Z",
      metadata: { device: { os: "安卓" }, tags: ["a", null, 1.5], "key with space": true },
    });
    const made = await hub.feedbackRecords.create(given);
    const found = await hub.feedbackRecords.retrieve(made.id);
    for (const [name, value] of Object.entries(given)) {
      assert.deepEqual(made[name], value, name);
      assert.deepEqual(found[name], value, name);
    }
    assert.match(made.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/);
    assert.ok(Math.abs(Date.parse(made.created_at) - Date.now()) < 60000);
    assert.equal(made.sentiment, undefined);
  },

  async every_type_of_field_is_taken() {
    const values = { text: { value_text: "good" }, categorical: { value_text: "Red", value_id: "r" }, nps: { value_number: 9 }, csat: { value_number: 4 },
      ces: { value_number: 2 }, rating: { value_number: 5 }, number: { value_number: -12.25 }, boolean: { value_boolean: true }, date: { value_date: "2024-05-01T00:00:00Z" } };
    for (const [field_type, value] of Object.entries(values)) {
      const made = await hub.feedbackRecords.create(record({ tenant_id: "types", field_type, ...value }));
      const found = await hub.feedbackRecords.retrieve(made.id);
      for (const [name, v] of Object.entries(value)) assert.equal(found[name], v, field_type);
      assert.equal(found.field_type, field_type);
    }
    assert.equal((await hub.feedbackRecords.count({ tenant_id: "types" })).count, 9);
    const scores = await hub.feedbackRecords.list({ tenant_id: "types", field_type: ["nps", "rating"] });
    assert.deepEqual(scores.data.map((r) => r.field_type).sort(), ["nps", "rating"]);
    assert.equal((await hub.feedbackRecords.count({ tenant_id: "types", value_number_min: 9, value_number_max: 10 })).count, 1);
    assert.equal((await hub.feedbackRecords.count({ tenant_id: "types", value_number_max: -12 })).count, 1);
    assert.equal((await hub.feedbackRecords.count({ tenant_id: "types", value_date_min: "2024-04-30T00:00:00Z" })).count, 1);
  },

  async errors_are_those_of_hub() {
    const { BadRequestError, ConflictError, NotFoundError, AuthenticationError, PermissionDeniedError } = FormbricksHub;
    const wrong = await fails(hub.feedbackRecords.create({ ...record(), field_type: "textt", value_number: 1e16, extra: 1 }), BadRequestError, "validation");
    assert.deepEqual(wrong.invalid_params.map((p) => p.name).sort(), ["extra", "field_type", "value_number"]);
    const missing = await fails(hub.feedbackRecords.create({}), BadRequestError, "validation");
    assert.deepEqual(missing.invalid_params.map((p) => p.name).sort(), ["field_id", "field_type", "source_type", "submission_id", "tenant_id"]);
    const twice = record();
    await hub.feedbackRecords.create(twice);
    await fails(hub.feedbackRecords.create(twice, { maxRetries: 0 }), ConflictError, "conflict");
    await fails(hub.feedbackRecords.retrieve("018e1234-5678-9abc-def0-123456789abc"), NotFoundError, "not_found");
    await fails(hub.feedbackRecords.retrieve("nonsense"), BadRequestError, "validation");
    await fails(hub.feedbackRecords.list({}), BadRequestError, "validation");
    await fails(hub.feedbackRecords.list({ tenant_id: "org-1", limit: 1001 }), BadRequestError, "validation");
    await fails(hub.feedbackRecords.list({ tenant_id: "org-1", cursor: "rubbish" }), BadRequestError, "validation");
    await fails(hub.feedbackRecords.list({ tenant_id: "org-1", since: "yesterday" }), BadRequestError, "validation");
    await fails(hub.feedbackRecords.list({ tenant_id: "org-1", value_number_min: 2, value_number_max: 1 }), BadRequestError, "validation");
    await fails(new FormbricksHub({ apiKey: "wrong", baseURL: url }).feedbackRecords.list({ tenant_id: "org-1" }), AuthenticationError, "unauthorized");
    const reader = new FormbricksHub({ apiKey: newKey("reader", "feedback:read"), baseURL: url });
    await fails(reader.feedbackRecords.create(record()), PermissionDeniedError, "forbidden");
  },

  async lists_have_pages_filters_and_orders() {
    const tenant_id = "pages";
    for (let i = 0; i < 25; i++)
      await hub.feedbackRecords.create(record({ tenant_id, user_id: `u${i % 3}`, source_id: i % 2 ? "odd" : "even,x", collected_at: `2024-01-${String(1 + (i % 20)).padStart(2, "0")}T00:00:00Z` }));
    for (const order of ["asc", "desc"])
      for (const sort of ["collected_at", "created_at"]) {
        const seen = [];
        let cursor;
        do {
          const page = await hub.feedbackRecords.list({ tenant_id, limit: 7, sort, order, cursor });
          assert.equal(page.limit, 7);
          seen.push(...page.data);
          cursor = page.next_cursor;
        } while (cursor);
        assert.equal(new Set(seen.map((r) => r.id)).size, 25);
        const times = seen.map((r) => r[sort]);
        assert.deepEqual(times, [...times].sort((a, b) => (order === "asc" ? (a < b ? -1 : 1) : a < b ? 1 : -1)));
      }
    const first = await hub.feedbackRecords.list({ tenant_id, limit: 7 });
    await fails(hub.feedbackRecords.list({ tenant_id, limit: 7, order: "asc", cursor: first.next_cursor }), FormbricksHub.BadRequestError, "validation");
    const count = async (more) => (await hub.feedbackRecords.count({ tenant_id, ...more })).count;
    assert.equal(await count({}), 25);
    assert.equal(await count({ user_id: ["u0"] }), 9);
    assert.equal(await count({ user_id: ["u0", "u2"] }), 17);
    assert.equal(await count({ source_id: ["even,x"] }), 13);
    assert.equal(await count({ since: "2024-01-05T00:00:00Z", until: "2024-01-06T00:00:00Z" }), 3);
    assert.equal(await count({ created_since: "2024-06-01T00:00:00Z" }), 25);
    assert.equal(await count({ submission_id: [first.data[0].submission_id] }), 1);
    assert.equal(await count({ language: ["fr"] }), 0);
    assert.equal(await count({ has_emotions: true }), 0);
    assert.equal((await hub.feedbackRecords.count({ tenant_id: "nobody" })).count, 0);
  },

  async sentiment_is_that_of_the_model_and_follows_the_text() {
    const tenant_id = "feelings";
    const bad = await hub.feedbackRecords.create(record({ tenant_id, value_text: "质量太差了，用了两天就坏，客服态度恶劣，非常失望" }));
    const good = await hub.feedbackRecords.create(record({ tenant_id, value_text: "非常好用，物流很快，客服态度也好，很满意，推荐" }));
    await until(async () => (await hub.feedbackRecords.count({ tenant_id, has_sentiment: true })).count === 2);
    const worst = await hub.feedbackRecords.retrieve(bad.id);
    assert.ok(["negative", "very_negative"].includes(worst.sentiment) && worst.sentiment_score < 0 && worst.sentiment_score >= -1);
    const best = await hub.feedbackRecords.retrieve(good.id);
    assert.ok(["positive", "very_positive"].includes(best.sentiment) && best.sentiment_score > 0);
    const negative = await hub.feedbackRecords.list({ tenant_id, sentiment: ["negative", "very_negative"] });
    assert.deepEqual(negative.data.map((r) => r.id), [bad.id]);
    assert.equal((await hub.feedbackRecords.list({ tenant_id, sentiment_score_min: 0 })).data[0].id, good.id);
    const status = await hub.enrichmentStatus.retrieve({ tenant_id });
    assert.deepEqual([status.sentiment.enabled, status.sentiment.eligible, status.sentiment.done], [true, 2, 2]);
    assert.equal(status.translation.disabled_reason, "not_configured");
    const changed = await hub.feedbackRecords.update(bad.id, { value_text: "后来客服帮忙换货，很快解决，非常满意，服务好" });
    assert.equal(changed.sentiment, undefined);
    const again = await until(async () => (await hub.feedbackRecords.retrieve(bad.id)).sentiment);
    assert.ok(again.endsWith("positive"), again);
  },

  async updates_change_only_what_they_name() {
    const made = await hub.feedbackRecords.create(record({ tenant_id: "changes", value_text: "一", value_number: 1, user_id: "before", metadata: { a: 1 } }));
    await sleep(5);
    const changed = await hub.feedbackRecords.update(made.id, { value_number: 2, user_id: "after", metadata: { b: 2 }, language: "en" });
    assert.deepEqual([changed.value_text, changed.value_number, changed.user_id, changed.metadata, changed.language], ["一", 2, "after", { b: 2 }, "en"]);
    assert.equal(changed.created_at, made.created_at);
    assert.ok(changed.updated_at > made.updated_at);
    assert.equal((await hub.feedbackRecords.count({ tenant_id: "changes", user_id: ["after"] })).count, 1);
    assert.equal((await hub.feedbackRecords.count({ tenant_id: "changes", user_id: ["before"] })).count, 0);
    await fails(hub.feedbackRecords.update(made.id, { tenant_id: "other" }), FormbricksHub.BadRequestError, "validation");
  },

  async deleting_is_for_good() {
    const one = record({ tenant_id: "gone", user_id: "p" });
    const made = await hub.feedbackRecords.create(one);
    await hub.feedbackRecords.delete(made.id);
    await fails(hub.feedbackRecords.retrieve(made.id), FormbricksHub.NotFoundError, "not_found");
    await fails(hub.feedbackRecords.delete(made.id), FormbricksHub.NotFoundError, "not_found");
    await hub.feedbackRecords.create(one); // free again
    await hub.feedbackRecords.create(record({ tenant_id: "gone-2", user_id: "p" }));
    await hub.feedbackRecords.create(record({ tenant_id: "gone", user_id: "q" }));
    assert.equal((await hub.feedbackRecords.bulkDelete({ user_id: "p", tenant_id: "gone" })).deleted_count, 1);
    assert.equal((await hub.feedbackRecords.bulkDelete({ user_id: "p" })).deleted_count, 1);
    assert.equal((await hub.feedbackRecords.bulkDelete({ user_id: "p" })).deleted_count, 0);
    assert.equal((await hub.feedbackRecords.count({ tenant_id: "gone" })).count, 1);
    await fails(hub.feedbackRecords.bulkDelete({ user_id: "" }), FormbricksHub.BadRequestError, "validation");
  },

  async a_tenant_is_removed_with_everything_of_it() {
    const tenant_id = "leaving";
    for (let i = 0; i < 12; i++) await hub.feedbackRecords.create(record({ tenant_id }));
    await hub.webhooks.create({ tenant_id, url: "http://127.0.0.1:9/", enabled: false });
    await hub.tenants.settings.update(tenant_id, { target_language: "en-us", sentiment_enabled: true });
    assert.deepEqual((await hub.tenants.settings.retrieve(tenant_id)).settings, { target_language: "en-US", sentiment_enabled: true });
    await hub.tenants.settings.update(tenant_id, { target_language: null });
    assert.deepEqual((await hub.tenants.settings.retrieve(tenant_id)).settings, { sentiment_enabled: true });
    const gone = await hub.tenants.deleteData(tenant_id);
    assert.deepEqual([gone.tenant_id, gone.deleted_feedback_records, gone.deleted_webhooks], [tenant_id, 12, 1]);
    assert.equal((await hub.tenants.deleteData(tenant_id)).deleted_feedback_records, 0);
    assert.deepEqual((await hub.tenants.settings.retrieve(tenant_id)).settings, {});
    await hub.feedbackRecords.create(record({ tenant_id }));
    assert.equal((await hub.tenants.purgeFeedbackRecords(tenant_id)).status, "accepted");
    await until(async () => (await hub.feedbackRecords.count({ tenant_id })).count === 0);
  },

  async what_is_alike_is_found() {
    const tenant_id = "alike";
    const texts = ["物流太慢，等了一个星期才到", "等了一个星期，物流实在太慢", "颜色很好看，很喜欢", "The app crashes when I log in", "Login is slow and the app crashes"];
    const made = [];
    for (const value_text of texts) made.push(await hub.feedbackRecords.create(record({ tenant_id, value_text, field_label: "Why?" })));
    await hub.feedbackRecords.create(record({ tenant_id: "alike-2", value_text: texts[0] }));
    const search = (query, more) => hub.feedbackRecords.search.performSemanticSearch({ tenant_id, query, ...more });
    const found = await until(async () => {
      const answer = await search("物流太慢");
      return answer.data.length === 2 && answer;
    });
    assert.deepEqual(found.data.map((r) => r.feedback_record_id).sort(), [made[0].id, made[1].id].sort());
    assert.ok(found.data.every((r) => r.score >= 0.7 && r.score <= 1 && r.field_label === "Why?" && texts.includes(r.value_text)));
    const crash = await until(async () => {
      const answer = await search("app crashes login", { limit: 1, min_score: 0.2 });
      return answer.next_cursor && answer;
    });
    assert.equal(crash.data[0].feedback_record_id, made[4].id);
    const next = await search("app crashes login", { limit: 1, min_score: 0.2, cursor: crash.next_cursor });
    assert.equal(next.data[0].feedback_record_id, made[3].id);
    const similar = await hub.feedbackRecords.retrieveSimilar(made[0].id);
    assert.equal(similar.data[0].feedback_record_id, made[1].id);
    assert.ok(similar.data.every((r) => r.feedback_record_id !== made[0].id));
    await fails(hub.feedbackRecords.retrieveSimilar("018e1234-5678-7abc-8ef0-123456789abc"), FormbricksHub.NotFoundError, "not_found");
    await fails(search(""), FormbricksHub.BadRequestError, "validation");
  },

  async webhooks_are_kept_and_listed() {
    const tenant_id = "hooks";
    const made = await hub.webhooks.create({ tenant_id, url: "https://example.com/hook", event_types: ["feedback_record.created"] });
    assert.match(made.signing_key, /^whsec_/);
    const shown = await hub.webhooks.retrieve(made.id);
    assert.deepEqual([shown.signing_key, shown.enabled, shown.url, shown.event_types], [undefined, true, "https://example.com/hook", ["feedback_record.created"]]);
    const changed = await hub.webhooks.update(made.id, { enabled: false, event_types: [] });
    assert.deepEqual([changed.enabled, changed.event_types], [false, []]);
    for (let i = 0; i < 3; i++) await hub.webhooks.create({ tenant_id, url: "https://example.com/more", event_types: ["feedback_record.deleted"] });
    const page = await hub.webhooks.list({ tenant_id, limit: 3 });
    const rest = await hub.webhooks.list({ tenant_id, limit: 3, cursor: page.next_cursor });
    assert.equal(new Set([...page.data, ...rest.data].map((w) => w.id)).size, 4);
    assert.equal(rest.next_cursor, undefined);
    assert.deepEqual((await hub.webhooks.list({ tenant_id, enabled: false })).data.map((w) => w.id), [made.id]);
    await hub.webhooks.delete(made.id);
    await fails(hub.webhooks.retrieve(made.id), FormbricksHub.NotFoundError, "not_found");
    const wrong = await fails(hub.webhooks.create({ tenant_id, url: "ftp://x", event_types: ["no.such"] }), FormbricksHub.BadRequestError, "validation");
    assert.deepEqual(wrong.invalid_params.map((p) => p.name), ["url", "event_types"]);
  },

  async webhooks_are_delivered_signed() {
    const tenant_id = "told";
    const all = await listen(), created = await listen(), other = await listen();
    const hook = await hub.webhooks.create({ tenant_id, url: all.url });
    await hub.webhooks.create({ tenant_id, url: created.url, event_types: ["feedback_record.created"] });
    await hub.webhooks.create({ tenant_id: "told-2", url: other.url });
    const made = await hub.feedbackRecords.create(record({ tenant_id, value_text: "太贵" }));
    await hub.feedbackRecords.update(made.id, { value_text: "不贵" });
    await hub.feedbackRecords.delete(made.id);
    const events = await until(() => {
      const records = all.got.filter((g) => g.event.type.startsWith("feedback_record."));
      return records.length === 3 && records;
    });
    for (const got of all.got) {
      assert.equal(got.headers["webhook-signature"], signature(hook.signing_key, got));
      assert.equal(got.headers["webhook-id"], got.event.id);
      assert.ok(Math.abs(got.headers["webhook-timestamp"] - Date.now() / 1000) < 60);
      assert.equal(got.event.tenant_id, tenant_id);
      assert.equal(got.headers["content-type"], "application/json");
    }
    const by = Object.fromEntries(events.map((g) => [g.event.type, g.event]));
    assert.equal(by["feedback_record.created"].data.value_text, "太贵");
    assert.equal(by["feedback_record.updated"].data.value_text, "不贵");
    assert.deepEqual(by["feedback_record.updated"].changed_fields, ["value_text"]);
    assert.deepEqual(by["feedback_record.deleted"].data, [made.id]);
    await until(() => created.got.length);
    assert.deepEqual(created.got.map((g) => g.event.type), ["feedback_record.created"]);
    assert.equal(other.got.length, 0);
    for (const l of [all, created, other]) l.close();
  },

  async a_delivery_that_fails_comes_again_and_gone_switches_off() {
    const tenant_id = "retried";
    const flaky = await listen((n) => (n === 1 ? 500 : 200)), gone = await listen(() => 410);
    await hub.webhooks.create({ tenant_id, url: flaky.url, event_types: ["feedback_record.created"] });
    const dead = await hub.webhooks.create({ tenant_id, url: gone.url, event_types: ["feedback_record.created"] });
    await hub.feedbackRecords.create(record({ tenant_id }));
    const off = await until(async () => {
      const w = await hub.webhooks.retrieve(dead.id);
      return !w.enabled && w;
    });
    assert.ok(off.disabled_reason && off.disabled_at);
    await until(() => flaky.got.length === 2, 15000);
    assert.equal(flaky.got[0].headers["webhook-id"], flaky.got[1].headers["webhook-id"]);
    const on = await hub.webhooks.update(dead.id, { enabled: true });
    assert.deepEqual([on.enabled, on.disabled_reason], [true, undefined]);
    flaky.close();
    gone.close();
  },

  async records_and_deliveries_survive_the_end_of_the_process() {
    const tenant_id = "survivor";
    const hook = await listen();
    await hub.webhooks.create({ tenant_id, url: "http://127.0.0.1:9/", event_types: ["feedback_record.created"] });
    const made = await hub.feedbackRecords.create(record({ tenant_id, value_text: "留下" }));
    const ended = new Promise((done) => server.on("exit", done));
    server.kill("SIGKILL");
    await ended;
    await start();
    hub = new FormbricksHub({ apiKey: hub.apiKey, baseURL: url });
    assert.equal((await hub.feedbackRecords.retrieve(made.id)).value_text, "留下");
    const [w] = (await hub.webhooks.list({ tenant_id })).data;
    await hub.webhooks.update(w.id, { url: hook.url });
    // What the killed process had in hand is free after a minute at most.
    const got = await until(() => hook.got[0], 100000);
    assert.equal(got.event.data.id, made.id);
    hook.close();
  },

  async the_server_ends_when_it_is_asked_to() {
    server.removeAllListeners("exit");
    const ended = new Promise((done) => server.on("exit", (status) => done(status)));
    server.kill("SIGTERM");
    assert.equal(await ended, 0);
  },
};

let failed = 0;
try {
  run(["setup", "--email", "owner@example.com", "--password-stdin"], "a long enough password\n");
  await start();
  hub = new FormbricksHub({ apiKey: newKey("hub", scopes), baseURL: url });
  for (const [name, test] of Object.entries(tests))
    try {
      await test();
      console.log(`ok ${name}`);
    } catch (error) {
      failed++;
      console.log(`not ok ${name}\n${error.stack}`);
    }
} finally {
  server?.removeAllListeners("exit");
  server?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
