# SPDX-License-Identifier: Apache-2.0
"""What the customers of the demo company say: a small grammar, written for this purpose.

A pattern is text in which [a|b|c] stands for one of its parts (an empty part is allowed, brackets may be nested) and
{name} for a rule of the same table or a value given by the caller. Patterns are compiled once, so a million rows
are made in a minute.
"""
import re


class Grammar:
    def __init__(self, rules):
        self.rules = {name: [self._compile(p) for p in patterns] for name, patterns in rules.items()}

    @staticmethod
    def _compile(pattern):
        """Nested lists: a list is a sequence, a tuple a choice of sequences, ('{', name) a reference."""
        tokens = re.findall(r"[\[\]|]|\{\w+\}|[^\[\]|{}]+", pattern)

        def sequence(i, inside):
            parts, choices = [], []
            while i < len(tokens):
                t = tokens[i]
                if t == "[":
                    node, i = sequence(i + 1, True)
                    parts.append(node)
                elif t in "|]" and inside:
                    choices.append(parts)
                    parts = []
                    if t == "]":
                        return tuple(choices), i
                elif t[0] == "{":
                    parts.append({"ref": t[1:-1]})
                else:
                    parts.append(t)
                i += 1
            if inside:
                raise ValueError("unclosed [ in " + pattern)
            return parts, i

        return sequence(0, False)[0]

    def _emit(self, node, out, rng, given):
        for part in node:
            if isinstance(part, str):
                out.append(part)
            elif isinstance(part, tuple):
                self._emit(part[int(rng.random() * len(part))], out, rng, given)
            elif part["ref"] in given:
                out.append(given[part["ref"]])
            else:
                options = self.rules[part["ref"]]
                self._emit(options[int(rng.random() * len(options))], out, rng, given)

    def say(self, rule, rng, given):
        options = self.rules[rule]
        out = []
        self._emit(options[int(rng.random() * len(options))], out, rng, given)
        return "".join(out)


