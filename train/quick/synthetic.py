# SPDX-License-Identifier: Apache-2.0
"""Texts nobody collected: English lines written for this project (english.txt) and noise from a seeded grammar
(keyboard mashing, repetition, shuffled characters, solicitations). Used for training only, never in a figure."""
import os
import random
import re

_MARK = re.compile(r"\[(\w+):(pos|neg|neu) ([^\]]+)\]")


def english():
    out = []
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "english.txt"), encoding="utf-8") as f:
        for line in f:
            if line.startswith("#"):
                continue
            sent, urg, valid, text = line.rstrip("\n").split("|", 3)
            dims = {}
            for d, p, e in _MARK.findall(text):
                dims.setdefault(d, {"d": d, "p": p, "e": e})
            out.append({"text": _MARK.sub(r"\3", text), "sent": sent, "urg": int(urg), "valid": valid,
                        "dims": list(dims.values())})
    return out


_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")


def _mash(r):
    if r.random() < 0.5:
        row = r.choice(_ROWS)
        i = r.randrange(len(row) - 2)
        return row[i:i + r.randint(3, len(row))] * r.randint(1, 2)
    return "".join(r.choice("asdfghjklqwertyuiopzxcvbnm") for _ in range(r.randint(3, 9)))


def gibberish(common, n, seed=11):
    """`common`: frequent Han characters, most frequent first."""
    r = random.Random(seed)
    out = []
    for _ in range(n):
        kind = r.randrange(6)
        if kind == 0:
            t = r.choice((" ", "", "，")).join(_mash(r) for _ in range(r.randint(1, 4)))
        elif kind == 1:
            t = r.choice(common[:600]) * r.randint(6, 24)
        elif kind == 2:
            t = "".join(r.choice(common[:1200]) for _ in range(r.randint(6, 24)))
        elif kind == 3:
            unit = "".join(r.choice(common[:500]) for _ in range(r.randint(2, 3)))
            t = unit * r.randint(4, 10)
        elif kind == 4:
            a = r.sample(common[:300], 3)
            t = "".join(r.choice(a) * r.randint(1, 6) for _ in range(r.randint(4, 8)))
        else:
            t = " ".join(r.choice((_mash(r), r.choice(common) + r.choice(common), r.choice(common)))
                         for _ in range(r.randint(3, 8)))
        out.append(t)
    return out


_GOODS = "贷款 兼职 刷单 发票 办证 机票 茶叶 手表 包包 彩票 代写 代购 减肥 祛斑 会员 流量卡 代理 股票 游戏代练 搬家 保洁 装修 租房 驾照 培训 保险 理财 优惠券 砍价 点赞 招聘 回收 二手车 香烟 充值 考证".split()
_HOOK = ("低价出{}", "专业{}，价格优惠", "{}找我", "需要{}的看过来", "诚信{}，长期有效", "{}秒到账，无抵押", "正规{}，先做后付款", "日赚三百做{}",
         "{}内部渠道，三折起", "长期收{}，价高", "想做{}的姐妹私信我", "招{}人员，日结，在家就能做", "免费领{}", "{}一手货源，支持一件代发")
_CONTACT = ("加微信{}", "+V {}", "联系QQ {}", "VX:{}", "电话{}同号", "薇信搜{}", "扣扣{}", "私聊我", "链接在主页", "扫码进群", "戳 http://{}.top", "关注公众号领取",
            "点我头像", "群号{}", "评论区留言我联系你", "招代理 {}", "www.{}.cc 上线就送")


def ads(n, seed=12):
    r = random.Random(seed)
    out = []
    for _ in range(n):
        name = r.choice(("".join(r.choice("abcdefghkmnqwxyz") for _ in range(r.randint(2, 5))) +
                         str(r.randint(10, 9999)), str(r.randint(10**7, 10**10)), str(r.randint(13 * 10**9, 19 * 10**9))))
        parts = [r.choice(_HOOK).format(r.choice(_GOODS)), r.choice(_CONTACT).format(name)]
        if r.random() < 0.3:
            parts.insert(1, r.choice(_HOOK).format(r.choice(_GOODS)))
        out.append(r.choice(("，", " ", "！", "~")).join(parts))
    return out
