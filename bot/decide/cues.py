"""Cues of facts: what viewers type when they ask for one. Tables only; `triage` reads them.

A fact slot has two sorts of cues. Strong ones ask by themselves (多少钱, "how much"). Weak ones only name the
thing (快递, "colour"): they ask when the line is a question or holds nothing else.
"""

import re

from bot.decide.patterns import Cue, cue, either

# Slot -> strong cues.
STRONG: dict[str, Cue] = {
    "price": cue(
        "多少钱|啥价|什么价|几钱|多少元|几块|多少块|咋卖|怎么卖|到手价|到手(?:多少|几|啥)|贵不贵|贵吗|贵么|"
        "报(?:个|下|一下)?价|求.?价|一?[件条瓶盒份套双]多少(?=$|[啊呀呢? ])|问价|几多|"
        "多少一?(?:个|件|条|瓶|盒|份|套|双|包)(?!月)|卖多少|卖几|多少(?:拿下|能拿|到手)|怎么收费|咋收|"
        r"价格(?:是|呢|吗|多)|到手几|现价|(?:^|款|个|号|它|接|的|\d) ?多少[啊呀呢]?\W*$|价多少|"
        "(?:下来|一共|总共|合计)多少|问下价",
        "how much(?! (?:caffeine|sugar|water|salt|do (?:i|you|we)|should|time|longer|off|space|room|stock|shipping|"
        "postage|stretch|is (?:shipping|postage|delivery|left)|does (?:it|this) weigh|was|were|without|before))|"
        "price check|(?:final|total|current|live) price|price (?:of|for|on)|"
        r"what(?:'s| is) the (?:price|cost|damage)|what (?:does|do) .{1,25} (?:cost|go for)|go(?:es|ing)? for\b",
    ),
    "original": cue(
        "原价|划线价|吊牌价|日常价|市场价|专柜价|平[时常](?:卖|多少|什么价|价)|之前(?:卖|多少|几钱|什么价)|"
        "原来(?:卖|多少|几|什么价)|没降|降价[之以]?前|不打折(?:多少|几|什么|卖)|没活动|不搞活动|打折前|活动前",
        r"(?:original|regular|list|full|usual|retail|normal|old) price|msrp|rrp\b|price before|"
        "before (?:the )?(?:discount|sale|drop)|how much (?:was|were|without|before)|without the (?:sale|discount)|"
        r"normally (?:cost|sell)|what did .{1,20} cost|used to (?:cost|be)\b|cost (?:before|last)|originally",
    ),
    "discount": cue(
        "优惠(?:吗|么|嘛|不|没|点|多少|券)|有.{0,3}优惠|什么优惠|啥优惠|有.{0,2}券|领.{0,2}券|用券|什么券|"
        "券[在怎吗哪咋么能]|几折|多少折|满减|便宜[点些吗不么]|能.{0,2}便宜|便宜一点|少一?点(?!击)|再少|能少|"
        "有.{0,2}活动|啥活动|什么活动|赠品|送什么|送啥|有赠|有礼|砍价|讲价|还价|抹零|凑单|第二件|买.送|折后|福利价|"
        "打折[吗么不嘛没]|会打折|打.{0,2}折吗|有.{0,2}折扣|折扣[吗么没多]|打几折|能拿下[吗不么]|可以拿下|"
        "能卖[吗不]|最低(?:多少|几|价)|有折|满多少|满几|送不送",
        r"discounts?|coupons?|promo|vouchers?|(?:any|bundle|special|best) deals?|deal (?:on|if|for)|deals?\?|"
        r"any sales?\b|sale going|on sale|\d+ ?% off|any offers?|special offer|bundle|cheaper|go (?:any )?lower|"
        r"lower (?:the )?price|best price|(?:a|any|the|discount|use|promo) code|code\?|buy two|buy 2|(?:a|any) sale",
    ),
    "stock": cue(
        "还有(?:没有|吗|么|没|嘛|不|货)|有没有货|有货[吗么没不嘛]|没货[吗了么]|有没有现货|是现货|现货[吗么没不]|"
        "库存(?:还|有|多|剩)|还剩|剩(?:多少|几)|断货|售罄|卖完[吗了么没]|卖光|抢完[吗了么没]|抢光|没了[吗么?]|"
        "怎么没了|是不是没|还能[买拍抢下]|还买得到|还拍得到|一个都没|[买拍抢]得到",
        r"in stock|sold out[^a-z]*(?:already|yet)?[^a-z]*\?|is .{1,25}(?:sold out|gone|available)|"
        r"still (?:available|have|got|there|any)|any (?:\w+ ){0,4}left|left\?|how many .{0,15}left|none left|"
        r"no more .{1,14}\?|did .{1,20} sell out|can i still (?:order|buy|get)|do you still|got any|still selling|"
        r"(?:size|colou?r)? ?\w+ (?:left|gone)\?|available\?|is .{1,25}out of stock",
    ),
    "sizing": cue(
        "[穿拍选买要](?:什么|几|啥|哪个)码|[穿拍选买]多大|什么码合适|多大码|偏[大小]|正码|标准码|"
        r"码(?:标准|准吗|正吗|偏)|怎么选码|尺码(?:建议|怎么选|推荐)|斤(?<=\d\d斤)|身高|体重|斤(?:能|可以)?穿|"
        "该?穿[sml]|平时穿|码数?(?:标准|准|正|偏)|[拍买选][大小]一码|[大小]一码",
        "what size (?:should|do i|would|for|am i|to get)|which size|size (?:chart|guide|up|down|help)|true to size|"
        r"runs? (?:small|large|big|tight|true)|fits? \d|"
        r"(?:usually|normally) (?:a |wear )?(?:size )?(?:xs|s|m|l|xl|\d+)\b|between .{0,6}sizes|"
        r"\d+ ?(?:kg|lbs?|cm)\b.{0,24}size|size.{0,24}\d+ ?(?:kg|lbs?)\b",
    ),
    "size": cue(
        "什么码|啥码|哪些码|几个码|有.{0,2}[大小中加]码|有.{0,3}尺码|什么尺码|哪些尺码|尺码(?:有|全|齐)|码数|有码|"
        "有多大|多大的?[啊呀呢?]|多大$|尺寸|均码吗|(?:什么|几种|哪些|啥)规格|规格(?:有|是)|"
        "[大小](?:份|规格|包装|瓶装?|罐)的?[吗有没么]|再[大小]一?点|最[大小].{0,2}码|最[大小](?:的|是|码)|"
        "多大的?量|码[吗么没]|加大的?[吗有么]|有加大",
        r"what sizes?\b|which sizes|sizes? (?:do|are|available|left)|size range|plus.?sizes?|"
        r"come in (?:a )?(?:\w+ )?size|do you have (?:a )?size|how big|dimensions|measurements|"
        "(?:bigger|smaller|larger) (?:one|pack|size|bottle)|(?:mini|travel) size|how many (?:ml|grams?|oz|pieces)",
    ),
    "colour": cue(
        "(?:什么|啥|哪些|几个|几种|别的|其[他它]|其余|另外的?)颜?色(?!差)|颜色(?:有|全|可选|好选)|有.{0,3}颜色|"
        "还有.{0,3}颜?色(?!差)|除了.{0,4}色|色号",
        "what colou?rs?|which colou?rs?|(?:any|many|other|more|only this) (?:other )?colou?rs?|"
        "colou?rs? (?:are|do|available|options?)|come in (?:any )?(?:other )?colou?r",
    ),
    "shipping": cue(
        "(?:什么时候|啥时候|何时|几号|几天|多久|今天|明天|今晚|当天|周末|马上)(?:能|可以|会|才|就|内)?(?:发(?!票|"
        "现|红)|寄|送到|到(?![期底货家了]))|现在[拍买].{0,5}[发到]|[要得]几天|几天(?:能|可以?)?[到发收送]|"
        "多久(?:能|可以?|才|会)?[到发收送]|拍了?多久发|包邮|邮费|运费(?!险)|免邮|(?:什么|哪家|啥|哪个)快递|"
        "从?哪(?:里|儿)?发货|从哪.{0,2}发|发哪|能寄|寄到|能发(?!票)|发到|发顺丰|小时(?:能|内|可以)?发|配送|送货|"
        "发货(?:吗|快|要|时间|地)|快递(?:费|要|几|多|到)|(?:[周月号节年]|周.)[之以]?前.{0,2}到|能到[吗么不]|"
        r"[区疆藏古岛南]发吗|发(?![票现红]).{0,4}吗\W*$|包.邮",
        "do you (?:ship|deliver)|"
        "(?:when|how long|how fast|how soon|how many days).{0,32}(?:ship|deliver|arriv|get (?:here|to))|"
        "(?:free|fast|express|international) (?:shipping|delivery)|shipping (?:cost|fee|time|free|included|to)|"
        "delivery (?:time|cost|fee|to)|postage|is (?:shipping|delivery)|"
        "ships? (?:to|today|out|internationally|worldwide|from)|how long to arrive|ship到|until i get|before i get|"
        "courier|dispatch",
    ),
    "returns": cue(
        "退货吗|退换|能不?能?退|可以?退|包[退换]|支持退|退不退|能换(?!成)|可以?换|换货|换码|无理由|[7七]天|运费险|"
        "不合适|不喜欢.{0,5}[退换]|不满意.{0,4}[退换]|满意怎么|怎么退|咋退|还能退|"
        "退货.{0,6}(?:谁|吗|怎么|运费|麻烦|方便|不)|质量问题.{0,5}(?:怎|咋|退|换|吗)|return吗|refund|给换|能换吗",
        "can (?:i|you|we) (?:return|exchange|send it back)|return (?:policy|it|this|shipping)|"
        "returns (?:ok|accepted|allowed|free)|are returns|refundable|refund if|get a refund|"
        "what if it doesn.?t (?:fit|suit)|final sale|easy returns|how many days to return|money.?back|swap it|"
        "exchange it",
    ),
    "material": cue(
        "(?:什么|啥|哪种)(?:材质|面料|料|材料?|布|皮(?!肤)|棉|毛(?!病)|成[分份]|做的|原料|绒|填充)|"
        "(?:材质|面料|料子|成[分份]表?|配料表?)(?:是|呢|吗|有|都|怎|看|说)|纯棉[的吗么不嘛]|全棉|真皮[的吗么不嘛]|"
        "是.{0,4}(?:棉|皮|丝|羊毛|实木|羊绒|麻)的?[吗么嘛不]|含[棉毛绒]|[棉皮]的还是|还是.{0,3}[皮棉化纤]的|"
        "做的[吗么嘛]|填充|添加剂|防腐剂|含.{0,3}(?:酒精|激素|色素|荧光剂|甲醛)|cotton的|"
        "(?:聚酯纤维|涤纶|羊毛|羊绒|真丝|亚麻|牛皮|尼龙|锦纶|腈纶|莫代尔|雪纺|冰丝|天丝|不锈钢|陶瓷|玻璃|实木|塑料|"
        "硅胶)的?[吗么嘛不]",
        "(?:what|which) (?:kind of )?(?:material|fabric|leather)|what(?:'s| is| are) .{1,25}made (?:of|from|out)|"
        "made (?:of|out of)|made from|"
        "(?:is it|is this|100%|100 percent|real|genuine|pure) (?:real |genuine |pure |100% )?(?:cotton|leather|"
        "silk|wool|linen|polyester|wood|cashmere)|(?:cotton|leather|canvas|polyester|silk|wool|linen) or |"
        r"ingredients?\b|what(?:'s| is) in (?:it|this|them|these|the)\b|"
        "(?:does|do) .{1,12} (?:have|contain) (?:any )?(?:alcohol|parabens?|sulfates?|additives|preservatives)|"
        "any additives|the filling|inside the",
    ),
    "usage": cue(
        "怎么[用吃泡喝冲煮戴涂抹装热弄]|怎么(?:组装|安装|操作|使用)|咋[用吃泡喝冲煮弄装]|如何使?用|要怎么用|用法|"
        "使用方法|用多少|一次[用放吃泡]?多少|放多少(?!天|年)|(?:一天|每天|一周|每周).{0,2}(?:几|多少)次?|用几次|"
        "早晚(?:都|用|吗|各)|水温|几度水|多少度的?水|开袋|直接[吃用]|自己装|要组装|需要(?:安装|组装)|不会用|"
        "教一?下|哪一步|[早晚]上用|饭[前后]|空腹|使用方法|冲泡|泡法|吃法|用法",
        "how (?:do|to|should|can) (?:i |you |we )?(?:use|brew|make|apply|drink|eat|cook|prepare|steep|assemble|"
        "put)|instructions?|directions|how often|how does .{1,20} work|how to use|morning or night|before or after|"
        "how much (?:do i|should i|water)|water temp|how long (?:do|should) i (?:steep|brew|leave)|ready to eat|"
        "do i heat|put it together|show us how|how many times",
    ),
    "expiry": cue(
        "保质期|有效期|生产日期|过期|到期|日期(?:新|好|是|怎|多|呢)|(?:什么|啥)时候(?:生产|产)|[放存]多[久长]|存放|"
        "保存多久|开封后|新鲜吗|日期新|冷藏|冷冻|放冰箱|怎么(?:保存|储存|存放)",
        "shelf.?life|expir|best before|use by|how long (?:does|do|can|will) .{1,25}(?:keep|last|stay)|"
        "how long can i keep|how long once|when was .{1,25}made|(?:is )?the batch fresh|is it fresh|fresh batch|"
        "production date|how .{0,12}store (?:it|this|them)",
    ),
    "care": cue(
        "怎么洗|咋洗|如何洗|机洗|手洗|水洗(?!棉|唛)|干洗|洗衣机|能洗|可以洗|好洗|洗涤|保养|打理|清洗|"
        "清洁(?!乳|霜|剂)|烘干|需要?熨|漂白|脏了怎|脏了.{0,2}擦|洗碗机|甩干|洗的时候",
        r"(?:machine|hand) ?wash|wash(?:able|ing)? (?:it|this|them)|can .{1,20}(?:be washed|wash)\b|washable|"
        "how .{1,20}wash|dry.?clean|need ironing|iron it|tumble|the dryer|care (?:for|instructions|label)|"
        "how .{1,20}clean|clean (?:it|this|them)|easy to (?:clean|wash)|wipe|dishwasher|washing machine|"
        "(?:hard|difficult) to clean|in the wash|take care of",
    ),
    "origin": cue(
        "产地|哪里产|哪儿?产|哪(?:里|儿)?生产|哪里的货|国产|进口[的吗么不]|哪国|哪里做|什么地方[产做生]|原产|"
        r"[是它]哪[里儿]的\W*$|哪[里儿]做的|产自|哪个国家|厂家",
        r"made in|where .{0,25}(?:made|produced|manufactured|come from)|country of origin|the origin\b|origin\?|"
        r"is .{1,25}imported|imported\?|(?:which|what) (?:country|place) (?:makes|made)|who makes|"
        "is (?:it|this) from",
    ),
    "warranty": cue(
        "质保|保修|保多久|保几年|坏了(?:怎|咋|找|管|能|可以|会)|管修|包修|能修|维修",
        "warranty|is .{1,25}guaranteed|guarantee on|covered if|what if .{1,25}breaks|do you repair|"
        r"can .{1,12}be repaired|any guarantee|guarantee\?",
    ),
    "link": cue(
        "(?:怎么|咋)(?:下单|买|拍|抢|付款)|(?:哪|哪里|哪儿|从哪|去哪)(?:买|拍|下单|抢)(?!的)|求链接|什么链接|"
        "几号链接|链接[呢吗]|链接在|哪个链接|上链接|弹.{0,3}链接|链接发|发.{0,2}链接|怎么付|咋付",
        "how (?:do i|to|can i) (?:buy|order|get (?:it|this|one)|check ?out)|"
        "where (?:do i|to|can i) (?:click|buy|order|get (?:it|this|one))|(?:what|where)(?:'s| is) the link|"
        r"wheres the link|which link|link\?|link please|drop the link|pin (?:the )?link|link\W*$|"
        "how (?:can|do) i pay",
    ),
}  # fmt: skip
# Slot -> weak cues: they only name the thing.
WEAK: dict[str, Cue] = {
    "price": cue(
        "价格|价钱|价位|单价|直播价|售价|price",
        r"prices?\b|pricing|costs?\b",
    ),
    "discount": cue(
        "优惠|活动(?!量)|红包|折扣|有券|discount|coupon|打折",
        r"offers?\b",
    ),
    "stock": cue(
        "没货|没了|卖完|抢完|现货|库存|有货|in stock",
        r"stock\b|available|sold out",
    ),
    "size": cue(
        "尺码|规格|(?<![a-z])sizes?(?![a-z])",
        r"sizes?\b|sizing",
    ),
    "colour": cue(
        "颜色|配色|colou?r",
        r"colou?rs?\b",
    ),
    "shipping": cue(
        "发货|快递|物流|运费|shipping|ship",
        r"ship(?:s|ping)?\b|deliver(?:y|s)?\b",
    ),
    "returns": cue(
        "退货|换货|退款|return",
        r"returns?\b|refunds?\b|exchanges?\b|returnable",
    ),
    "material": cue(
        "材质|面料|料子|成分|配料|什么皮",
        r"material|fabric|cotton|leather|polyester|silk|linen|wool\b",
    ),
    "expiry": cue(
        "日期",
        "expiry|expiration",
    ),
    "origin": cue(
        "产地|进口",
        r"origin\b|imported",
    ),
}  # fmt: skip
# Wordings whose words belong to another slot, said in plain words before the cues are looked for.
PHRASES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"退货?.{0,6}运费|运费险|return shipping|final sale"), "无理由 return policy "),
    (re.compile(r"(?:能|可以?)换(?:.{0,3}[大小].{0,2})?码|尺?码不对"), "能换"),
    (re.compile(r"(?:swap|exchange|change) (?:the |for a |to a )?(?:\w+ )?sizes?"), "exchange it "),
    (re.compile(r"(?:regular|list|full|usual|retail|normal|old|original) price (?:of|for|on)"), "original price "),
    (re.compile(r"还?有没有(?=别的|其[他它])"), "有"),
    (re.compile(r"[7七]天(?=(?:能|可以|内)?(?:到|发|送))"), "几天"),
    (
        re.compile(
            r"(?:不打折|没活动|不搞活动|没降(?:价)?[之以]?前?|打折前|降价[之以]?前|活动前)(?:的时候)?"
            r"(?:卖|要|是)?(?:多少钱?|几|什么价|啥价)?"
        ),
        "原价",
    ),
    (re.compile(r"(?:原价|[牌常线场柜]价|平[时常]|之前|原来)(?:卖|要|是)?(?:多少钱?|几块?|什么价|啥价)"), "原价"),
    (
        re.compile(
            r"how much (?:was|were|without|before)\b.*?(?=[?,.]|$)|what did .{1,25} cost.{0,12}|"
            r"price (?:before|without)\b.{0,16}|"
            r"without the (?:sale|discount)|before the (?:discount|sale)|used to cost"
        ),
        "original price ",
    ),
    (
        re.compile(
            r"(?:shipping|delivery|postage) (?:cost|price|fee)s?|(?:cost|price) of (?:shipping|delivery)|"
            r"how much is (?:shipping|delivery)"
        ),
        "free shipping ",
    ),
    (re.compile(r"(?:go (?:any )?lower|lower|best|better)\b.{0,10}price"), "discount "),
    (re.compile(r"除了.{0,6}色.{0,3}还?有.{0,5}"), "什么颜色"),
    (re.compile(r"(?:卖完|断货|售罄|没了|sold out).{0,6}(?:补货|还会上|再上|restock)|(?:补货|restock)"), "补"),
    (re.compile(r"色差|同一?个?颜色|也是.{0,3}颜色"), " "),
    (re.compile(r"(?:same|real|true|nice) colou?r|colou?r (?:is )?(?:the )?same"), " "),
    (re.compile(r"要不要加热|要加热吗|需要加热|能冷泡|冷泡|一天吃多少|cold brew|heat it up"), "怎么吃 how to use "),
)  # fmt: skip
ANY_PHRASE = re.compile("|".join(pattern.pattern for pattern, _ in PHRASES))
ANY_STRONG, ANY_WEAK = either(STRONG.values()), either(WEAK.values())
STILL = re.compile(r"还有.{0,10}[吗么没嘛不]\W*$|没了[吗么]?\W*$")
# Said without a question, yet asking.
DEMANDS = re.compile(r"求|报|弹|链接|教|发一下|说一下|\b(?:link|drop|pin|show|check|list|tell)\b")
FILLER = re.compile(
    "请问|问一?下|想知道|主播|老板|宝子?|亲|姐妹?|这[款个件]|那[款个件]|[它的啊呀呢哦嗯哈看说求下]|介绍|一下|谢谢|"
    "在线等|急|"
    r"\b(?:please|host|hi|hello|hey|the|a|an|of|for|it|this|one|question|thanks|thx|anyone|quick|and|on|is|asking|"
    r"again)\b|"
    r"(?:\b(?:link|number|item|no) ?)?\d+ ?号?(?:链接)?|[^\w]"
)