# Rules are named DIMENSION+ (praise) and DIMENSION- (complaint); tea. and food. narrow them to a kind of goods.
ZH = {
    "very": ["很", "挺", "特别", "超级", "非常", "真的很", "蛮", "相当", "格外", "是真的"],
    "bit": ["有点", "有点儿", "稍微有点", "实在", "真是", "也太", "明显", "真的"],
    "who": ["[我|]妈", "[我|]老公", "我爸", "家里老人", "小孩", "同事", "室友", "公司同事们", "婆婆", "女朋友", "闺蜜", "我家娃"],
    "when": ["[刚|今天|昨天|前天][收到|拿到]", "[打开|拆开]一看", "等了[好久|半天]", "用了[几天|一阵子]"],
    "again": ["第[二|三|四|五]次[买|回购|下单]了", "[一直|经常]在这家买", "老顾客了", "[朋友|同事]推荐[来|]的",
              "[双十一|活动]囤的", "[看直播|刷到]下的单", "头一回买", "之前买过", "[送礼|办公室]用的"],
    "tea.taste+": ["[茶香|香气][{very}浓|很足|扑鼻]", "[回甘|后味]{very}[好|明显|舒服]", "泡出来汤色[清亮|透亮][，味道也正|]",
                   "[入口|喝起来][清爽|顺滑|甘甜|不苦不涩]", "{p}[味道|口感]{very}[正|好|醇]", "{who}[说|直夸][好喝|茶香足]",
                   "耐泡，[三四|五六|七八]泡还有味", "[比超市的|比上次那家]好喝[多了|不少]"],
    "food.taste+": ["[味道|口感]{very}[好|不错|赞|正]", "[酥脆|香脆|软糯|有嚼劲]，[越吃越香|停不下来|一口气吃了半袋]",
                    "{p}{very}好吃", "甜度[刚好|适中|正合适][，不腻|]", "{who}[特别爱吃|抢着吃|吃完还要]",
                    "咸淡[合适|刚好]", "[香味|果味]{very}浓", "不[油|齁|腻]，[老人小孩都能吃|越嚼越香]"],
    "tea.taste-": ["[没什么|几乎没]茶味", "[又苦又涩|发涩|涩口]，[难以入口|喝不下去]", "[一股|有股][霉|陈|焦糊]味",
                   "泡[两|一]次就[没味|淡得像水]了", "{bit}[甜得发齁|太甜][，不是茶是糖水|]", "味道[跟上次差远了|大不如前]"],
    "food.taste-": ["{bit}[太甜|太咸|太油|齁甜]", "[不脆了|皮了|受潮发软]", "[一股|有股]哈喇味", "口感[像嚼蜡|发柴|干巴巴的]",
                    "{p}[不好吃|真不好吃|难吃]", "味道[不如|比不上][以前|上次|图片说的]", "吃着不[香|新鲜][，放太久了吧|]"],
    "quality+": ["[用料|料][很足|实在]", "[日期|生产日期]{very}新鲜", "[品质|质量]{very}[稳定|好|放心]", "跟[专柜|实体店]的一样[好|]"],
    "tea.quality+": ["[茶叶条索|叶片][整齐|完整]", "[日期|生产日期]{very}新鲜", "[茶叶|品质|质量]{very}[稳定|好|放心]", "[碎末|茶梗]很少"],
    "food.quality+": ["[颗粒|个头][饱满|均匀][，没有坏的|]", "[用料|料][很足|实在]", "[日期|生产日期]{very}新鲜", "[品质|质量]{very}[稳定|好|放心]"],
    "quality-": ["[生产日期|日期]是[半年|八个月]前的", "[质量|品质][越来越差|一批不如一批|下降了]", "[料少|偷工减料]，[以前不这样|看得出来]"],
    "tea.quality-": ["[全是|一堆][茶梗|碎末]", "[生产日期|日期]是[半年|八个月]前的", "[茶叶|品质][越来越差|一批不如一批|下降了]"],
    "food.quality-": ["[碎渣|碎末]{bit}多", "[好几块|一半]是[坏的|碎的]", "[生产日期|日期]是[半年|八个月]前的", "[质量|品质][越来越差|一批不如一批]"],
    "packaging+": ["包装[{very}精致|很用心|严实|完好]", "[里三层外三层|泡沫箱][包得|裹得]{very}好", "[礼盒|罐子]{very}[好看|上档次][，送人有面子|]",
                   "独立小包[，方便携带|，放办公室正好|]", "[密封|封口]{very}[严|好]"],
    "packaging-": ["[箱子|盒子][压扁了|烂了一个角|湿了]", "[罐子|玻璃罐|瓶子][碎了|裂了][，流得到处都是|一地|]", "[盖子|封口][没拧紧|松了|开了]，[漏|洒]了[一箱|大半]",
                   "就[一层|套个]塑料袋[，能不坏吗|，太敷衍]", "包装[破损|破了]{bit}严重", "[收到|打开]就是[碎的|漏的]", "[里面|罐子]没有[缓冲|泡沫][，碎了两罐|，磕得坑坑洼洼|]"],
    "logistics+": ["[物流|快递|发货]{very}[快|给力|迅速]", "[昨天|前天]下单[今天|第二天]就到了", "[快递小哥|快递员][送到家门口|打电话提前说]",
                   "[京东|顺丰]就是快", "两天就[收到|送到]了"],
    "logistics-": ["[等了|足足等了|整整等了]{days}天才[到|收到|送到]", "物流{bit}慢[，{days}天|][|，急死人]", "[快递|物流]在[中转站|路上][停|卡]了{stuck}天[不动|]",
                   "下单{days}天[了才送到|才见到货]", "[说好|页面写][三|两]天到，结果[用了|拖了]{days}天", "[发货|配送]{bit}慢[，以前两天就到|，这次怎么回事|]",
                   "[快递|包裹]扔在[驿站|门卫|楼下][，电话都没打|就走|，还得自己去取]"],
    "service+": ["[客服|店家][{very}有耐心|态度好|很热情|回复及时]", "[问什么都|有问题]耐心[答|解答]", "卖家[人好|{very}贴心][，还写了小卡片|]",
                 "店家[服务|态度]没得说"],
    "service-": ["[客服|服务]态度[很差|太差了|恶劣|不好]", "客服[爱答不理|态度差|一副不耐烦的样子]", "[问|咨询]两句就[不回了|甩脸子|怼人]", "[客服|店家]说话{bit}[冲|难听]",
                 "[推来推去|踢皮球]，[没人管|谁也不负责]"],
    "response-": ["[客服|在线]半天[没人回|不理人]", "[发|留]了[三|五|好几]条消息[没回|都不回]", "[排队|等]了[半小时|一个钟头]才[有人理|接通]"],
    "price+": ["[价格|价钱][实惠|划算|便宜]", "[性价比很高|性价比没得挑|这个价值了]", "[比超市|比线下]便宜[不少|多了]", "[活动价|双十一]{very}划算"],
    "price-": ["[买完|刚买]第二天就降[价|了十块]", "{bit}[贵|小贵][，量还少|]", "这个价[不值|买亏了]", "[越卖越贵|又涨价了]"],
    "promotion-": ["说好的[赠品|试吃装|小礼品][没有|没给|没见着]", "[优惠券|满减][用不了|不让用][，玩文字游戏|]", "[先涨价再打折|凑单凑了半天没优惠]"],
    "promotion+": ["送的[试吃|小样|茶包]{very}[不错|好吃|贴心]", "[满减|券后]很[给力|划算]", "[赠品|小礼物]{very}惊喜"],
    "description-": ["[发错|少发|漏发]了[一袋|一盒|一罐]", "[买的|拍的]是[大|原味|礼盒]装，[发来|收到][小的|辣的|简装]", "[跟|和]图片[差太多|完全不一样|不符]",
                     "写着[五百克|十包]，[称|数]了才[四百出头|八包]"],
    "aftersales-": ["[申请|要求]退款[三|五|七]天了[还没动静|没到账|没人处理]", "[退货|换货]{bit}麻烦[，运费还要自己出|]", "说[补发|退钱]，[到现在|一周了]没影"],
    "aftersales+": ["[坏的|碎的]那[罐|袋]马上[补发|退款]了", "[售后|退换][爽快|很快][，不扯皮|]"],
    "function-": ["[会员|点单|你们的]小程序[一打开就闪退|老闪退|总闪退]", "小程序[领券|下单|付款]的时候闪退[，积分也没了|，重来三遍|]", "小程序闪退[好几次|，根本用不了|，没法下单]",
                  "[新版|更新后的]小程序闪退[，什么时候修|]"],
    "hygiene-": ["[袋子|包装]里有[一只|]小虫[子|]", "有[霉点|发霉的]", "[瓶口|袋口][脏兮兮|黏糊糊]的"],
    "overall+": ["[不错|很好|挺好][的|]", "[满意|很满意|非常满意]", "[好评|五星好评|必须好评]", "[值得|可以]买", "[一如既往|还是那么]的好", "[推荐|推荐给大家]", "没让人失望"],
    "overall-": ["[失望|很失望|太失望了]", "[一般般|不怎么样|不好]", "[差评|给个差评]", "[不值|后悔买了]", "[不想再买|不会回购]了"],
    "overall0": ["[还行吧|一般|凑合|就那样]", "[中规中矩|没什么感觉|不好不坏]", "[跟想的差不多|普普通通]"],
    "ask": ["[请问|想问下][这个|{p}][能放多久|怎么保存|孕妇能喝吗|什么时候补货]", "[发票|开票]在哪[申请|弄]", "[大盒|礼盒]和[小盒|散装]是一样的吗",
            "还没[吃|喝|开封][呢|]，[先放着|过几天再来评|等过年再说]", "帮[朋友|同事|老家亲戚]买的，[不知道味道怎么样|还没问]"],
    "close+": ["[会|肯定|下次还会]回购", "[下次还来|还会再来]", "[已经|准备]推荐给[朋友|同事]了", "[继续|一直]支持", "[谢谢|感谢]老板", "[吃完|喝完]再来", "[五星|赞]"],
    "close-": ["[希望|麻烦]改[进|一改]", "[不回购|下次不买]了", "[下次|以后]换[一家|别家]", "[心累|无语|服了]", "[扣一星|扣两星]", "[唉|哎]", "[浪费钱|白花钱]"],
    "want": ["[什么时候|到底什么时候]给[个说法|我处理|退款]？", "[请|麻烦][尽快|赶紧]联系我", "[等|在线等]回复", "[要求|请]补发"],
    "but": ["[就是|但是|不过|可惜|只是]"],
    "join": ["，", "，而且", "，还有", "；", "，再就是"],
    "stop": ["，", "，", "，", "。", "！", " "],
    "end": ["", "", "", "。", "。", "！", "~", "！！", "…"],
    "joy": ["😋", "👍", "👍👍", "😄", "❤️", "🍵", "[哈哈|哈哈哈]", "[yyds|绝了]", "赞赞赞"],
    "rage": ["😡", "💢", "👎", "[呵呵|气死]", "😤", "🙄"],
    # eating in and delivery
    "dish.taste+": ["{p}[味道|口味]{very}[好|正宗|不错]", "[分量|量]{very}[足|大]", "[送到|端上来]还[热乎|烫嘴]", "奶盖{very}[厚|香]", "[茶底|茶味]{very}[香|浓]",
                    "[点心|茶点]{very}[酥|精致|好吃]", "[冰块|甜度]都按备注[来|做]的"],
    "dish.taste-": ["{p}[凉透了|都凉了|坨了]", "[甜得|齁得]要命[，备注了少糖|]", "[分量|量][越来越少|少得可怜]", "[奶茶|茶]淡得[像水|没味]", "[点心|饼]{bit}[硬|干][，咬不动|]"],
    "rider+": ["[骑手|小哥]{very}[快|准时|有礼貌]", "[配送|送餐][很快|准时]", "提前[十|二十]分钟[就|]送到了"],
    "rider-": ["[配送|送餐]{bit}慢[，等了{minutes}分钟|]", "[超时|晚了][快|整整|][半小时|四十分钟][，打电话不接|]", "骑手[放门口就走|送错楼|点了提前送达]"],
    "spill-": ["[奶茶|汤|茶]洒了[一半|一袋|满袋都是]", "[杯盖|袋子][没封好|破了][，漏得到处都是|]", "打包{bit}[敷衍|随便]，[全漏了|撒了]"],
    "staff+": ["[店员|小姐姐|店里小哥]{very}[热情|有礼貌|耐心]", "[服务|态度]{very}好", "[主动|还]帮忙[拿座椅|加水|打包]"],
    "staff-": ["[服务态度|店员态度|态度]{bit}差[，不想再来|，一点都不热情|]", "[服务员|店员]态度[恶劣|很不好|太差了]", "[店员|前台|收银的][态度{bit}差|爱答不理|翻白眼|拉着个脸]", "[叫了|喊了][三|好几]遍没人[理|应]", "[问一句|多问两句]就[不耐烦|甩脸色|说自己看]",
               "店员[当着面聊天|顾着玩手机][，不理人|，当没看见]", "[点单|取餐]的时候[被吼|被凶][了|]"],
    "queue-": ["[排队|等位]等了[半小时|四十分钟|一个小时]", "[上餐|出餐]{bit}慢", "叫号[叫错|跳号]"],
    "place+": ["[环境|店里]{very}[安静|干净|舒服]", "[装修|布置]{very}[有味道|雅致]", "适合[聊天|拍照|办公]"],
    "place-": ["[店里|环境]{bit}[吵|闷|挤]", "[空调|冷气][不开|坏了]", "桌子[没擦|黏糊糊的]"],
}

