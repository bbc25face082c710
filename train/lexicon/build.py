#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes models/lexicon/words.txt from the jieba dictionary, the stop word and profanity lists, our own words
(own.txt) and, if given, word counts of a review corpus.

    train/lexicon/build.py --jieba dict.txt --stopwords stopwords-zh.json --profanity zh.json --english en.json \
        [--texts FILE.tsv …] > models/lexicon/words.txt

With --texts the frequencies are the mean of the dictionary's and the corpus's relative frequencies, the corpus
being cut with the dictionary alone: reviews speak otherwise than newspapers. Only counts leave the corpus.
"""
import argparse
import collections
import json
import math
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
# Begin like a word of degree and are none.
WHOLE = set('''太阳 太平 太空 太太 太子 太极 太公 太医 太行 太爷 太守 太后 太古 太师 太保 太原 太湖 太仓 太初 太学 太岁 太婆 太监 太祖 太尉 太庙 太宗 太上
挺身 挺立 挺进 挺拔 挺直 挺举 很多 超级 超值 超薄 超群 超凡 超脱'''.split())
# Words of the list that are innocent in reviews (body parts, relatives, furniture, Cantonese homographs, places).
INNOCENT = set('''13点 口肯 你老闆 奸 口交易 13. 三级片 乳 乳头 乳房 交配 九游 个老子的 他奶奶 你妈 你娘 你是鸡 你是鸭 刚度 包皮 十三点 卵 卵子 双峰微颤 后庭
吹箫 处女 外阴 奶 奶奶的熊 奶子 妓 妓女 妓院 妈妈的 屁股 巨乳 干七八 干X娘 强奸 性 性交 性器 性无能 性爱 情色 成人 扒光 打炮 打飞机 抽插 插你
撒尿 月经 小乳头 小鸡鸡 激情 爛 玉杵 私服 祖宗 笨蛋 精子 老二 老味 老母 色情 花柳 迷药 野鸡 阳具 阳萎 阴唇 阴户 阴核 阴毛 阴茎 阴道 阴部 靠背
靠北 靠母 靠爸 靠腰 鸡鸡 鬼公 龟头 屌 尻 鳩 撚 柒 躝癱 粉腸 硬膠 笨實 屎忽 逼 肥西 射你 想上你 放荡 密洞 小肉粒 叫床 吃屎 军妓 嫖娼 嫖客 卖淫 招妓
轮奸 鸡奸 陰莖 姘头 肉壁 肉缝 淫 淫水 幹 干你 几八 懒叫 懒教 懒8 懒八 白痴 白癡 机机歪歪 湿透的内裤 贝肉 日批 姣西 娘的 妈的 日你 白烂 老二 塞你师'''.split())
EXTRA_PROFANE = '''傻逼 傻比 傻b 煞笔 沙比 脑残 脑瘫 尼玛 你妹的 草泥马 操蛋 卧槽 我操 我草 特么 他妈 他妈的 tmd nmb nmsl 滚蛋 狗屎 狗日的 狗东西 畜生 人渣 去死
贱人 婊子 王八蛋 混蛋 妈蛋 妈逼 装逼 二逼 苦逼 逗逼 死全家 全家死光 祖宗十八代 白痴 弱智 智障 废物 不得好死 断子绝孙'''.split()
ENGLISH_PROFANE = set('''asshole bastard bitch bullshit fuck fucker fucking motherfucker shit shitty dickhead wanker
twat cunt slut whore'''.split())


def own_words():
    for line in open(os.path.join(HERE, 'own.txt'), encoding='utf-8'):
        line = line.strip()
        if not line or line.startswith('#'):
            continue
        head, words = line.split('|')
        parts = head.split()
        yield from ((w, parts[0], parts[1] if len(parts) > 1 else '') for w in words.split())


def raise_own(freq, words):
    """One of our words must win over its parts, or it would never be cut."""
    total = sum(freq.values())
    for w in words:
        best = [1.0] + [0.0] * len(w)
        for i in range(len(w)):
            for j in range(i + 1, len(w) + 1):
                if j - i < len(w):
                    best[j] = max(best[j], best[i] * freq.get(w[i:j], 0) / total)
        freq[w] = max(freq[w], min(200000, int(best[-1] * total * 1.5) + 1))


def corpus_counts(paths, freq):
    """Unigram Viterbi with the dictionary's own frequencies; returns counts of its words."""
    total = sum(freq.values())
    cost = {w: math.log(total / n) for w, n in freq.items()}
    longest = 8
    counts = collections.Counter()
    run = re.compile('[\u4e00-\u9fff]+')
    for path in paths:
        for line in open(path, encoding='utf-8'):
            for s in run.findall(line.rstrip('\n').split('\t')[-1]):
                n = len(s)
                best = [0.0] + [1e9] * n
                back = [0] * (n + 1)
                for i in range(n):
                    if best[i] + 20 < best[i + 1]:
                        best[i + 1], back[i + 1] = best[i] + 20, i
                    for j in range(i + 1, min(n, i + longest) + 1):
                        c = cost.get(s[i:j])
                        if c is not None and best[i] + c < best[j]:
                            best[j], back[j] = best[i] + c, i
                while n:
                    counts[s[back[n]:n]] += 1
                    n = back[n]
    return counts


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--jieba', required=True)
    p.add_argument('--stopwords', required=True)
    p.add_argument('--profanity', required=True)
    p.add_argument('--english', required=True)
    p.add_argument('--texts', nargs='*', default=[])
    a = p.parse_args()
    freq, tag, flags = {}, {}, collections.defaultdict(set)
    for line in open(a.jieba, encoding='utf-8'):
        w, n, t = line.split()
        n = int(n)
        # Rare person and place names cut reviews wrongly more often than rightly; Latin entries are left to us.
        if (t.startswith(('nr', 'ns', 'nt')) and n <= 5) or not re.match('[\u4e00-\u9fff]|[A-Za-z0-9]+[\u4e00-\u9fff]', w):
            continue
        freq[w], tag[w] = n, t[0]
    for w in list(freq):  # “很漂亮” must fall apart into degree and word
        rest = w[1:].rstrip('了的') if len(w) > 2 else w[1:]
        if rest in freq and w not in WHOLE and (w[0] in '很太挺蛮忒' or (w[0] == '超' and tag[w] in 'alz')):
            del freq[w], tag[w]
        elif re.match('不太.|不怎么.|不是很|不够.', w) and w not in ('不怎么样', '不太平', '不够意思'):
            del freq[w], tag[w]
    own = list(own_words())
    for w, t, f in own:
        if w not in freq:
            freq[w] = 30 if len(w) < 3 else 60
        tag[w] = t
        flags[w] = set(f)
    raise_own(freq, [w for w, t, f in own])
    counts = corpus_counts(a.texts, freq) if a.texts else collections.Counter()
    scale = sum(freq.values()) / max(1, sum(counts.values()))
    for w in freq:
        freq[w] = max(1, round(freq[w] + counts[w] * scale)) if counts else freq[w]
    raise_own(freq, [w for w, t, f in own])
    for w in json.load(open(a.stopwords, encoding='utf-8')):
        if w in freq and not flags[w] & set('+-=n'):
            flags[w].add('s')
    for w in [x for x in json.load(open(a.profanity, encoding='utf-8')) if x not in INNOCENT] + EXTRA_PROFANE:
        w = w.lower()
        freq.setdefault(w, 20)
        tag.setdefault(w, 'n')
        flags[w].add('p')
    for w in ENGLISH_PROFANE & set(json.load(open(a.english, encoding='utf-8'))):
        freq.setdefault(w, 20)
        tag.setdefault(w, 'g')
        flags[w].add('p')
    print('# word, frequency, part of speech, flags. Made by train/lexicon/build.py; sources and licences: NOTICE.')
    out = [(w.encode(), freq[w], tag[w], ''.join(sorted(flags.get(w, ())))) for w in freq if len(w.encode()) <= 64]
    for w, n, t, f in sorted(out):
        print(w.decode(), n, t, *([f] if f else []), sep='\t')


main()
