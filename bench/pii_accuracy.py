#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Personal data in feedback: what `huisheng nlp pii` finds in written cases, and what it takes for it wrongly.

    bench/pii_accuracy.py [--seed N] [--show]

2,400 sentences, made by a seeded grammar that knows nothing of the program: each kind of data in sentences of customers,
plainly and as people write it to get past a filter (full-width and circled digits, hanzi, spaces, dashes and dots), and as
many sentences with numbers and words that look like it and are none: orders, parcels, prices, dates, hotlines, models.
A span counts as found when the type is right and it covers at least nine tenths of what it should, and little else.
"""
import argparse
import collections
import json
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import common

EACH = 110  # sentences of each kind
NEGATIVES = 1190
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志文"
REGIONS = ("110105", "310115", "440305", "510107", "330106", "420111", "610113", "350203")
BINS = (("622202", 19), ("621700", 19), ("622588", 16), ("621661", 19), ("622848", 19), ("436742", 16), ("622155", 16))
AREAS = (("010", 8), ("021", 8), ("020", 8), ("028", 8), ("0755", 8), ("0571", 8), ("0592", 7), ("0931", 7))
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
STREETS = ("广东省深圳市南山区科技园路{}号", "四川省成都市武侯区天府大道{}号{}栋{}单元{}室", "北京市朝阳区建国路{}号院{}号楼{}室",
           "上海市浦东新区张江路{}弄{}号{}室", "浙江省杭州市西湖区文三路{}号", "湖北省武汉市洪山区珞喻路{}号{}栋{}室")


def digits(r, n, first=None):
    return (str(first) if first is not None else "") + "".join(str(r.randrange(10)) for _ in range(n - (first is not None)))


def mobile(r):
    return "1" + r.choice(("38", "39", "36", "50", "52", "57", "86", "88", "77", "91", "98", "31")) + digits(r, 8)


def id_card(r):
    body = r.choice(REGIONS) + f"{r.randint(1950, 2010)}{r.randint(1, 12):02}{r.randint(1, 28):02}" + digits(r, 3)
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(a) * b for a, b in zip(body, weights)) % 11]


def bank_card(r):
    prefix, n = r.choice(BINS)
    body = prefix + digits(r, n - len(prefix) - 1)
    total = 0
    for i, c in enumerate(reversed(body)):
        d = int(c) * (2 if i % 2 == 0 else 1)
        total += d - 9 if d > 9 else d
    return body + str(-total % 10)


def landline(r):
    area, n = r.choice(AREAS)
    return f"{area}{r.choice(('-', '－', ' ', ''))}{r.randint(2, 8)}{digits(r, n - 1)}"


def email(r):
    name = "".join(r.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(r.randint(3, 8))) + r.choice(("", digits(r, 3), "_" + digits(r, 2), ".cn"))
    return name.replace(".cn", ".li") + "@" + r.choice(("qq.com", "163.com", "gmail.com", "sina.com.cn", "company.cn"))


def plate(r):
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    tail = [str(r.randrange(10)) for _ in range(5)]
    for _ in range(r.choice((0, 1, 1, 2))):  # two letters at most
        tail[r.randrange(4)] = r.choice(letters)
    tail = "".join(tail)
    if r.random() < 0.25:  # new energy: six
        tail = r.choice("DF") + digits(r, 5)
    return r.choice(PROVINCES) + r.choice("ABCDE") + r.choice(("", "·")) + tail


def passport(r):
    return r.choice("EG") + digits(r, 8) if r.random() < 0.6 else "E" + r.choice("ABCDEFGH") + digits(r, 7)


def address(r):
    text = r.choice(STREETS)
    return text.format(*[r.randint(1, 999) for _ in range(text.count("{}"))])


def name(r):
    return r.choice(SURNAMES) + "".join(r.choice(GIVEN) for _ in range(r.randint(1, 2)))


def wechat(r):
    return r.choice("abcdefghkmwxz") + "".join(r.choice("abcdefghijkmnpqrstuvwxyz0123456789_") for _ in range(r.randint(6, 12)))


def qq(r):
    return digits(r, r.randint(6, 10), r.randint(1, 9))


FULL = str.maketrans("0123456789", "０１２３４５６７８９")
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
HANZI = str.maketrans("0123456789", "零一二三四五六七八九")


def hide_mobile(r, number):
    return r.choice((
        lambda s: s.translate(FULL), lambda s: s.translate(CIRCLED), lambda s: s.translate(HANZI),
        lambda s: f"{s[:3]} {s[3:7]} {s[7:]}", lambda s: f"{s[:3]}-{s[3:7]}-{s[7:]}", lambda s: f"{s[:3]}.{s[3:7]}.{s[7:]}",
        lambda s: " ".join(s), lambda s: "+86 " + s, lambda s: s[:3] + s[3:7].translate(HANZI) + s[7:]))(number)


def hide_long(r, number):
    return r.choice((lambda s: s.translate(FULL), lambda s: " ".join(s[i:i + 4] for i in range(0, len(s), 4)),
                     lambda s: "-".join(s[i:i + 4] for i in range(0, len(s), 4)), lambda s: s))(number)


def maybe_hidden(make, hide):
    return lambda r: hide(r, make(r)) if r.random() < 0.5 else make(r)


KINDS = {
    "mobile": (maybe_hidden(mobile, hide_mobile),
               ("我的电话是{}，尽快联系我", "打我手机{}没人接", "快递留的{}是我老公的号码，打不通", "联系方式：{}", "客服说会回电{}，三天了", "{}这个号加我",
                "退款打到{}的支付宝账户上了吗")),
    "landline": (landline, ("公司座机{}，上班时间都有人", "请打{}找我", "店里电话{}一直占线，我家是这个", "家里电话：{}，晚上打")),
    "id_card": (maybe_hidden(id_card, hide_long), ("身份证号{}，麻烦核实", "实名认证填的是{}，一直不通过", "我的证件{}被别人注册了", "证件号码：{}")),
    "bank_card": (maybe_hidden(bank_card, hide_long), ("退款请退到我的卡{}", "银行卡号{}，建行的", "扣款的卡是{}，没有到账", "卡号：{}，户名是我本人")),
    "email": (email, ("发票发到{}", "我的邮箱是{}，没有收到", "联系{}即可", "注册邮箱：{}")),
    "plate": (plate, ("车牌{}，停车费多扣了", "我的车{}被刮了没人管", "{}这辆车在门口停了一天", "登记的是{}，进不去")),
    "passport": (passport, ("护照号{}，订票填错了", "护照{}，名字拼音也错了", "我的护照号码是{}")),
    "address": (address, ("送到{}就行", "地址是{}，司机说找不到", "我住在{}，配送说超区", "收货地址：{}，请改一下")),
    "name": (name, ("我叫{}，昨天投诉过", "收件人：{}，一直没收到", "联系人{}，请回电", "我是{}，订的大床房", "本人{}，要求退款")),
    "wechat": (wechat, ("加我微信{}聊", "我的微信号：{}", "微信{}，详谈", "wx: {}")),
    "qq": (qq, ("加我QQ{}", "我的qq号是{}", "QQ：{}，发截图给你", "扣扣{}联系")),
}


def negative(r):
    """A sentence with something that is no personal data."""
    return r.choice((
        lambda: f"订单号{digits(r, r.choice((16, 18, 19)), r.randint(2, 9))}，到现在没发货",
        lambda: f"快递单号SF{digits(r, 13)}三天没动", lambda: f"运单YT{digits(r, 13)}显示签收，我没收到",
        lambda: f"花了{r.randint(10, 9999)}.{digits(r, 2)}元，不值", lambda: f"原价{r.randint(1000, 99999)}现价{r.randint(100, 999)}",
        lambda: f"{r.randint(2019, 2026)}年{r.randint(1, 12)}月{r.randint(1, 28)}日下的单", lambda: f"{r.randint(2020, 2026)}-{r.randint(10, 12)}-{r.randint(10, 28)} {r.randint(10, 23)}:{r.randint(10, 59)}:{r.randint(10, 59)}提交的工单没人理",
        lambda: f"打{r.choice(('12315', '95588', '10086', '12345', '95338', '400-820-' + digits(r, 4), '800 810 ' + digits(r, 4)))}也没用",
        lambda: f"型号{r.choice(('HUAWEI-P', 'RTX', 'XJ-', 'KFR-'))}{digits(r, r.randint(2, 5))}，用了{r.randint(2, 30)}天就坏",
        lambda: f"条码69{digits(r, 11)}扫不出来", lambda: f"优惠码{''.join(r.choice('ABCDEFGHJK23456789') for _ in range(8))}用不了",
        lambda: f"版本{r.randint(1, 9)}.{r.randint(0, 20)}.{r.randint(0, 99)}闪退", lambda: f"IP 192.168.{r.randint(0, 255)}.{r.randint(1, 254)}连不上",
        lambda: f"等了{r.randint(10, 300)}分钟，叫到{digits(r, 4)}号", lambda: f"积分{digits(r, 6, 5)}清零了",
        lambda: r.choice(("微信支付失败了", "QQ音乐会员自动续费", "用支付宝付的钱", "邮箱收不到验证码", "护照办理要排队", "身份证照片怎么上传", "车牌识别老是错", "银行卡绑不上",
                          "手机信号差", "地址填错了改不了", "名字叫得挺好听", "公司在北京，发货倒是快", "朝阳区这家店态度最差", "联系人那一栏点不动", "微信小程序打不开")),
        lambda: f"验证码{digits(r, 6)}过期了", lambda: f"取件码{r.randint(1, 9)}-{r.randint(1, 9)}-{digits(r, 4)}打不开柜门",
        lambda: f"航班CA{digits(r, 4)}延误", lambda: f"房间{digits(r, 4, 1)}空调不制冷", lambda: f"批号{digits(r, 8, 2)}的都这样",
        lambda: f"流水号{digits(r, r.choice((20, 22, 24)), 2)}查不到", lambda: f"电池{r.randint(3000, 6000)}毫安，屏幕{r.randint(1080, 3840)}x{r.randint(720, 2160)}"))()


def cases(seed):
    r = random.Random(seed)
    out = []
    for kind, (make, sentences) in KINDS.items():
        for _ in range(EACH):
            what, sentence = make(r), r.choice(sentences)
            at = sentence.index("{}")
            out.append((sentence.replace("{}", what), [(kind, at, at + len(what))]))
    out += [(negative(r), []) for _ in range(NEGATIVES)]
    r.shuffle(out)
    return out


def fits(have, want):
    both = min(have[2], want[2]) - max(have[1], want[1])
    return have[0] == want[0] and both >= 0.9 * (want[2] - want[1]) and both >= 0.75 * (have[2] - have[1])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--show", action="store_true", help="print what was missed and what was wrongly found")
    o = options.parse_args()
    written = cases(o.seed)
    lines = "".join(json.dumps({"id": i, "text": t}, ensure_ascii=False) + "\n" for i, (t, _) in enumerate(written))
    done = subprocess.run([common.program(), "nlp", "pii", "--quiet"], input=lines, stdout=subprocess.PIPE, check=True, encoding="utf-8")
    found, missed, wrong = collections.Counter(), collections.Counter(), collections.Counter()
    for (text, want), line in zip(written, done.stdout.splitlines()):
        have = [(s["type"], s["start"], s["end"]) for s in json.loads(line)["spans"]]
        for w in want:
            hit = any(fits(h, w) for h in have)
            (found if hit else missed)[w[0]] += 1
            if not hit and o.show:
                print("missed", w[0], text, have)
        for h in have:
            if not any(fits(h, w) for w in want):
                wrong[h[0]] += 1
                if o.show:
                    print("wrong ", h[0], text[h[1]:h[2]], "|", text)
    print(f"# personal data, {len(written)} written sentences, {NEGATIVES} without any, seed {o.seed}")
    for kind in KINDS:
        n = found[kind] + missed[kind]
        print(f"{kind:<10} found {found[kind]} of {n}, wrongly {wrong[kind]}")
    n = sum(found.values()) + sum(missed.values())
    recall, precision = 100 * sum(found.values()) / n, 100 * sum(found.values()) / max(1, sum(found.values()) + sum(wrong.values()))
    common.figure("recall", f"{recall:.2f} %", "99 %", recall >= 99, True)
    common.figure("precision", f"{precision:.2f} %", "97 %", precision >= 97, True)
    return recall < 99 or precision < 97


if __name__ == "__main__":
    sys.exit(main())
