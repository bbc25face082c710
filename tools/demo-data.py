#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A believable month of a company that does not exist, as its platforms would export it.

    tools/demo-data.py                      demo/: 山野茶食, snacks and tea, on 天猫, 京东 and 美团 (three shops)
    tools/demo-data.py --lang en            demo-en/: Hillside Tea & Snacks, smaller
    tools/demo-data.py --rows 1000000 -o big.csv      one large CSV, mean 40 characters a text, for benches
    --truth FILE                            what was planted, as JSON, so that a test can look for it

The same seed gives the same bytes. Nobody's words are in it: the texts come from demo_grammar.py, persons, numbers
and addresses are invented. What goes wrong at the company, and from when, stands in class Plan.
"""
import argparse
import datetime as dt
import json
import os
import random
import sys

import demo_files as files
import demo_grammar as grammar

DAY = dt.timedelta(days=1)
FIRST, LAST = dt.date(2026, 10, 19), dt.date(2026, 11, 16)


class Plan:
    """The planted causes. Everything else is the company's ordinary month."""
    slow_regions = ("西藏自治区", "青海省")
    slow_from = dt.date(2026, 11, 2)       # ordered on or after: 2 days become 5
    damaged_sku = "A-17"
    damaged_from = dt.date(2026, 11, 8)
    bad_store = "朝阳店"
    bad_store_share = 0.30                 # complaints about its staff, elsewhere 4 %
    promotion_day = dt.date(2026, 11, 11)  # four times the orders
    crash_from = dt.date(2026, 11, 9)      # the mini-program begins to crash


# code, name, kind of goods, price, share of sales
GOODS = [
    ("A-03", "高山绿茶", "tea", 68, 9), ("A-05", "桂花乌龙", "tea", 59, 9), ("A-08", "陈皮白茶", "tea", 88, 6),
    ("A-11", "茉莉花茶", "tea", 45, 8), ("A-17", "蜂蜜柚子茶玻璃罐", "tea", 39, 12), ("A-21", "酥油茶粉", "tea", 36, 6),
    ("B-02", "山核桃仁", "food", 49, 9), ("B-04", "桂花糕", "food", 29, 8), ("B-07", "牦牛肉干", "food", 79, 8),
    ("B-09", "青稞饼", "food", 25, 7), ("B-12", "冻干草莓脆", "food", 32, 7), ("B-15", "蜜汁猪肉脯", "food", 38, 6),
    ("B-18", "每日坚果", "food", 69, 5),
]
DISHES = ["桂花乌龙奶茶", "酥油奶茶", "柚子气泡茶", "青稞碗", "桂花糕", "抹茶千层", "牦牛肉三明治", "茉莉奶绿"]
STORES = [("朝阳店", 34), ("武侯店", 36), ("西湖店", 30)]
REGIONS = [("浙江省", "杭州市", 15), ("江苏省", "南京市", 11), ("广东省", "深圳市", 12), ("北京", "北京市", 8), ("上海", "上海市", 8),
           ("四川省", "成都市", 8), ("山东省", "青岛市", 6), ("湖北省", "武汉市", 5), ("河南省", "郑州市", 5), ("陕西省", "西安市", 4),
           ("辽宁省", "沈阳市", 3), ("西藏自治区", "拉萨市", 10), ("青海省", "西宁市", 11)]
COURIERS = ["中通快递", "圆通速递", "韵达快递", "顺丰速运", "京东物流"]
EN_GOODS = [
    ("T-03", "mountain green tea", "tea", 8.5, 10), ("T-05", "oolong", "tea", 7.9, 9), ("T-17", "honey yuzu jar", "tea", 6.5, 14),
    ("S-02", "walnut brittle", "food", 5.5, 10), ("S-07", "beef jerky", "food", 8.0, 9), ("S-09", "barley bread", "food", 3.5, 10),
    ("S-12", "strawberry crunch", "food", 4.2, 8),
]
EN_REGIONS = [("London", 22), ("South East", 15), ("Midlands", 14), ("North West", 13), ("Yorkshire", 9), ("Wales", 7),
              ("Scotland", 10), ("Northern Ireland", 10)]


