"""Cues of kinds: what viewers type when they command, advertise, insult, complain, buy, praise or look for something.

Tables only; `triage` reads them in this order, the dangerous first.
"""

import re

from bot.decide.patterns import cue, either

MARKUP = re.compile(
    r"<\s*(?:script|img|svg|iframe|style|a\s|h[1-6]|div|form|object|meta|link)|on(?:error|load|click)\s*=|"
    r"javascript:|\{\{|\$\{|"
    r"\bdrop table\b|\bunion select\b|or 1=1|\.\./\.\./"
)
TAG = re.compile(r"</?[a-z][a-z0-9]{0,9}\s*/?>")

INJECTION = cue(
    "忽略.{0,10}(?:指令|规则|设定|提示|要求|上面|以上|之前|限制|内容)|"
    "无视.{0,10}(?:指令|规则|设定|提示|上面|以上|限制)|"
    "(?:忘掉|忘记|忘了|抛开|跳过|绕过|解除).{0,8}(?:指令|规则|设定|提示|限制|身份)|"
    r"系统(?:提示|指令|消息|通知|公告|更新|模式|[:】\]])|提示词|prompt|你现在(?:是|起)|从现在(?:起|开始).{0,3}你|"
    "你(?:只能|必须|要)(?:说|回|输出)|你是一个|你的身份|扮演|(?:告诉|通知)(?:大家|所有人|全场|观众)|"
    "对(?:所有人|大家)(?:说|宣布)|请(?:回复|输出|重复|宣布|承诺|以.{1,4}名义)|以(?:店铺|主播|官方|平台)(?:的)?名义|"
    "复读|跟我(?:说|念)|管理员(?:命令|模式|指令|权限)|开发者模式|#指令|指令#|指令[:】]|新(?:指令|规则)|"
    r"把.{0,6}(?:价格?|库存).{0,5}(?:改|设|调)(?:成|为|到)|(?:改成|设为|更新为)\d{4,}|"
    "助手.{0,4}(?:请|重复|回复|说|宣布)|(?:原样|逐字)(?:发|输出|说)|越狱",
    "ignore .{0,24}(?:previous|above|prior|earlier|instruction|rules|prompt)|"
    "disregard .{0,24}(?:instruction|rule|above|previous|prompt)|"
    "(?:forget|drop|bypass) (?:your|all|the|any) .{0,12}(?:rule|instruction|prompt|restriction)|system prompt|"
    r"system ?[:>\]]|you are now|pretend (?:to be|you)|act as (?:a|an|the|if)|developer mode|jailbreak|"
    r"repeat after me|tell everyone|say exactly|new (?:instruction|rule|system)s?\b|override|"
    "your (?:rules|instructions|prompt|system)|(?:assistant|bot|ai) ?[,:]|set (?:every|all|the) prices? to|"
    r"announce (?:a|that|to)|print your|reveal your|output (?:only|the)|prompt\b",
)
INSTEAD = re.compile(r"^\W*</?(?:system|user|assistant|inst)|\[/?inst\]|<\|")

SPAM = cue(
    "加(?:我)?(?:微|v|vx|薇|威|q|群|卫星|企鹅)|微信[ :：]?[a-z0-9_]{4}|私(?:我|聊|信)(?:领|有|我|发|送)|私信|兼职|"
    "日结|日赚|日入|刷单|代理|招代|引流|互粉|互关|涨粉|贷款|套现|彩票|博彩|赌|代购同款|原单|高仿|a货|扫码|进群|"
    "抢红包|群号|免费领|领福利|领礼品|来我(?:的)?直播间|我(?:的|家)?直播间|我家.{0,4}(?:便宜|半价|更低)|返现|"
    "回收.{0,6}(?:包|表|机|奢)|赚零花|零花钱|躺赚|副业|点这里|点击链接|点我头像|看我主页|我主页|低价出",
    r"follow (?:me|back|my|for follow)|i follow back|check (?:out )?my|my (?:channel|profile|bio|live|page)\b|"
    r"free (?:gift ?cards?|followers|crypto|stuff|money|iphone)|earn \$?\d|make money|work from home|crypto|bitcoin|"
    "forex|click (?:here|my|the link in)|dm me|dm for|sub4sub|sub for sub|subscribe to my|promo on my|"
    "wechat [a-z0-9_]{4}|whatsapp me|telegram|wholesale|cheaper (?:here|on my|at my)|half price (?:on|at|in) my|"
    "onlyfans",
)
LINK = re.compile(r"\[link\]|https?:|www\.")