ZH_URGENT = [
    ("tmall", "hygiene", "铁丝", "吃着吃着咬到一根铁丝！！牙差点崩了，联系客服到现在没人处理，给我一个说法"),
    ("tmall", "hygiene", "虫", "打开{p}里面有活的虫子在爬，孩子已经吃了几块，恶心死了，要求退款赔偿"),
    ("tmall", "hygiene", "发霉", "{p}整块发霉长毛了，这东西吃了要出人命的，必须给说法"),
    ("tmall", "aftersales", "12315", "碎了三罐申请退款一周没人理，再不处理我就打12315投诉了"),
    ("jd", "logistics", "12315", "等了九天没到，客服互相推，已经准备打12315投诉你们，还要发到网上"),
    ("jd", "hygiene", "拉肚子", "一家三口吃完{p}全都拉肚子，昨晚去了急诊，化验单我都留着"),
    ("jd", "service", "骗", "客服让我加微信转账退运费，转完就把我拉黑了，这不是骗子吗，我要报警"),
    ("jd", "hygiene", "玻璃", "罐口崩口，蜂蜜里有玻璃渣，老人嘴都划破了流血，你们负责吗"),
    ("jd", "aftersales", "律师", "反映了四次没有一个人给答复，下一步我让律师联系你们"),
    ("meituan", "hygiene", "头发", "{p}里吃出一根长头发，店员还说是我自己的，太恶心了，要曝光你们"),
    ("meituan", "hygiene", "过敏", "备注了花生过敏还给我放花生碎，吃完全身起疹子送医院了"),
    ("meituan", "service", "记者", "店员骂人还动手推我，我有录像，已经联系电视台记者了"),
]