def pick(rng, rows):
    """One of the rows by its last member, its weight."""
    at = rng.random() * sum(r[-1] for r in rows)
    for r in rows:
        at -= r[-1]
        if at < 0:
            return r
    return rows[-1]


class Voice:
    """Puts texts together from the grammar."""

    def __init__(self, lang, rng):
        self.zh = lang == "zh"
        self.rng = rng
        self.grammar = grammar.Grammar(grammar.ZH if self.zh else grammar.EN)

    def part(self, rule, given):
        kind = given.get("kind")
        own = f"{kind}.{rule}" if kind else rule
        return self.grammar.say(own if own in self.grammar.rules else rule, self.rng, given)

    def text(self, praise, complaints, given, neutral=False, want=False):
        """`praise` and `complaints` are lists of dimensions; both given makes “good, but …”."""
        rng, out = self.rng, []  # what is said, and whether “and” may stand before it
        if neutral:
            out.append((self.part(neutral, given), False))
        if rng.random() < 0.24:
            out.append((self.part("again", given), False))
        out += [(self.part(d + "+", given), i > 0) for i, d in enumerate(praise)]
        for i, d in enumerate(complaints):
            p = self.part(d + "-", given)
            if praise and i == 0:
                p = self.part("but", given) + ("" if self.zh else " ") + p
            out.append((p, i > 0))
        if rng.random() < 0.4 and not neutral:
            out.append((self.part("close-" if complaints else "close+", given), False))
        if want:
            out.append((self.part("want", given), False))
        text = out[0][0]
        for p, linked in out[1:]:
            join = self.part("join" if linked and rng.random() < 0.5 else "stop", given)
            text += join + (p[0].upper() + p[1:] if join == ". " else p)
        text += self.part("end", given)
        if rng.random() < 0.12:
            text += self.part("rage" if complaints else "joy", given)
        text = text if self.zh else text[0].upper() + text[1:]
        return self.slip(text) if rng.random() < 0.06 else text

    def slip(self, text):
        """A slip of the finger: a wrong homophone, a doubled or a lost character."""
        rng = self.rng
        wrong = (("包装", "包庄"), ("味道", "味到"), ("的很", "得很"), ("物流", "物留"), ("再也", "在也"), ("还有", "还友"),
                 ("delivery", "delivry"), ("really", "realy"), ("because", "becuase"))
        for right, slip in wrong:
            if right in text and rng.random() < 0.6:
                return text.replace(right, slip, 1)
        i = int(rng.random() * len(text))
        return text[:i] + text[i] + text[i:] if rng.random() < 0.5 else text[:i] + text[i + 1:] or text


# ---- invented personal data, with true check digits ----

def luhn(digits):
    total = 0
    for i, c in enumerate(reversed(digits)):
        d = int(c) * (2 if i % 2 == 0 else 1)
        total += d - 9 if d > 9 else d
    return digits + str(-total % 10)


def id_card(rng):
    body = f"330106{1970 + int(rng.random() * 30)}{1 + int(rng.random() * 12):02d}{1 + int(rng.random() * 28):02d}{int(rng.random() * 1000):03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights)) % 11]


def personal(rng, zh):
    """A phrase with somebody's data in it; numbers are from ranges of zeros that nobody has."""
    n = int(rng.random() * 1000)
    phone = f"1390000{n:04d}"
    if not zh:
        return rng.choice([f"call me on 020 7946 0{n:03d}", f"my mail is buyer{n}@example.com"])
    return rng.choice([
        f"打我电话{phone}", f"麻烦联系{phone[:3]}-{phone[3:7]}-{phone[7:]}", f"退款打到{luhn('622202000000000' + f'{n:03d}')}",
        f"身份证{id_card(rng)}实名过的", f"发邮件到 tea{n}@example.com 也行", f"地址是杭州市西湖区文新路{1 + n}号3幢{2 + n % 8}02室，补发到这里",
    ])


NAMES = "陈林黄周吴徐孙马朱胡郭何高罗郑梁谢宋唐许韩冯邓曹彭曾"


