"""What a host says that states nothing of a product: greetings, questions, handovers.

Written for speaking, in each language by itself. Filled in: {name} the product, {n} its link number, {before} the one
before, {theme} the theme of the show.
"""

from bot.domain.events import Lang
from bot.domain.script import Part

PHRASES: dict[Lang, dict[Part, tuple[str, ...]]] = {
    "zh": {
        "welcome": (
            "欢迎来到直播间，刚进来的朋友先坐下听一会儿。", "大家好，人到得差不多了，我们这就开始。",
            "今天要讲的东西不少，一款一款慢慢看。",
            "有问题随时打在公屏上，我看到就回。", "想先看哪一款，把序号打出来，我好安排顺序。",
            "新来的朋友点个关注，下次开播能收到提醒。",
            "我会把材质、尺码、怎么用都讲清楚，听完再决定。", "讲到你想要的那一款，我会提醒看链接。",
            "不着急下单，先听明白适不适合你。",
            "听得清的朋友打个一，声音小的话告诉我。", "今天每一款我都拿着实物给大家看。",
            "价格和库存以商品页显示的为准，改了我会说。",
        ),
        "transition": (
            "{before}先放这里，接着看{n}号{name}。", "好，下一款，{n}号，{name}。",
            "刚才那款还有问题的继续问，我先把{name}拿上来。",
            "换一款，来看{name}，在{n}号链接。", "这一款也有人等着：{name}。", "{before}讲完了，我们往下走，{name}。",
            "镜头给到我手上这个，{name}。", "接下来讲{n}号，{name}，要听的朋友靠近一点。",
        ),
        "hook": (
            "进来晚的没关系，{name}现在才开始讲。",
            "把手里的事放一放，看一眼{name}。",
            "轮到{n}号了，点名要{name}的在不在？",
            "先别划走，这款我想多说两句。", "手上这个是{name}，我拆开来给你看。", "问{name}的朋友，到你了。",
            "来，{name}，我从头讲一遍。",
            "{name}，先看东西，再说别的。", "等{name}的举个手，我看看有多少人。",
            "这款我讲细一点，你对照自己的情况听。", "认真看这一款，听完你就知道要不要。",
            "{n}号，{name}，我们一项一项过。", "先看实物，{name}，我把镜头拉近。",
        ),
        "need": (
            "给长辈、给孩子、还是给自己？需求不同，我分开说。",
            "上一件为什么换掉？原因说出来，我们避开它。",
            "预算写出来也行，我按预算帮你排。",
            "你平时买这类东西，最在意什么？打在公屏上。", "先想想你是自己用还是送人，挑法不一样。",
            "你现在用的那个，哪里不顺手？说来听听。", "有没有朋友跟我说说，你打算什么时候用它？",
            "买之前先问自己两个问题：用在哪，谁来用。", "是换旧的，还是第一次买？告诉我，我讲的重点不一样。",
            "挑这类东西，别光看样子，先看合不合你的用法。",
            "把你的情况打出来，我照着你的情况讲。", "如果拿不准，就先听我把资料念一遍。",
        ),
        "points": (
            "边听边对照你自己的情况。",
            "资料里怎么写，我就怎么讲。",
            "挑你关心的听，别的可以略过。",
            "听到哪条想细问，马上打出来。",
            "后面还有几条，别急着走。",
            "我们一条一条看。", "这些都写在商品页里，我念给你听。", "听我把要紧的说完。", "这一点记一下。",
            "我再补一条。", "接着往下看。", "下面这条也要听。", "还有。",
        ),
        "demo": (
            "里里外外都翻给你看一遍。",
            "放桌上看，再拿起来看。",
            "镜头往下一点，对，停在这里。",
            "有没有看不清的？我换个角度。",
            "来，镜头拉近，看细节。", "我转一圈给你看。", "我手慢一点，你看清楚。", "正面看完，翻过来看背面。",
            "想看哪个位置，打在公屏上，我对准给你看。", "我拿近一点，灯光下再看一遍。",
        ),
        "offer": (
            "下面说价格。", "价格我报一遍，大家也看一眼商品页。", "关于价格和发货，我一次说完。", "再说怎么买合适。",
        ),
        "objections": (
            "常有人问的，我先答了。", "你可能担心的几点，我直接说。", "公屏上问得多的，我挑出来讲。",
            "下面是大家问过的。", "没问到的继续打，我接着答。",
        ),
        "interact": (
            "拿不定主意的打个问号，我再对比一下。",
            "用法不一样的朋友，说说你的看法。",
            "想要的打个一，我看看有多少朋友。", "还有没讲到的，打在公屏上。", "自己用的打一，送人的打二。",
            "第一次来的朋友打个新字，我再讲一遍重点。", "看懂了的打个懂字，没懂我再说。",
            "要我再试一遍的，打个再字。", "纠结尺码或者规格的，把情况打出来。", "用过的朋友也说说，好的坏的都行。",
        ),
        "action": (
            "看好规格，{n}号链接里选。",
            "商品列表里，翻到{n}号。",
            "喜欢的，点{n}号链接。", "要的话看{n}号链接，选好规格再付款。", "{n}号链接，拿不准就先加购物车。",
            "想好了就去{n}号链接，没想好的继续听。", "链接在{n}号，下单前核对一下规格。",
        ),
        "close": (
            "今天就讲到这里，谢谢大家一直陪着。", "没来得及答的问题，我下播后整理，下场先讲。",
            "已经下单的朋友，核对一下地址和规格。", "想回看的，点进商品页也有说明。",
            "没关注的朋友点个关注，下次开播见。", "有售后问题找客服，说清楚订单就行。",
            "辛苦大家，早点休息，我们下场见。",
        ),
    },
    "en": {
        "welcome": (
            "Welcome in, everyone; if you have just joined, take a seat.",
            "Hi all, enough of you are here, so let's begin.",
            "There is a lot to get through today, and we will take it one thing at a time.",
            "Put your questions in the chat and I will answer as I see them.",
            "Tell me which number you want first and I will sort the order.",
            "If you are new, follow the room and you will hear when we are next live.",
            "I will go through material, sizes and use, so hear it out before you decide.",
            "When we reach the one you came for, I will point you to the link.",
            "No need to rush; first find out whether it suits you.",
            "Type one if you can hear me, and say so if I am too quiet.",
            "I have every piece here in my hands today.",
            "Price and stock are as the product page shows them; if they change, I will say so.",
        ),
        "transition": (
            "Let's leave the {before} there and look at number {n}, the {name}.",
            "Right, next one: number {n}, the {name}.",
            "Keep asking about the last one while I bring up the {name}.",
            "Changing over now to the {name}, at link {n}.",
            "Some of you have been waiting for this: the {name}.", "That was the {before}; moving on to the {name}.",
            "Camera on my hands, please: the {name}.", "Number {n} now, the {name}; come a little closer.",
        ),
        "hook": (
            "Don't scroll past, I want to say a bit more on this one.",
            "This here is the {name}, and I'm opening it up for you.",
            "If you asked about the {name}, it's your turn.",
            "So, the {name}, from the top.", "The {name}: look first, talk after.",
            "Hands up if you waited for the {name}.",
            "I'll go slowly here, so you can check it against what you need.",
            "Watch this one through and you'll know whether it's for you.",
            "Number {n}, the {name}; let's go through it point by point.",
            "The real thing first, the {name}, up close.",
        ),
        "need": (
            "When you buy something like this, what matters most to you? Tell me in the chat.",
            "Think first: is it for you, or for somebody else?", "What bothers you about the one you use now?",
            "Tell me when and where you would use it.",
            "Two questions before you buy: where will it be used, and by whom?",
            "Replacing an old one, or buying your first? I'll explain it differently.",
            "Don't go by looks alone; check that it suits how you live.",
            "Write me your situation and I'll talk to that.",
            "If you are unsure, just listen while I go through the details.",
        ),
        "points": (
            "Let's take it point by point.", "All of this is on the product page; I'll read it out.",
            "Here is what counts.", "Keep this one in mind.", "One more thing.", "Going on.", "And this matters too.",
            "Also.",
        ),
        "demo": (
            "Camera in close, please, for the details.", "I'll turn it round for you.",
            "I'll do this slowly so you can see.", "That's the front; now the back.",
            "Tell me which part you want to see and I'll hold it up.",
            "Closer now, once more under the light.",
        ),
        "offer": (
            "Now the price.", "Here's the price; have a look at the product page as well.",
            "Price and delivery, all in one go.", "Now, how to buy it.",
        ),
        "objections": (
            "Let me answer what people usually ask.", "A few things you may be wondering about.",
            "From the chat, the questions that come up most.", "These are things others have asked.",
            "If I missed yours, type it again.",
        ),
        "interact": (
            "Type one if you want it, so I can see how many of you there are.",
            "Anything I haven't covered? Put it in the chat.", "One if it's for you, two if it's a gift.",
            "First time here? Type new and I'll repeat the main points.",
            "Type yes if that was clear, and I'll explain again if not.", "Want me to show it once more? Type again.",
            "Unsure about size or option? Tell me about yourself.",
            "If you own one already, tell the others, good or bad.",
        ),
        "action": (
            "If you like it, tap link {n}.", "It's at link {n}; pick your option before you pay.",
            "Link {n}; not sure yet, put it in your basket.", "Decided? Link {n}. Still thinking? Stay with me.",
            "You'll find it at link {n}; check the option before you order.",
        ),
        "close": (
            "That's all for today; thank you for staying with me.",
            "Questions I didn't get to, I'll collect and open with next time.",
            "If you have ordered, please check your address and options.",
            "You can read everything again on the product page.",
            "Follow the room if you haven't, and see you next time.",
            "For after-sales matters, message the shop with your order.",
            "Thank you all, rest well, and see you soon.",
        ),
    },
}  # fmt: skip
# What may only stand between two points, with another one to come.
CONTINUES = frozenset((
    "这一点记一下。", "我再补一条。", "接着往下看。", "下面这条也要听。", "还有。", "后面还有几条，别急着走。",
    "Keep this one in mind.", "One more thing.", "Going on.", "And this matters too.", "Also.",
))  # fmt: skip
THEME: dict[Lang, str] = {"zh": "今天这场的主题是{theme}。", "en": "Today's show is about {theme}."}
PAUSES: dict[Lang, dict[Part, str]] = {
    "zh": {"demo": "（展示实物，回答公屏）", "interact": "（看公屏，念几条弹幕）", "points": "（停一下，看公屏）"},
    "en": {"demo": "(show it, answer the chat)", "interact": "(read out comments)", "points": "(pause, look at chat)"},
}  # fmt: skip
# How a field is introduced: its words follow. {x} is the merchant's own sentence.
LEADS: dict[Lang, dict[str, tuple[str, ...]]] = {
    "zh": {
        "points": (
            "这一点先说，{x}。", "先讲这一条：{x}。", "认准这一条，{x}。", "记住这一条：{x}。",
            "再看这个，{x}。", "还有一处，{x}。",
            "先说特点：{x}。", "它的特点是，{x}。", "大家看这里，{x}。", "再看一点：{x}。", "{x}，这是它的特点。",
        ),
        "material": (
            "用的是什么？{x}。", "用料这一栏写着，{x}。", "用料我念一遍：{x}。", "材质这块：{x}。",
            "用料说清楚，{x}。", "问材质的听一下：{x}。",
        ),
        "audience": (
            "对照一下自己，{x}。", "人群上，{x}。", "谁用合适，资料写的是{x}。", "适合谁呢？{x}。",
            "看看是不是你：{x}。", "说下给谁用，{x}。",
        ),
        "usage": (
            "上手试一遍，{x}。", "步骤不难：{x}。", "到家以后这么用，{x}。", "用法我演示一下：{x}。", "怎么用？{x}。",
            "用起来是这样：{x}。",
        ),
        "care": (
            "日常打理，{x}。", "打理的时候注意：{x}。", "平时注意：{x}。", "平时打理：{x}。", "洗护这样来：{x}。",
            "怎么保养？{x}。",
        ),
        "expiry": ("保质期是{x}。", "日期说一下，保质期{x}。"), "origin": ("产地是{x}。", "从哪来的？产地{x}。"),
        "sizing": (
            "报身高体重之前先听：{x}。", "合不合身看这条，{x}。", "尺码这样选：{x}。", "选码听这里，{x}。",
            "拿不准尺码的：{x}。",
        ),
        "warranty": ("质保是{x}。", "售后质保：{x}。"),
        "shipping": (
            "拍下之后，{x}。", "几时能收到，看这条：{x}。", "发货说一下：{x}。", "什么时候发？{x}。",
            "物流是这样：{x}。",
        ),
        "returns": (
            "下单前把售后听完，{x}。", "收到不满意的话，{x}。", "退换也说清楚：{x}。", "不合适怎么办？{x}。",
            "售后是这样：{x}。",
        ),
        "discount": ("优惠是这样的：{x}。", "今天的优惠，{x}。", "怎么买合适？{x}。"),
        "price": ("现在的价格是{x}。", "价格报一下，{x}。", "直播间现价{x}。"),
        "original": ("它的原价是{x}。", "原价写的是{x}。"),
        "faq": (
            "弹幕里有这么一句，{q}我照资料答，{x}。", "再答一个，{q}{x}。", "也有人担心，{q}说明里写的是，{x}。",
            "有朋友问，{q}我的回答是：{x}。", "公屏问过，{q}说一下：{x}。", "常有人问，{q}{x}。",
        ),
        "sizes": ("规格有{x}。", "可以选的有{x}。"), "colours": ("颜色有{x}。", "颜色可以选{x}。"),
        "": (
            "顺带报一下{field}，{x}。", "看{field}这一栏，{x}。", "商品页上{field}写的是{x}。",
            "问{field}的朋友，{x}。", "{field}：{x}。", "{field}说一下，{x}。",
        ),
    },
    "en": {
        "points": (
            "First, what makes it: {x}.", "What to look at: {x}.", "See here: {x}.", "One more point: {x}.",
            "Worth knowing: {x}.",
        ),
        "material": ("What it's made of: {x}.", "On the material: {x}.", "For those asking about material: {x}."),
        "audience": ("Who is it for? {x}.", "See if this is you: {x}.", "As to who it suits: {x}."),
        "usage": ("Let me show how it's used: {x}.", "How do you use it? {x}.", "In use: {x}."),
        "care": ("Looking after it: {x}.", "On washing and care: {x}.", "How to care for it? {x}."),
        "expiry": ("Shelf life is {x}.", "As for dates, it keeps {x}."),
        "origin": ("It comes from {x}.", "Where is it from? {x}."),
        "sizing": ("Choosing a size: {x}.", "On sizes, listen here: {x}.", "Unsure of your size? {x}."),
        "warranty": ("The warranty is {x}.", "On warranty: {x}."),
        "shipping": ("On delivery: {x}.", "When does it ship? {x}.", "Shipping goes like this: {x}."),
        "returns": ("Returns, to be clear: {x}.", "If it doesn't suit? {x}.", "After you buy: {x}."),
        "discount": ("The offer is this: {x}.", "Today's offer: {x}.", "How to buy it well: {x}."),
        "price": ("The price now is {x}.", "Here's the price: {x}.", "In the room it is {x} now."),
        "original": ("Its list price is {x}.", "The list price reads {x}."),
        "faq": (
            "Somebody asked: {q} My answer: {x}.", "From the chat: {q} Here it is: {x}.", "People often ask: {q} {x}.",
        ),
        "sizes": ("Options are {x}.", "You can choose from {x}."), "colours": ("It comes in {x}.", "Colours: {x}."),
        "": ("{field}: {x}.", "As for {field}: {x}."),
    },
}  # fmt: skip