COMPLAINT = cue(
    "投诉|差评|12315|维权|曝光你|客服.{0,4}(?:不|没|人呢|呢|只会|态度|装死|敷衍)|没人[理回管]|不理人|"
    "不回(?:复|消息|我)|(?:退货|退款|售后).{0,6}(?:一直|还没|没到|不给|不通过|驳回|拒|被拒|太慢)|没到账|"
    "不给(?:退|换|通过|处理|补)|假货|货不对板|(?:跟|和|与)(?:直播|图|描述|视频).{0,6}(?:不一样|不符|两样|差太多)|"
    "不一样的货|(?:发错|少发|漏发|错发|发漏)|少(?:发|了|给)(?:我|一|两|件)|没收到|还没收到|一直不发货?|还没发货|"
    "(?:订单|单子|包裹|我的|那单).{0,6}(?:还没|没)[发到动]|一直不发|怎么还(?:没|不)(?:发|到|给|退)|没动[了静]|"
    "(?:快递|包裹|货)(?:.{0,4})(?:丢了|不见)|压扁|压坏|摔坏|开线|开胶|断了|"
    "坏了(?!怎|咋|找|管|能|可以|会|的话|吗|可|[保包]|修)|破了|烂了|有个?洞|裂了|"
    "(?:掉色|起球|缩水|褪色|变形)了(?!怎|咋|能|吗|可以)|"
    "(?:上次|上回|之前|前几天|昨天|刚|上周)(?:刚)?(?:买|拍|收|那).{0,12}(?:坏|破|掉色|起球|发错|少了|缩水|褪色|"
    "变形|臭|没发|没到|没给|不理|不回|不能用|不好用|降价|便宜了|差)|说好的.{0,8}(?:没|呢|不)|"
    "赠品.{0,3}(?:没|少|呢)|没给我?补|(?:问|等|催)了.{0,3}(?:遍|次|天|周|月).{0,4}(?:没|不|还)|"
    "质量.{0,3}(?:差|垃圾|烂|不行)|虚假宣传|欺骗|骗钱|退钱",
    "never (?:arrived|came|got|received|again)|not arrived|hasn.?t (?:arrived|moved|come|shipped|updated)|"
    "haven.?t (?:received|got|gotten)|still (?:waiting|not|no |haven)|broken|damaged|crushed|defective|"
    "wrong (?:item|size|colou?r|order|one|product)|missing (?:item|part|piece)|one short|"
    "(?:no|nobody|noone) .{0,8}(?:reply|replies|replied|response|answers?|responds?)|"
    "isn.?t (?:answering|replying|responding)|support (?:is|isn|won|never|not|ignores)|customer service|"
    "waiting for my|where is my (?:order|refund|package)|(?:zip|zipper|seam|strap|button|heel|handle|sole) broke|"
    r"fell apart|ripped|torn\b|hole in|(?:i|we) bought .{0,14}(?:faded|broke|shrank|ripped|pilled|is bad|fell)|"
    "not (?:like|as|the same as) (?:in |on )?(?:the )?(?:video|described|shown|picture|photo)|"
    "bought .{0,16}(?:cheaper|dropped|less now)|(?:my|last) (?:last )?order (?:never|hasn|is late|still|was)|"
    "want my money back|rip.?off|misleading|false advert",
)
HYPOTHETICAL = re.compile(r"如果|万一|要是|假如|会不会|会.{1,8}吗|\bwhat if|\bif (?:it|i|my|the)\b|does it get")