ZH_ADS = [
    "兼职刷单日结300，加微信 chashi{n} 了解，不收押金",
    "需要代写好评的老板联系扣扣 80{n}，量大从优",
    "本人代理各大品牌零食，厂家直供一件代发，v信：lingshi{n}",
    "点击 http://promo.example.com/{n} 领取100元红包，名额有限先到先得",
    "招代理！茶叶批发低价，电话同微信 hc{n}，非诚勿扰",
]
ZH_NOISE = ["啊啊啊啊啊啊啊啊啊", "asdfghjkl;'", "dfgk jhsd fkjh weiru", "哦哦哦哦哦哦哦哦哦哦", "1111111111", "的的的的的的的", "qwertyuiop zxcvb", "噢啦啦噜噜嘿呀咩吧呐"]
ZH_BLANK = ["。", "。。。", "👍", "😊😊😊", "！！！", "666", "…", "5"]
ZH_IRRELEVANT = ["今天天气真好，下午去公园放风筝", "床前明月光，疑是地上霜，举头望明月", "有没有一起开黑的，晚上八点老地方", "昨晚的球赛看了吗，最后一分钟绝杀"]

EN = {
    "very": ["really", "very", "so", "absolutely", "pretty", "incredibly"],
    "bit": ["a bit", "rather", "far too", "way too", "really"],
    "who": ["my mum", "my husband", "the kids", "my colleagues", "my nan", "my flatmate", "everyone at work"],
    "again": ["[Second|Third|Fourth] time [ordering|buying]", "[Long-time|Regular] customer", "Bought [as a gift|for the office|for Christmas]",
              "First order", "Recommended by a friend"],
    "tea.taste+": ["the {p} [smells|tastes] {very} [good|fresh|fragrant]", "[lovely|rich|smooth] flavour, [not bitter at all|goes a long way]",
                   "{who} [loves|keeps asking for] the {p}"],
    "food.taste+": ["the {p} is {very} [tasty|moreish|crunchy]", "[gone in a day|could not stop eating it]", "not too sweet, [just right|perfect with tea]",
                    "{who} [loves|love] it"],
    "tea.taste-": ["the {p} [tastes of nothing|is bitter|tastes stale]", "weak tea, [no aroma at all|gone after one brew]"],
    "food.taste-": ["{bit} [sweet|salty|oily] for me", "the {p} was [stale|soft and stale|dry]", "does not taste [like before|of anything]"],
    "quality+": ["[fresh|good] dates on everything", "quality is [great|consistently good]"],
    "quality-": ["[half of it was|mostly] [crumbs|dust|broken pieces]", "quality has [dropped|gone downhill]"],
    "packaging+": ["[beautifully|carefully|well] packed", "the box [looks lovely|makes a nice gift]"],
    "packaging-": ["the jar [was smashed|arrived broken|was cracked], [honey everywhere|glass all over the box|what a mess]", "box [crushed|soaked|torn open] on arrival",
                   "lid [was loose|not closed] and it [leaked|spilled] [everywhere|over the rest]"],
    "logistics+": ["[fast|quick|next-day] delivery", "arrived [in two days|a day early]", "courier [was friendly|rang ahead]"],
    "logistics-": ["took {days} days to arrive", "delivery was {bit} slow, {days} days", "[parcel|order] stuck in the depot for {stuck} days",
                   "promised two days, [got it after|waited] {days}"],
    "service+": ["[friendly|helpful|lovely] [staff|team]", "customer service [sorted it at once|was great]"],
    "service-": ["[staff|the woman at the till] [could not care less|was rude|rolled her eyes]", "[rude|dismissive] [staff|service]", "was [ignored|talked down to] at the counter"],
    "response-": ["[no answer|no reply] to [three|four] e-mails", "[half an hour|forty minutes] on hold"],
    "price+": ["[great|good] value", "cheaper than [the supermarket|anywhere else]"],
    "price-": ["{bit} expensive for what it is", "price dropped [the day after|a week later]"],
    "description-": ["[wrong|different] flavour sent", "one [bag|tin] missing", "smaller than [described|the picture]"],
    "aftersales-": ["refund [still pending|not received] after [two|three] weeks", "returns are a nightmare"],
    "function-": ["the [app|new app] [crashes|keeps crashing] [at checkout|on start|when I pay]"],
    "overall+": ["[very happy|love it|highly recommended|great]", "[five stars|would buy again]"],
    "overall-": ["[disappointed|very disappointed|not impressed]", "[never again|waste of money]"],
    "overall0": ["[it is okay|average|nothing special]"],
    "ask": ["[does anyone know|can you tell me] how long it keeps?", "[not opened yet|have not tried it yet]"],
    "close+": ["will order again", "thank you", "recommended"],
    "close-": ["please sort this out", "will not order again", "expected better"],
    "want": ["please [send a new one|refund me]", "when will somebody get back to me?"],
    "but": ["but", "only", "shame that"],
    "join": [", ", " and ", ", and also "],
    "stop": [", ", ". ", ". ", "; ", " - "],
    "end": ["", ".", ".", "!", "!!"],
    "joy": ["👍", "😋", ":)", "❤️"],
    "rage": ["👎", "😡", ":("],
    "staff+": ["[staff|girl at the counter] {very} [friendly|welcoming]"],
    "staff-": ["[staff|the barista|the woman at the till] [was rude|ignored us|rolled her eyes]", "[asked|called] three times, nobody [came|cared]", "served with a scowl"],
    "place+": ["[cosy|quiet|lovely] place"],
    "place-": ["{bit} noisy inside", "table [not wiped|sticky]"],
}
EN_URGENT = [
    ("web", "hygiene", "metal", "Bit on a piece of metal wire in the {p}, nearly broke a tooth, nobody answers my mails"),
    ("web", "hygiene", "insect", "There was a live insect in the {p}, the kids had already eaten some, disgusting, I want a refund"),
    ("web", "aftersales", "lawyer", "Third time I write about the smashed jars, next letter comes from my lawyer"),
    ("web", "hygiene", "ill", "All three of us had food poisoning after the {p}, spent the night in hospital"),
    ("web", "aftersales", "trading standards", "No refund after three weeks, I have reported you to trading standards"),
]
EN_ADS = ["Earn 300 a day from home, write to deals{n}@example.com", "Cheap followers at http://promo.example.com/{n}"]
EN_NOISE = ["asdf jkl asdf", "aaaaaaaaaaaaaa", "qwerty uiop"]
EN_BLANK = ["...", "👍", "!!!", "5"]
EN_IRRELEVANT = ["Anyone up for football on Sunday at the park?", "Roses are red, violets are blue"]