def nickname(rng):
    kind = int(rng.random() * 4)
    if kind == 0:
        return f"{rng.choice(NAMES)}***{rng.choice('明丽强芳静伟娟涛敏杰')}"
    if kind == 1:
        return f"t**{int(rng.random() * 100):02d}"
    if kind == 2:
        return f"{rng.choice('abcdefghkmnpqrstwxyz')}****{int(rng.random() * 1000)}"
    return f"{rng.choice('爱喝茶小山大吃货')}***"


# ---- the month ----

class Order:
    __slots__ = ("number", "platform", "goods", "region", "city", "courier", "ordered", "shipped", "received", "amount",
                 "refund", "days")


def make_orders(rng, lang, n, platform):
    days = [FIRST - 8 * DAY + i * DAY for i in range((LAST - FIRST).days + 9)]
    weights = [4.0 if d == Plan.promotion_day else 1.3 if d.weekday() >= 5 else 1.0 for d in days]
    out = []
    for i, day in enumerate(sorted(rng.choices(days, weights, k=n))):
        o = Order()
        o.platform = platform
        o.number = f"{2900 + i // 7}{int(rng.random() * 10**8):08d}" if lang == "zh" else f"H{100000 + i * 7}"
        o.goods = pick(rng, GOODS if lang == "zh" else EN_GOODS)
        o.region, o.city = pick(rng, REGIONS)[:2] if lang == "zh" else (pick(rng, EN_REGIONS)[0], "")
        slow = o.region in Plan.slow_regions or o.region == "Northern Ireland"
        o.courier = rng.choice(COURIERS[:3] if slow else COURIERS) if lang == "zh" else rng.choice(["Evri", "Royal Mail", "DPD"])
        o.ordered = dt.datetime.combine(day, dt.time(8 + int(rng.random() * 15), int(rng.random() * 60), int(rng.random() * 60)))
        mean = 5.5 if slow and day >= Plan.slow_from else 2.1
        o.days = max(1, round(rng.gauss(mean, 1.1 if mean > 3 else 0.7)))
        o.shipped = o.ordered + dt.timedelta(hours=2 + rng.random() * 12)
        o.received = o.shipped + dt.timedelta(days=o.days, hours=rng.random() * 6 - 3)
        o.amount = o.goods[3] * (1 + (rng.random() < 0.3))
        o.refund = 0
        out.append(o)
    return out


ZH_REPLIES = {
    "logistics": ["您好，抱歉让您久等了，已催快递尽快送到。", "给您添麻烦了，偏远地区的时效我们正在跟承运商沟通。"],
    "sorry": ["亲，很抱歉给您带来不便，已登记，请留意站内消息。", "您好，破损可以补发，麻烦把照片发给在线客服。", "抱歉没让您满意，您的意见已转给品控同事。"],
    "thanks": ["谢谢您的支持，我们会继续用心做好每一份茶食。", "谢谢认可，期待您再次光临山野茶食~"],
}


class Review:
    __slots__ = ("when", "text", "stars", "order", "nickname", "follow_up", "follow_up_when", "reply", "tags")


def opinion(rng, o, day, zh):
    """(praise, complaints) about an online order: what was planted first, then the ordinary."""
    complaints = []
    if o.days >= 4 and rng.random() < 0.85:
        complaints.append("logistics")
    damaged = o.goods[0] in (Plan.damaged_sku, "T-17") and day >= Plan.damaged_from
    if rng.random() < (0.55 if damaged else 0.012):
        complaints.append("packaging")
    if day >= Plan.crash_from and rng.random() < 0.035:
        complaints.append("function")
    ordinary = [("taste", 22), ("quality", 16), ("price", 14), ("description", 12), ("service", 8), ("response", 8),
                ("aftersales", 8), ("promotion", 8), ("logistics", 5), ("hygiene", 3), ("overall", 8)]
    if not zh:
        ordinary = [x for x in ordinary if x[0] not in ("promotion", "hygiene")]
    if not complaints and rng.random() < 0.075:
        complaints.append(pick(rng, ordinary)[0])
        if rng.random() < 0.25:
            second = pick(rng, ordinary)[0]
            complaints += [second] if second not in complaints else []
    likes = [("taste", 40), ("quality", 14), ("logistics", 16), ("packaging", 12), ("price", 16), ("service", 9), ("overall", 14)]
    praise = []
    if not complaints or rng.random() < 0.22:
        for _ in range(1 + (rng.random() < 0.7) + (rng.random() < 0.45) + (rng.random() < 0.2)):
            like = pick(rng, likes)[0]
            if like not in praise and like not in complaints:
                praise.append(like)
    return praise, complaints