ABUSE = cue(
    "傻[逼bx叉子]|煞笔|沙比|[他她你尼]妈的|尼玛|nmsl|去死|滚(?:蛋|出|开|$)|脑残|智障|废物|狗东西|贱[人货]|恶心|"
    "丑[八死]|难看死|婊|骗子|智商税|割韭菜|韭菜|破玩意|什么玩意|烂货|坑货|坑人|好意思卖|托(?:真|好|太|可真)?多|"
    "全是托|都是托|请的托|水军|吵死|闭嘴|谁买谁[傻sb]|别演|演戏呢|垃圾(?!桶|袋|箱)|有病吧|神经病|要不要脸|不要脸|"
    "吃相",
    r"fuck|shit\b|bitch|assholes?|idiots?|stupid|morons?|stfu|shut (?:up|it)(?! and)|ugly|losers?|"
    r"trash(?! (?:can|bag|bin))|garbage(?! (?:can|bag|bin))|scam|fools|clowns?\b|"
    r"fake (?:reviews?|stuff|shop|seller|stream)|worst (?:stream|host|shop|seller|live)|liars?\b|pathetic|disgusting",
)
REFUSED = either((INJECTION, SPAM, COMPLAINT, ABUSE))
INTENT = cue(
    "已拍|已买|已下单|已付|拍了|下单了|买了|付了|付款了|抢到|入手|要了|要一|来一?[件个盒份单套]|我要|"
    "给我(?:来|留|也)|想要(?!问)|蹲|扣1|冲了|秒了|安排|求上|加购|等上车|拿下|帮.{1,4}拍",
    "take my money|bought|ordered|ordering|just got|got mine|got the|i want|want one|i need (?:it|this|one)|"
    r"need this|i.?ll take|sold!|buying|in my cart|added to cart|checking out|paid\b|shut up and|one for me|save me",
)
ONES = re.compile(r"^\W*(?:要|1+)\W*$")
PRAISE = cue(
    "好看|漂亮|好用|好吃|喜欢|爱了|绝了|种草|回购|真香|不错|划算|值得|太值|赞|美|好评|yyds|可爱|舒服|心动|质感|"
    "气质|版型真|一眼|看饿|看着就|想要[!！]|讲得|状态好|实在|声音好|辛苦|放心|讲解|不坑|很润|好润|挺亮|细节|笑起来|"
    "哪买的",
    "love|nice|beautiful|cute|gorgeous|amazing|great|awesome|pretty|perfect|so good|"
    "looks? (?:so )?(?:good|great|lovely|yummy|nice|comf)|obsessed|cozy|honest|calming|best host|hard work|"
    "work so hard|thanks for|better than|practical|hungry|never lets|quality looks|that fit|third time",
)
NEED = cue(
    r"推(?<![不别谁]推)荐(?![的人官])|有没有(?:适合|什么适合)|有没有\d{2,}(?:元|块|以|左|内)|有适合.{1,8}的|"
    r"想(?:要|买|找|挑|给).{0,6}(?:适合|\d|选|挑|买|送)|预算|\d+(?:元|块)?(?:以内|以下|左右|之内)|\d+块?钱?能买到?|"
    "送.{1,6}(?:什么|啥|哪)|给.{1,5}买(?:什么|啥|哪)|买(?:什么|啥|哪个)好|"
    "哪[个款].{0,6}(?:性价比|合适|值得买|好点)|有没有便宜|便宜点的|挑.{0,6}(?:哪|什么)",
    "recommend|suggest(?!ion box)|something for|anything for|looking for|(?<!good )(?<!nice )(?<!a )gift for|"
    r"(?:anything|something|any .{1,20}) (?:under|below) \$?¥?\d|around \d|under \$?¥?\d+|below \$?¥?\d+|budget|"
    "what (?:would|do) you (?:pick|recommend|suggest)|what should i (?:get|buy)|what can i get for|"
    "need .{1,24} for (?:my|a|an|him|her)|cheapest|best .{1,20} for (?:a|my)",
)
NOT_NEED = re.compile(r"主播推荐的|[买跟]着?推荐|推荐(?:什么|哪个|穿|选|拍)?(?:码|尺码)")
HOST = cue(
    "主播(?:多|几|叫|结|有(?:男|女)|是哪|哪里人|哪的|身高|体重|真|今|累|吃|声|喝|穿的?什么|下播|几点)|"
    "你们?(?:多大|多高|几岁|叫什|结婚|单身|是哪|哪里人|吃|在吗|对象)|小姐姐(?:多|几|叫)|小哥哥(?:多|几|叫)|什么歌|"
    "啥歌|背景音乐|bgm|歌名|卡了|听得[见到]|有声音|吃[饭了]|睡了|在吗$|有人吗|一起拼|真的假的|真的吗|你买了没|"
    "下雨了",
    "how (?:old|tall) are you|your name|where are you (?:from|streaming)|are you (?:single|married|real|a bot|ok)|"
    r"(?:what|which) song|the music|song\b|lagging|audio|can you hear|who else|who is here|anyone here|"
    r"what did i miss|you ok|wait what|really\?",
)
QUESTION = cue(
    r"[?？]|吗|[么嘛](?:\W|$)|呢(?:\W|$)|有没有|能不能|可不可以|会不会|是不是|行不行|要不要|怎么|怎样|咋|什么|啥|哪|"
    r"几(?<![好这那前过十]几)[个天号件种次点块元钱码包]|多少|多久|多大|多长|多高|多重|为什么|如何|[㐀-鿿]{2}不\W*$|"
    r"[能会可有好].{0,8}[不没](?:\W|$)|(.)不\1|还是",
    "what|how|which|why|when|where|who|does|do (?:you|they|i|these)|is (?:it|this|that|the|there|link|number|no)|"
    "are (?:they|these|there|you)|can (?:i|you|it|this|we|men|women|kids|my|they)|will (?:it|this|i|you|my)|"
    "should (?:i|we)|would (?:it|this|my|i)|any|anyone know|got any|good for|ok (?:for|to|in|when|with)|"
    r"safe (?:for|while|to)|suitable|room for|good in|still good|\w+ enough (?:for|to)|has it|got it in|"
    "is (?:shipping|delivery|medium|small|large|size)|are returns|still (?:available|in stock|have|got)|refund if|"
    "has (?:it|this)|list the|anything",
)
GOODS = cue(
    "能.{0,6}[用穿吃喝戴装放洗背进驾]|可以.{0,4}[用穿吃喝戴装放洗背]|好[用穿吃喝搭洗收]|"
    "[用穿吃喝戴背](?:着|起来|久|多)|适合|合适|合不合|效果|功效|质量|区别|这[款个件条双瓶盒]|它|耐[用穿磨]|会不会|"
    "会.{1,6}[吗么嘛不]|[送拍买放].{0,6}[行好合拿]|通用|[背穿用].不|够.{1,3}[吗不么]|长不长|容易|好不好|味道|口味|"
    "什么味|香|实物|介绍|讲一下|试穿|试一下|看看.{0,4}(?:细节|背面|里面|上身)",
    "does (?:it|this|that|the)|is (?:it|this) (?!song|music|live|lagging)|can (?:it|this|i|men|women|kids)|"
    "will (?:it|this|i)|good for|ok (?:for|to|in|when|with)|safe (?:for|while|to)|suitable|works? with|compatible|"
    "difference|quality|durable|for (?:men|women|kids|toddlers)|room for|would (?:it|this|my)|flavou?rs?|taste|"
    r"unisex|friendly|fit\b|show (?:us|me) the|\w+ enough|good \w+ (?:bag|gift)|too \w+\?|wear (?:under|with|it)",
)
SHOP = cue(
    "补货|还会上|再上|下一批|发票|抬头|实体店|线下|自提|门店|检测|质检|报告|还播|下场|几点播|什么时候播|几点下播|开播",
    "restock|next batch|com(?:e|ing) back|invoice|receipts?|real store|physical|pick up in person|certificate|"
    "tested|next (?:stream|live)|live (?:tomorrow|again)|time do you (?:finish|start)",
)
LINK_NO = re.compile(
    r"(?<![\d.])(\d{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])\s*号(?!线|楼|店|前|后|"
    r"发(?!什么|啥|哪|顺丰|中通|圆通|申通|韵达|极兔|邮政|京东|快递)|"
    r"能?[到寄]|之|晚|早|送(?!什么|啥|枕|礼|赠|袋|盒|不)|下午|上午)(?:链接|宝贝|款|商品)?|"
    r"链接\s*(\d{1,2})(?!\d|\.\d)|(?:\blink|\bnumber|\bitem|\bno\b\.?|\bproduct|#)\s*#?(\d{1,2})(?![\d%]|\.\d)"
)
BODY = re.compile(
    r"1[4-9]\d\s*(?:cm|厘米|公分)?\D{0,4}\d{2,3}\s*(?:斤|kg|公斤|jin|lbs)?|\d{2,3}\s*(?:斤|kg|公斤|lbs)|\d'\d{1,2}|"
    r"\b5ft|\bi.?m 1[4-9]\d"
)
SIZE_CODE = re.compile(
    r"(?<![a-z0-9'’.])(xxs|xs|s|m|l|xl|xxl|xxxl|[2-6]xl)(?![a-z0-9'’])(?!\s*(?:&|and)\s)\s*(?:码|号|size)?|"
    r"(?<!\d)(3[4-9]|4[0-6])\s*码|(?<![\d.])(\d{2,3}(?:ml|g))(?![a-z])|"
    r"(均码|free size|one size)"
)
_HAVE = r"(?:有|剩|\b(?:any|got(?: (?:it|this|any))?(?: in)?|have(?: (?:it|this|any))?(?: in)?|comes? in))"


