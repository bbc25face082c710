// SPDX-License-Identifier: Apache-2.0
// A made-up tea shop's feedback, the same for the same seed: for working on the console and for its browser tests.
// The sentences are written for this file.

export function random(seed) {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let x = Math.imul(s ^ (s >>> 15), 1 | s);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

export const NAMES = {
  taste: ['口味', 'Taste'], quality: ['商品质量', 'Quality'], packaging: ['包装', 'Packaging'], logistics: ['物流配送', 'Delivery'],
  service: ['服务态度', 'Staff attitude'], response: ['响应等待', 'Waiting'], price: ['价格性价比', 'Price'], aftersales: ['售后退换', 'After-sales'],
  hygiene: ['卫生安全', 'Hygiene and safety'], promotion: ['优惠活动', 'Promotions'], description: ['描述相符', 'As described'],
};
export const ISSUES = {
  taste: ['口味不好', 'Taste disappoints'], quality: ['质量差', 'Poor quality'], packaging: ['包装破损', 'Damaged packaging'], logistics: ['物流慢', 'Slow delivery'],
  service: ['态度差', 'Rude staff'], response: ['等太久', 'Long waits'], price: ['不值这个价', 'Not worth the price'], aftersales: ['退换难', 'Hard to return'],
  hygiene: ['不卫生', 'Unhygienic'], promotion: ['赠品没给', 'Gift missing'], description: ['与描述不符', 'Not as described'],
};
// Each: [dimension, polarity, evidence, the rest of the sentence around it with * for the evidence]
const SAID = [
  ['taste', 'pos', '香气很足', '泡开*，家里人都说好'], ['taste', 'pos', '入口顺滑', '*，一点不涩'], ['taste', 'pos', '回甘特别明显', '喝完*'],
  ['taste', 'neg', '有一股焦味', '这批*，喝不下去'], ['taste', 'neg', '淡得像水', '泡到第二遍就*'],
  ['quality', 'pos', '叶底很完整', '*，看得出用料实在'], ['quality', 'neg', '碎末太多', '袋底*，不像样品那样'], ['quality', 'neg', '日期不新鲜', '收到看了下*，放了大半年'],
  ['packaging', 'pos', '盒子很结实', '*，送人也拿得出手'], ['packaging', 'neg', '罐子压扁了', '打开快递，*，茶撒了一半'], ['packaging', 'neg', '外盒全破了', '*，送礼都不好意思'],
  ['logistics', 'pos', '第二天就到', '发货快，*'], ['logistics', 'neg', '等了八天才到', '写的三天送达，结果*'], ['logistics', 'neg', '物流一直不动', '*，问也没人管'], ['logistics', 'neg', '快递放驿站不通知', '*，过了三天才看到'],
  ['service', 'pos', '客服很耐心', '*，一样一样给我讲'], ['service', 'neg', '店员爱答不理', '去店里买，*'], ['service', 'neg', '说话很冲', '问两句就*，什么态度'],
  ['response', 'neg', '半天没人回', '发消息*'], ['response', 'neg', '排队四十分钟', '周末去店里，*'], ['price', 'pos', '性价比高', '这个价位*，会再来'], ['price', 'neg', '第二天就降价', '刚买完*，心里不舒服'],
  ['aftersales', 'neg', '退款拖了一周', '*，还要我自己催'], ['aftersales', 'pos', '马上给换了', '有一罐漏了，*'], ['hygiene', 'neg', '喝出一根铁丝', '今天泡茶*，太吓人了'], ['hygiene', 'neg', '里面有虫子', '打开袋子*，恶心'],
  ['promotion', 'neg', '说好的赠品没有', '*，问了说送完了'], ['description', 'neg', '发错了口味', '拍的茉莉，*'], ['description', 'pos', '和图片一样', '实物*，没失望'],
];
const PLAIN = { pos: ['很好，会回购。', '不错，推荐。', '老顾客了，一直稳定。'], neu: ['请问这款可以冷泡吗？', '刚收到，还没喝。', '还行吧。'], neg: ['不会再买了。', '很失望。'] };
const CHANNELS = ['tmall', 'tmall', 'tmall', 'jd', 'jd', 'meituan', 'douyin', 'web', 'hotline'];
const PRODUCTS = ['高山乌龙 250g', '茉莉花茶 礼盒', '白毫银针 50g', '陈皮普洱 小青柑', '桂花红茶 袋泡'];
const REGIONS = ['浙江', '广东', '江苏', '北京', '四川', '湖北', '西藏', '青海', '河南', '福建'];
const STORES = ['朝阳店', '西湖店', '天河店', '网店'];
const SURNAMES = '王李张刘陈杨黄赵吴周徐孙马朱胡';
const URGENT = /铁丝|虫子/;

const uuid = (rng) => {
  const hex = Array.from({ length: 32 }, () => Math.floor(rng() * 16).toString(16));
  hex[12] = '7';
  const h = hex.join('');
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
};
const points = (text) => [...text].length;

function say(rng, remote, recent) {
  const parts = [];
  let text = '';
  const count = rng() < 0.55 ? 1 : rng() < 0.8 ? 2 : 0;
  const used = new Set();
  for (let i = 0; i < count; i++) {
    const gloomy = rng() < (remote && recent ? 0.75 : 0.24);
    const choices = SAID.filter((s) => !used.has(s[0]) && (s[1] === 'neg') === gloomy && (!(remote && recent && gloomy) || s[0] === 'logistics'));
    if (!choices.length) continue;
    let pick = choices[Math.floor(rng() * choices.length)];
    if (pick[0] === 'hygiene' && rng() < 0.75) pick = choices[Math.floor(rng() * choices.length)];
    used.add(pick[0]);
    const before = pick[3].split('*')[0];
    const start = points(text) + points(before);
    text += `${pick[3].replace('*', pick[2])}。`;
    parts.push({ code: pick[0], polarity: pick[1], evidence: { start, end: start + points(pick[2]), text: pick[2] } });
  }
  const negs = parts.filter((p) => p.polarity === 'neg').length;
  const mood = parts.length ? (negs * 2 > parts.length ? 'neg' : negs * 2 === parts.length ? 'neu' : 'pos') : rng() < 0.6 ? 'pos' : rng() < 0.75 ? 'neu' : 'neg';
  if (!parts.length || rng() < 0.25) text += PLAIN[mood][Math.floor(rng() * PLAIN[mood].length)];
  return { text, parts, mood };
}

/** {feedback, customers, events}: newest first */
export function company(seed = 7, n = 1800, now = Date.now()) {
  const rng = random(seed);
  const customers = Array.from({ length: 420 }, (_, i) => ({
    id: uuid(rng), name: `${SURNAMES[Math.floor(rng() * SURNAMES.length)]}${rng() < 0.5 ? '女士' : '先生'}`, tail: String(1000 + Math.floor(rng() * 9000)),
    region: REGIONS[Math.min(REGIONS.length - 1, Math.floor(rng() ** 1.4 * REGIONS.length))], member: i % 9 === 0 ? '金卡' : i % 3 === 0 ? '银卡' : '普通', spend: Math.round(60 + rng() * 900),
  }));
  const feedback = [];
  for (let i = 0; i < n; i++) {
    const age = (i / n) ** 1.05 * 120 + rng() * 0.4;
    const at = new Date(now - age * 86400e3 - rng() * 3600e3);
    const customer = rng() < 0.9 ? customers[Math.floor(rng() * customers.length)] : null;
    const region = customer?.region ?? REGIONS[Math.floor(rng() * REGIONS.length)];
    const { text, parts, mood } = say(rng, region === '西藏' || region === '青海' || rng() < 0.06, age < 18);
    const rating = { pos: rng() < 0.7 ? 5 : 4, neu: 3, neg: rng() < 0.6 ? 1 : 2 }[mood];
    const urgency = URGENT.test(text) ? 2 : mood === 'neg' && rng() < 0.35 ? 1 : 0;
    const channel = CHANNELS[Math.floor(rng() * CHANNELS.length)];
    const scores = rng() < 0.85 && channel !== 'hotline' ? [{ metric: 'rating', value: rating, scale: '1-5', unified: rating, dimension: null }] : [];
    if (channel === 'web' && rng() < 0.8) {
      const nps = Math.max(0, Math.min(10, Math.round({ pos: 9.2, neu: 7, neg: 3.5 }[mood] + (rng() - 0.5) * 3)));
      scores.push({ metric: 'nps', value: nps, scale: '0-10', unified: null, dimension: null });
    }
    const store = channel === 'meituan' ? STORES[Math.floor(rng() * 3)] : STORES[3];
    feedback.push({
      id: uuid(rng), source: channel === 'web' ? '官网表单' : 'import', channel, external_id: `R${100000 + i}`, occurred_at: at.toISOString().replace(/\.\d+Z/, 'Z'), date_only: false,
      created_at: new Date(at.getTime() + 60e3).toISOString().replace(/\.\d+Z/, 'Z'), updated_at: at.toISOString().replace(/\.\d+Z/, 'Z'), text, follow_up: mood === 'neg' && rng() < 0.12 ? '追评：联系了三次，还是没解决。' : null,
      reply: rng() < 0.4 ? '感谢反馈，我们已经记录并转给同事处理。' : null, product: PRODUCTS[Math.floor(rng() * PRODUCTS.length)], order: `20${Math.floor(1e9 + rng() * 9e9)}`, masked: false,
      scores, attributes: { region, store, member_level: customer?.member ?? '普通', delivery_days: region === '西藏' || region === '青海' ? 5 + Math.floor(rng() * 4) : 1 + Math.floor(rng() * 3) },
      customer: customer && { id: customer.id, name: customer.name, tail: customer.tail }, import_id: null,
      analysis: i < 2 && rng() < 0.001 ? null : {
        sentiment: mood, sentiment_probs: { pos: mood === 'pos' ? 0.91 : 0.06, neu: mood === 'neu' ? 0.82 : 0.06, neg: mood === 'neg' ? 0.88 : 0.03 }, urgency, urgency_score: [0.05, 0.6, 0.97][urgency],
        validity: rng() < 0.02 ? 'ad' : 'ok', validity_reason: null, satisfaction: scores.length ? rating : { pos: 4.6, neu: 3.1, neg: 1.7 }[mood], satisfaction_from: scores.length ? 'rating' : 'text',
        dimensions: parts.map((p) => ({ ...p, score: p.polarity === 'neg' ? 1.8 : 4.6 })), keywords: parts.map((p) => p.evidence.text).slice(0, 3), model: 'quick-1', analysed_at: at.toISOString(),
      },
      corrections: [], history: [{ version: 1, at: at.toISOString(), by: '导入', changes: [] }], deleted: false,
    });
  }
  return { feedback, customers, rng, uuid: () => uuid(rng) };
}