def stars_for(rng, praise, complaints):
    r = rng.random()
    if complaints and praise:
        return 3 if r < 0.45 else 4 if r < 0.75 else 2 if r < 0.9 else 5
    if complaints:
        return 1 if r < 0.5 else 2 if r < 0.78 else 3 if r < 0.94 else 5
    return 5 if r < 0.86 else 4


def make_review(rng, voice, o):
    r = Review()
    r.order, r.nickname, r.tags = o, nickname(rng), []
    r.when = o.received + dt.timedelta(hours=rng.random() * 36)
    if r.when.hour < 7:
        r.when += dt.timedelta(hours=8)  # people sleep
    r.follow_up = r.reply = ""
    r.follow_up_when = None
    given = {"p": o.goods[1], "kind": o.goods[2], "days": str(max(o.days, 4)), "stuck": str(max(2, o.days - 2))}
    praise, complaints = opinion(rng, o, r.when.date(), voice.zh)
    if not complaints and rng.random() < 0.05:
        neutral = "ask" if rng.random() < 0.5 else "overall0"
        r.text, r.stars = voice.text([], [], given, neutral), 3 if neutral == "overall0" else 5
        r.tags = ["neutral"]
        return r
    want = bool(complaints) and complaints[0] != "overall" and rng.random() < 0.12
    r.text = voice.text(praise or ([] if complaints else ["overall"]), complaints, given, want=want)
    r.stars, r.tags = stars_for(rng, praise, complaints), complaints
    if want and rng.random() < 0.4:
        r.text = r.text.rstrip("。.!！~…") + ("，" if voice.zh else ", ") + personal(rng, voice.zh)
    if rng.random() < 0.06:
        later = dt.timedelta(days=1 + rng.random() * 6)
        if r.when + later < dt.datetime.combine(LAST, dt.time(23, 59)):
            r.follow_up_when = r.when + later
            r.follow_up = voice.text(["taste"], [], given) if rng.random() < 0.6 else voice.text([], ["quality"], given)
    if complaints and rng.random() < 0.35:
        o.refund = o.amount if rng.random() < 0.5 else round(o.amount / 2, 2)
    if voice.zh and rng.random() < (0.38 if complaints else 0.12):
        r.reply = rng.choice(ZH_REPLIES["logistics" if "logistics" in complaints else "sorry" if complaints else "thanks"])
    return r


def add_specials(rng, voice, reviews, platform, urgent, texts):
    """Urgent cases, rows without words, advertisements, noise, copies: put over ordinary rows, which keep their order."""
    truth = {"urgent": [], "default_praise": 0, "blank": 0, "ad": 0, "gibberish": 0, "irrelevant": 0, "duplicate": 0}
    late = [r for r in reviews if r.when.date() > LAST - 6 * DAY]
    rows = rng.sample(late, len([u for u in urgent if u[0] == platform]))
    used = {id(r) for r in rows}
    for r, (_, dimension, key, text) in zip(rows, (u for u in urgent if u[0] == platform)):
        given = {"p": r.order.goods[1]}
        r.text, r.stars, r.reply, r.follow_up, r.tags = text.format(**given), 1, "", "", ["urgent", dimension]
        truth["urgent"].append({"platform": platform, "dimension": dimension, "key": key, "text": r.text})
    plain = [r for r in reviews if not r.tags and id(r) not in used]
    rng.shuffle(plain)
    wanted = [("default_praise", 0.12 if texts["default"] else 0), ("blank", 0.018), ("ad", 0.008), ("gibberish", 0.008),
              ("irrelevant", 0.005), ("duplicate", 0.015)]
    for kind, share in wanted:
        for _ in range(int(share * len(reviews))):
            if not plain:
                break
            r = plain.pop()
            r.follow_up, r.tags = "", [kind]
            truth[kind] += 1
            if kind == "duplicate":
                r.text = texts["copies"][int(rng.random() * len(texts["copies"]))]
            elif kind == "default_praise":
                r.text, r.stars, r.reply = texts["default"], 5, ""
            else:
                r.text = rng.choice(texts[kind]).replace("{n}", f"{int(rng.random() * 10000):04d}")
                if kind == "blank" and rng.random() < 0.5:
                    r.text = ""
    return truth