def has(word: str, raw: str) -> bool:
    """Tell whether a line asks whether there is a size or colour: 有L吗, got it in red."""
    return bool(re.search(rf"{_HAVE} ?(?:没有?|木有|个|an? |the |size )*{re.escape(word)}", raw))


COLOUR_ASKED = re.compile(
    r"\b(?:have|got|any|comes? in|is there|there'?s|available|left|in stock|sold out|gone|only|other|want)\b|"
    r"\bin (?:\w+ )?(?:black|white|red|blue|green|yellow|gr[ea]y|pink|purple|brown|coffee|cream|beige|apricot|khaki|"
    r"orange|silver|"
    r"gold|navy|camel|nude|burgundy)\b|\bone\b|colou?r|有|要|还|没|拍|来"
)
# Who is called and how urgently: nothing of what is asked. 不 and 吗 must end the line to be read.
CALLS = re.compile(
    r"(?:[\s,，。.!！~～…]*(?:求回复?|求解|在线等|急急?|看看我|看我|回我|问三遍了?|问了?好?几遍了?|谢谢(?:主播|宝|"
    r"啦)?|感谢|宝子?们?|亲|主播|老板|姐|哥|"
    r"(?<=\s)(?:please|host|thanks|thx|anyone|asking again|pretty please)))+[\s.。…!！~～]*$"
)
STICKER = re.compile(r"\[(?!link\]|contact\]|user\]|inst\]|/)[^\[\]]{1,4}\]")
COLOURS = "黑白红蓝绿黄灰粉紫棕咖杏橙银金驼裸"
COLOUR_WORD = re.compile(
    rf"(卡其|藏青|酒红|米白|奶白|墨绿|[{COLOURS}米])色|"
    rf"(卡其|藏青|酒红|米白|[{COLOURS}])(?=[2-6]?x{{0,3}}[sml](?![a-z])|(?:加大|[中大小均])码)|"
    rf"(卡其|藏青|酒红|深蓝|[{COLOURS}米])的(?=[2-6]?x{{0,3}}[sml](?![a-z])|(?:加大|[中大小均])码)|"
    rf"(?:有|要|还有|来|拍|是)(卡其|藏青|酒红|[{COLOURS}])(?:的|吗|么|没|不(?!锈))|"
    r"\b(black|white|red|blue|green|yellow|gr[ea]y|pink|purple|brown|coffee|cream|beige|apricot|khaki|orange|silver|"
    r"gold|navy|camel|nude|burgundy)\b"
)