ZH_SPECIALS = {
    "blank": grammar.ZH_BLANK, "ad": grammar.ZH_ADS, "gibberish": grammar.ZH_NOISE, "irrelevant": grammar.ZH_IRRELEVANT,
    "copies": ["宝贝收到了，包装严实，味道香浓，家里人都很喜欢，物流也快，客服态度好，会一直回购的好店，推荐给大家！",
               "山野茶食的东西真是没话说，料足味正又实惠，客服小姐姐超有耐心，闭眼入不踩雷，姐妹们冲冲冲"],
}
EN_SPECIALS = {
    "blank": grammar.EN_BLANK, "ad": grammar.EN_ADS, "gibberish": grammar.EN_NOISE, "irrelevant": grammar.EN_IRRELEVANT,
    "copies": ["Amazing product, arrived quickly, exactly as described, five stars, will definitely buy again from this seller!"],
    "default": "",
}


def within(r):
    return FIRST <= r.when.date() <= LAST


# ---- the platforms ----

def tmall_file(path, reviews):
    rows = [["序号", "旺旺号", "初评时间", "SKU", "初评", "晒图/视频", "有用", "追评", "追评时间", "追评晒图/视频"]]
    for i, r in enumerate(reviews, 1):
        rows.append([i, r.nickname, r.when.date(), f"规格:{r.order.goods[0]} {r.order.goods[1]}", r.text, "", len(r.text) % 4, r.follow_up,
                     r.follow_up_when.date() if r.follow_up_when else "", ""])
    files.write_xlsx(path, [("评价", rows), ("说明", [["由评价导出插件生成，时间为评价日期"]])])


def jd_file(path, reviews):
    rows = [["订单编号", "商品编号", "商品名称", "评价星级", "评价内容", "评价时间", "用户昵称", "追评内容", "商家回复"]]
    for r in reviews:
        rows.append([r.order.number, r.order.goods[0], "山野茶食 " + r.order.goods[1], r.stars, r.text, r.when.strftime("%Y-%m-%d %H:%M:%S"),
                     r.nickname, r.follow_up, r.reply])
    files.write_csv(path, rows, "gb18030")


def orders_file(path, orders, lang):
    rows = [["订单编号", "商品", "商品规格", "商品数量(件)", "实付金额(元)", "订单成交时间", "发货时间", "确认收货时间", "省", "市", "快递公司", "快递单号", "退款金额"]]
    if lang == "en":
        rows = [["Order number", "Product", "SKU", "Quantity", "Amount", "Ordered at", "Shipped at", "Delivered at", "Region", "Courier", "Refund"]]
    stamp = "%Y-%m-%d %H:%M:%S"
    for i, o in enumerate(sorted(orders, key=lambda x: x.ordered)):
        if i % 17 == 16:
            continue  # such lists are never complete
        quantity = round(o.amount / o.goods[3])
        times = [o.ordered.strftime(stamp), o.shipped.strftime(stamp), o.received.strftime(stamp)]
        if lang == "en":
            rows.append([o.number, o.goods[1], o.goods[0], quantity, f"{o.amount:.2f}", *times, o.region, o.courier, f"{o.refund:.2f}" if o.refund else ""])
        else:
            rows.append(["\t" + o.number, "山野茶食 " + o.goods[1], o.goods[0], quantity, f"{o.amount:.2f}", *times, "****" if i % 29 == 28 else o.region, o.city, o.courier,
                         "\tYT" + o.number[::-1], f"{o.refund:.2f}" if o.refund else ""])
    files.write_csv(path, rows, "utf-8-sig")


def meituan_reviews(rng, voice, n):
    days = [FIRST + i * DAY for i in range((LAST - FIRST).days + 1)]
    weights = [2.5 if d == Plan.promotion_day else 1.4 if d.weekday() >= 5 else 1.0 for d in days]
    out = []
    for day in sorted(rng.choices(days, weights, k=n)):
        r = Review()
        r.order = Order()
        r.order.region = pick(rng, STORES)[0]
        dish = rng.choice(DISHES)
        r.order.goods, r.order.number = ("", dish, "dish"), str(80000000000 + int(rng.random() * 10**10))
        r.order.days = minutes = max(18, round(rng.gauss(36, 9)))
        r.nickname, r.follow_up, r.follow_up_when, r.reply = nickname(rng), "", None, ""
        r.when = dt.datetime.combine(day, dt.time(10 + int(rng.random() * 13), int(rng.random() * 60)))
        complaints = []
        if rng.random() < (Plan.bad_store_share if r.order.region == Plan.bad_store else 0.04):
            complaints.append("staff")
        if minutes > 50 and rng.random() < 0.6:
            complaints.append("rider")
        if day >= Plan.crash_from and rng.random() < 0.06:
            complaints.append("function")
        if not complaints and rng.random() < 0.07:
            complaints.append(pick(rng, [("taste", 40), ("spill", 20), ("queue", 15), ("price", 15), ("place", 10)])[0])
        praise = []
        if not complaints or rng.random() < 0.25:
            for _ in range(1 + (rng.random() < 0.5)):
                like = pick(rng, [("taste", 45), ("staff", 15), ("rider", 18), ("place", 8), ("price", 10), ("overall", 10)])[0]
                praise += [like] if like not in praise and like not in complaints else []
        given = {"p": dish, "kind": "dish", "minutes": str(max(minutes, 50))}
        r.text = voice.text(praise or ([] if complaints else ["overall"]), complaints, given)
        r.stars, r.tags = stars_for(rng, praise, complaints), complaints
        if complaints and rng.random() < 0.4:
            r.reply = "非常抱歉给您不好的体验，店长已记录，欢迎再给我们一次机会"
        out.append(r)
    return out


def meituan_file(path, rng, reviews):
    rows = [["评价ID", "门店名称", "用户名", "综合评分", "口味", "包装", "配送", "评价内容", "评价时间", "追评", "追评时间", "不满意菜品", "配送时长", "回复状态", "商家回复"]]
    for r in reviews:
        def sub(*names):
            return max(1, min(5, r.stars - 1 + int(rng.random() * 2))) if set(names) & set(r.tags) else max(r.stars, 4 + int(rng.random() * 2))
        rows.append([r.order.number, f"山野茶食（{r.order.region}）", r.nickname, r.stars, sub("taste"), sub("spill"), sub("rider"), r.text,
                     r.when.strftime("%Y/%m/%d %H:%M"), r.follow_up, "", r.order.goods[1] if "taste" in r.tags else "", r.order.days,
                     "已回复" if r.reply else "未回复", r.reply])
    mean = sum(r.stars for r in reviews) / len(reviews)
    total = ["合计", "", f"{len(reviews)}条", f"{mean:.2f}"] + [""] * (len(rows[0]) - 4)
    files.write_html_table(path, "门店评价明细（2026-10-19 至 2026-11-16）", rows, total)


def tag_counts(reviews, tag):
    return sum(tag in r.tags for r in reviews)


def busiest(reviews):
    days = {}
    for r in reviews:
        days[r.when.date()] = days.get(r.when.date(), 0) + 1
    return max(sorted(days), key=lambda d: days[d]).isoformat()


def make_chinese(folder, seed):
    rng = random.Random(seed)
    voice = Voice("zh", rng)
    truth = {"company": "山野茶食", "from": FIRST.isoformat(), "to": LAST.isoformat(), "files": {}}
    everything, all_orders = [], []
    for platform, n, default in (("tmall", 1450, "此用户没有填写评价。"), ("jd", 2600, "此用户没有填写评论!")):
        orders = make_orders(rng, "zh", n, platform)
        reviews = [r for r in (make_review(rng, voice, o) for o in orders if rng.random() < 0.86) if within(r)]
        specials = add_specials(rng, voice, reviews, platform, grammar.ZH_URGENT, {**ZH_SPECIALS, "default": default})
        reviews.sort(key=lambda r: r.when, reverse=True)
        name = {"tmall": "天猫评价.xlsx", "jd": "京东评价.csv"}[platform]
        (tmall_file if platform == "tmall" else jd_file)(os.path.join(folder, name), reviews)
        truth["files"][name] = {"rows": len(reviews), **specials}
        everything += reviews
        all_orders += orders if platform == "jd" else []
    shops = meituan_reviews(rng, voice, 640)
    specials = add_specials(rng, voice, shops, "meituan", grammar.ZH_URGENT, {**ZH_SPECIALS, "default": ""})
    shops.sort(key=lambda r: r.when, reverse=True)
    meituan_file(os.path.join(folder, "美团评价.xls"), rng, shops)
    truth["files"]["美团评价.xls"] = {"rows": len(shops), **specials}
    orders_file(os.path.join(folder, "订单.csv"), all_orders, "zh")
    online = everything
    in_slow = [r for r in online if r.order.platform == "jd" and r.order.region in Plan.slow_regions]
    truth["causes"] = [
        {"issue": "logistics", "column": "region", "values": list(Plan.slow_regions), "measure": "delivery_days",
         "orders_from": Plan.slow_from.isoformat(), "complaints": tag_counts(in_slow, "logistics"), "rows": len(in_slow)},
        {"issue": "packaging", "column": "product", "values": [Plan.damaged_sku], "from": Plan.damaged_from.isoformat(),
         "complaints": sum("packaging" in r.tags for r in online if r.order.goods[0] == Plan.damaged_sku)},
        {"issue": "service", "column": "store", "values": [Plan.bad_store],
         "complaints": sum("staff" in r.tags for r in shops if r.order.region == Plan.bad_store)},
        {"issue": "function", "phrase": "闪退", "from": Plan.crash_from.isoformat(), "complaints": tag_counts(online + shops, "function")},
    ]
    truth["promotion_day"] = Plan.promotion_day.isoformat()
    truth["busiest_day"] = busiest(online + shops)
    return truth


def make_english(folder, seed):
    rng = random.Random(seed)
    voice = Voice("en", rng)
    orders = make_orders(rng, "en", 1050, "web")
    reviews = [r for r in (make_review(rng, voice, o) for o in orders) if within(r)]
    specials = add_specials(rng, voice, reviews, "web", grammar.EN_URGENT, EN_SPECIALS)
    reviews.sort(key=lambda r: r.when, reverse=True)
    rows = [["Review ID", "Order number", "Product", "Rating", "Review", "Date", "Customer", "NPS (0-10)", "Reply"]]
    for i, r in enumerate(reviews):
        nps = "" if rng.random() < 0.4 else max(0, min(10, r.stars * 2 + int(rng.random() * 3) - 1))
        reply = "Thank you for telling us, we are looking into it." if r.stars <= 2 and rng.random() < 0.4 else ""
        rows.append([f"R{10000 + i}", r.order.number, f"{r.order.goods[0]} {r.order.goods[1]}", r.stars, r.text, r.when.strftime("%Y-%m-%d %H:%M"),
                     f"{'ABCDEFGHJKLM'[i % 12]}. {['Smith', 'Jones', 'Patel', 'Brown', 'Evans'][i % 5][0]}***", nps, reply])
    files.write_csv(os.path.join(folder, "reviews.csv"), rows, "utf-8")
    orders_file(os.path.join(folder, "orders.csv"), orders, "en")
    slow = [r for r in reviews if r.order.region == "Northern Ireland"]
    return {"company": "Hillside Tea & Snacks", "from": FIRST.isoformat(), "to": LAST.isoformat(),
            "files": {"reviews.csv": {"rows": len(reviews), **specials}},
            "causes": [{"issue": "logistics", "column": "region", "values": ["Northern Ireland"], "measure": "delivery_days",
                        "orders_from": Plan.slow_from.isoformat(), "complaints": tag_counts(slow, "logistics"), "rows": len(slow)},
                       {"issue": "packaging", "column": "product", "values": ["T-17"], "from": Plan.damaged_from.isoformat(),
                        "complaints": sum("packaging" in r.tags for r in reviews if r.order.goods[0] == "T-17")}],
            "busiest_day": busiest(reviews)}


BIG_LEAST = 33  # characters: with it the mean of a text is 40


def make_big(path, rows, seed, lang):
    """One CSV with an order, time, score, region and product; the same people speak, a little longer."""
    rng = random.Random(seed)
    voice = Voice(lang, rng)
    goods = GOODS if lang == "zh" else EN_GOODS
    span = ((LAST - FIRST).days + 1) * 86400
    start = dt.datetime.combine(FIRST, dt.time())
    chars = 0
    o = Order()
    with open(path, "w", encoding="utf-8", newline="") as f:
        f.write("订单编号,评价时间,评分,商品,省份,评价内容\r\n" if lang == "zh" else "Order number,Date,Rating,Product,Region,Review\r\n")
        for i in range(rows):
            o.goods = pick(rng, goods)
            o.region = pick(rng, REGIONS if lang == "zh" else EN_REGIONS)[0]
            when = start + dt.timedelta(seconds=int(rng.random() * span))
            o.days = max(1, round(rng.gauss(5.2 if o.region in Plan.slow_regions and when.date() >= dt.date(2026, 11, 9) else 2.1, 0.8)))
            given = {"p": o.goods[1], "kind": o.goods[2], "days": str(max(o.days, 4)), "stuck": "3"}
            praise, complaints = opinion(rng, o, when.date(), voice.zh)
            text = voice.text(praise or ([] if complaints else ["overall"]), complaints, given)
            while len(text) < BIG_LEAST or (len(text) < 60 and rng.random() < 0.3):
                extra = ["service", "price", "taste", "quality"][int(rng.random() * 4)] + ("-" if complaints else "+")
                text += voice.part("join", given) + voice.part(extra, given)
            chars += len(text)
            f.write(f"{500000000000 + i},{when:%Y-%m-%d %H:%M:%S},{stars_for(rng, praise, complaints)},{o.goods[0]},{o.region},{files.csv_cell(text)}\r\n")
    return {"rows": rows, "mean_characters": round(chars / max(rows, 1), 1)}


def main():
    p = argparse.ArgumentParser(description="Makes the exports of a demo company.")
    p.add_argument("-o", "--output", help="folder (or file with --rows); default demo, demo-en, demo-N.csv")
    p.add_argument("--lang", choices=("zh", "en"), default="zh")
    p.add_argument("--seed", type=int, default=20261116)
    p.add_argument("--rows", type=int, help="make one large CSV of N rows instead")
    p.add_argument("--truth", metavar="FILE", help="write what was planted as JSON")
    a = p.parse_args()
    if a.rows is not None:
        path = a.output or f"demo-{a.rows}.csv"
        truth = make_big(path, a.rows, a.seed, a.lang)
        print(f"{path}: {a.rows} rows, mean {truth['mean_characters']} characters", file=sys.stderr)
    else:
        path = a.output or ("demo" if a.lang == "zh" else "demo-en")
        os.makedirs(path, exist_ok=True)
        truth = (make_chinese if a.lang == "zh" else make_english)(path, a.seed)
        for name, f in truth["files"].items():
            print(f"{os.path.join(path, name)}: {f['rows']} rows", file=sys.stderr)
    if a.truth:
        with open(a.truth, "w", encoding="utf-8") as f:
            json.dump(truth, f, ensure_ascii=False, indent=1)
            f.write("\n")


if __name__ == "__main__":
    main()
