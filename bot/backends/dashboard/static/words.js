// Every word the page says, in both languages. A code that is not listed is shown as it came.

const fields = {
  price: ["价格", "Price"], original: ["原价", "List price"], stock: ["库存", "Stock"], size: ["尺码", "Size"],
  sizes: ["尺码", "Sizes"], colour: ["颜色", "Colour"], colours: ["颜色", "Colours"], shipping: ["发货", "Shipping"],
  returns: ["退换", "Returns"], material: ["材质", "Material"], usage: ["用法", "How to use"], expiry: ["保质期", "Shelf life"],
  points: ["卖点", "Highlights"], audience: ["适用人群", "Suits"], origin: ["产地", "Origin"], discount: ["优惠", "Discount"],
  care: ["洗护", "Care"], sizing: ["尺码建议", "Fit advice"], warranty: ["质保", "Warranty"], faq: ["常见问题", "FAQ"],
  name: ["名称", "Name"], number: ["链接号", "Link number"], link: ["链接", "Link"], need: ["推荐", "Recommendation"],
  open: ["开放提问", "Open question"],
};

const modes = { auto: ["自动", "Auto"], assist: ["先审后发", "Assist"], shadow: ["演练", "Shadow"], stopped: ["已停", "Stopped"] };
const modeHelps = {
  auto: ["直接发送；存疑的先给人看", "Sends by itself; doubtful answers wait for a person"],
  assist: ["每条回答都等人通过", "Every answer waits for a person"],
  shadow: ["照常判断和记录，一条也不发", "Decides and records, sends nothing"],
  stopped: ["立刻停止发言，提问转主播", "Stops speaking at once; questions go to the host"],
};
const modeNotes = {
  assist: ["先审后发：每条回答都等人通过。", "Assist: every answer waits for a person."],
  shadow: ["演练：照常判断和记录，一条也不发。", "Shadow: deciding and recording, sending nothing."],
  stopped: ["已停：助手不再发言，提问都转主播。选「自动」或「先审后发」恢复。", "Stopped: the assistant is silent, questions go to the host. Choose Auto or Assist to go on."],
};
const doubts = {
  assist: ["等待审核", "Waits for approval"], health: ["涉及健康，需人确认", "On health: needs a person"], refund: ["涉及退款，需人确认", "On refunds: needs a person"],
  angry: ["刚抱怨过的观众", "A viewer who complained"], unsure: ["模型写的", "Written by the model"], new: ["这款商品的第一条回答", "First answer on this product"],
};
const paths = { fact: ["事实", "Facts"], model: ["模型", "Model"], quote: ["商家原话", "Merchant's words"], person: ["人工", "A person"] };
const roles = { viewer: ["只看", "Viewer"], moderator: ["场控", "Moderator"], owner: ["店主", "Owner"] };
const whats = { room: ["整个直播间", "the room"], product: ["商品", "product"], viewer: ["观众", "viewer"] };
const commands = {
  mode: ["切换模式", "set the mode"], claim: ["占用", "claimed"], release: ["放开", "let go"], approve: ["通过", "approved"], reject: ["拒绝", "rejected"],
  said: ["主播已答", "host said it"], takeover: ["接管", "took over"], screen: ["切到讲解", "put on screen"], say: ["发言", "posted"], undo: ["撤回", "took back"], rewrite: ["改脚本", "changed the script"], lock: ["锁定脚本段落", "locked a section"], mends: ["更新脚本", "put the script right"],
};
// Why a command was refused, or words may not be sent.
const refusals = {
  pending: ["这条在等审核，请在上面处理", "It waits at the desk: rule on it there"],
  gone: ["这条已经有结果了", "This one has been settled"], changed: ["内容刚刚变了，请再看一遍", "The words have just changed: please look again"],
  no_right: ["没有这个权限", "You may not do that"], no_room: ["直播间还没开始", "The room is not there yet"], no_reply: ["没有回应，请再试", "No reply, please try again"],
  cannot_delete: ["平台不让撤回这一条", "The platform does not let this be taken back"], read_only: ["这个平台不能发言", "This platform cannot be written to"],
  stopped: ["已停，先恢复再发", "Stopped: go on first"], shadow: ["演练中，不发送", "Shadow: nothing is sent"], no_product: ["没有这个商品", "No such product"],
  too_fast: ["操作太快，稍等一下", "Too fast, one moment"], wrong_token: ["口令不对", "Wrong token"], no_record: ["还没有记录", "No record yet"],
  contact: ["不能留联系方式", "No contacts in a line"], empty: ["还没有内容", "Nothing written yet"], not_taken: ["没有被接管", "Nobody has taken it over"], no_target: ["没有选对象", "Nothing chosen"],
  no_script: ["还没有脚本", "There is no script"], no_section: ["脚本里没有这一段", "No such section"], locked: ["这一段锁定了", "This section is locked"],
  no_time: ["时长不够，排不下", "No time for it"], sold_out: ["已售罄", "Sold out"], not_listed: ["没有上架", "Not for sale"],
};
const fates = {
  answered: ["已回答", "Answered"], merged: ["已合并", "Merged"], ignored: ["无需回答", "No answer needed"],
  to_host: ["转主播", "To host"], withheld: ["已拦下", "Withheld"], expired: ["已过期", "Expired"],
  shed: ["过载丢弃", "Shed"], failed: ["发送失败", "Send failed"], retracted: ["已撤回", "Retracted"],
};

const states = {
  open: ["待起草", "Waiting"], drafting: ["起草中", "Drafting"], pending: ["待审核", "Needs a person"], ready: ["待发送", "Ready to send"], sending: ["发送中", "Sending"],
};

const kinds = {
  question: ["提问", "Question"], intent: ["想买", "Wants to buy"], complaint: ["抱怨", "Complaint"], praise: ["夸赞", "Praise"],
  chatter: ["闲聊", "Chatter"], spam: ["广告", "Spam"], abuse: ["辱骂", "Abuse"], command: ["指令", "Command"],
};

const reasons = {
  // needs no answer
  chatter: ["闲聊", "Chatter"], small_talk: ["闲聊", "Small talk"], no_words: ["没有文字", "No words in it"],
  about_host: ["聊主播本人", "About the host in person"], praise: ["夸赞", "Praise"], purchase_intent: ["表示要买", "Says they are buying"],
  advertisement: ["广告引流", "An advertisement"], injection: ["试图操纵助手", "Tries to steer the assistant"], abuse: ["辱骂", "Abuse"],
  own_line: ["助手自己的发言", "Our own line"], history: ["进场前的历史弹幕", "From before we joined"],
  // answered
  sent: ["已发到直播间", "Posted in the room"], answered_before: ["刚刚回答过", "Answered a moment ago"],
  // for the host
  after_sale: ["售后投诉，需要人来处理", "An after-sales complaint: a person should reply"],
  no_catalogue: ["还没有商品表", "No catalogue yet"], nothing_fits: ["没有符合要求的商品", "Nothing in the catalogue fits"],
  not_listed: ["商品已下架", "Not for sale now"], not_in_catalogue: ["商品资料里没有写", "The catalogue does not say"],
  not_on_card: ["商品资料里没有写", "The product card does not say"], product_gone: ["商品已不在目录里", "The product left the catalogue"],
  unknown_number: ["没有这个链接号", "No product has that link number"], ambiguous_name: ["可能是好几款商品", "Could be more than one product"],
  no_product: ["不知道问的是哪一款", "Unclear which product is meant"], no_worker: ["没有模型在线", "No model is running"],
  model_late: ["模型没赶上", "The model was too late"], model_failed: ["模型出错", "The model failed"],
  model_asks_host: ["模型请主播来答", "The model asks for the host"], too_long: ["一条发不下，请主播口播", "Too long for one line: for the host to say"],
  read_only: ["平台只读，请主播口播", "Read-only platform: for the host to say"],
  unbound_number: ["数字没有出处", "A number without a source"],
  // by people
  stopped: ["已停，请主播来答", "Stopped: for the host"], taken_over: ["有人接管，由人来答", "Taken over: a person answers"],
  no_ruling: ["没人审核，转主播", "Nobody ruled on it in time"], rejected: ["场控拒绝", "Rejected by a moderator"], shadow: ["演练，没有发送", "Shadow: not sent"],
  host_said: ["主播已口头回答", "The host has said it"], by_person: ["由人回答", "Answered by a person"], own_line_by_desk: ["场控发的", "Posted from the desk"],
  // not sent
  correction: ["资料变了，更新刚才的回答", "The facts changed: an earlier answer put right"],
  fact_changed: ["资料变了，重新起草", "The facts changed: drafted again"], resend: ["平台没显示，再发一次", "Not shown, sending again"],
  no_slot: ["没等到发言名额", "No send slot in time"], send_dropped: ["平台没有显示", "The platform did not show it"],
  send_swallowed: ["平台收了但没有显示", "The platform took it and did not show it"],
  send_unknown: ["平台没有回执", "No receipt from the platform"], room_ended: ["直播结束", "The show ended"],
  overload: ["弹幕过载", "Overload"], too_many_open: ["待答问题太多", "Too many open questions"], retracted: ["观众撤回", "Taken back"],
};

// "guard:RULE:detail": what was wrong with a draft of the model.
const guards = {
  empty: ["草稿是空的", "The draft was empty"], markup: ["草稿里有代码或符号", "Markup in the draft"],
  wrong_language: ["草稿语言不对", "Drafted in the wrong language"], too_long: ["草稿太长", "The draft was too long"],
  states_stock: ["草稿擅自说库存", "The draft speaks of stock"], number: ["草稿里的数字没有出处", "A number without a source"],
  promise: ["草稿擅自承诺", "The draft makes a promise"], size: ["草稿说了没有的尺码", "A size that does not exist"],
  colour: ["草稿说了没有的颜色", "A colour that does not exist"], ungrounded: ["草稿说的没有依据", "The draft says what the card does not"],
  contradicts: ["草稿与商品资料矛盾", "The draft contradicts the card"], unsupported: ["草稿没有依据", "Not supported by the card"],
};
const DETAILED = new Set(["number", "promise", "size", "colour", "states_stock"]);

const suggestions = {
  sold_out: ["售罄替代", "Instead of a sold-out one"], budget: ["符合预算", "Fits the budget"],
  companion: ["搭配", "Goes well with it"], need: ["符合需求", "Fits the need"], push: ["主动推荐", "Brought up unasked"],
};

const platforms = {
  bilibili: ["B站", "Bilibili"], douyin: ["抖音", "Douyin"], twitch: ["Twitch", "Twitch"], youtube: ["YouTube", "YouTube"], kick: ["Kick", "Kick"],
  obs: ["OBS 字幕", "OBS overlay"], obalive: ["小店中控", "Shop console"], ssn: ["Social Stream", "Social Stream"], streamerbot: ["Streamer.bot", "Streamer.bot"],
  ws: ["直播间", "Room"], wss: ["直播间", "Room"], listen: ["直播间", "Room"],
};

const links = {
  connecting: ["正在连接直播间", "Connecting"], live: ["直播中", "Live"], degraded: ["连接不稳", "Unstable"],
  bad_credentials: ["凭据无效", "Bad credentials"], ended: ["已下播", "Ended"],
};

const notes = {
  no_store: ["会话存储连不上：回答照常，但不记得观众之前问过什么。", "The session store is unreachable: answers go on, without memory of earlier questions."],
  no_worker: ["没有模型在线：用商品资料里的事实和商家原话回答，其余转给主播。", "No model is running: facts and the merchant's own sentences are answered, the rest goes to the host."],
  no_catalogue: ["还没有商品表：价格、库存等一律不答。", "No catalogue is loaded: prices, stock and the like are not answered."],
  connecting: ["正在连接直播间，暂时收不到也发不出。", "Connecting to the room: nothing comes in or goes out yet."],
  degraded: ["与直播间断开，正在重连：暂时收不到也发不出。", "Disconnected from the room, reconnecting: nothing comes in or goes out."],
  bad_credentials: ["直播间拒绝了凭据：请检查令牌后重启。", "The room refused the credentials: check the token and start again."],
  ended: ["直播已结束。", "The show is over."],
};

const signs = { CNY: "¥", USD: "$", EUR: "€", GBP: "£" };

// Money as people write it: "129元" and "129.00 CNY" become ¥129 and ¥129.00.
const money = (text) => (text ?? "").replace(/([\d.,]+)元/g, "¥$1").replace(/([\d.,]+) ([A-Z]{3})\b/g, (all, n, code) => (signs[code] ? signs[code] + n : all));

// A text in two languages, written "中文<mark>English": the half that the reader wants.
export function half(text, lang, mark) {
  const parts = (text ?? "").split(mark);
  if (parts.length % 2) return text ?? "";
  const zh = parts.slice(0, parts.length / 2).join(mark);
  const en = parts.slice(parts.length / 2).join(mark);
  return lang === "zh" ? zh || en : en || zh;
}

const plain = {
  desk: ["等你拍板", "Waiting for you"], noPending: ["没有待审核的回答", "No answer waits for approval"], deskKeys: ["A 通过 · E 修改 · R 拒绝 · ↑↓ 换一条", "A approve · E edit · R reject · ↑↓ next"],
  approve: ["通过", "Approve"], edit: ["修改", "Edit"], reject: ["拒绝", "Reject"], hostSaid: ["主播已答", "Host said it"], takeViewer: ["接管这位观众", "Take over viewer"],
  nowIs: ["内容刚变成", "The words are now"], sendEdit: ["改好发送", "Send this"], cancel: ["取消", "Cancel"], editFine: ["与商品资料一致，可以发", "Agrees with the facts: may be sent"], left_title: ["过了这个时间就转主播", "After this it goes to the host"],
  mode: ["模式", "Mode"], stop: ["停", "STOP"], isStopped: ["已停", "Stopped"], scriptPage: ["脚本", "Script"], prompter: ["提词屏", "Teleprompter"], undo: ["撤回", "Take back"], ruled: ["处理记录", "Rulings"], noRulings: ["还没有人处理过", "Nobody has ruled on anything yet"],
  ownLine: ["以助手身份发一句…", "Say something as the assistant…"], post: ["发送", "Post"], noProductChosen: ["不针对商品", "About no product"], explain: ["讲解", "Explain"], push: ["推一句", "Push"], pushHelp: ["按商品资料发一句推荐；平台支持时弹商品卡", "Posts a line from the catalogue; shows the card where the platform can"],
  take: ["接管", "Take over"], giveBack: ["交还助手", "Give back"], logIn: ["登录", "Log in"], logInHelp: ["请输入店主给你的口令。", "Enter the token that the owner gave you."], token: ["口令", "Token"], yourName: ["怎么称呼你？（一个词）", "Your name, one word"],
  exportDay: ["导出记录", "Export the record"], exportHelp: ["《直播电商监督管理办法》第三十一条：导出某一天的互动处置记录（已核对哈希链）", "A day's record of what was done, with its hash chain verified"],
  name: ["助播", "zhubo"], title: ["助播 zhubo", "zhubo"], chatTab: ["弹幕", "Chat"],
  chat: ["实时弹幕", "Live chat"], all: ["全部", "Everything"], asked: ["提问", "Questions"], forHost: ["转主播", "To host"],
  oneQuestion: ["只看这个问题", "This question only"], newer: ["条新弹幕", "new"], ended: ["已结束", "ended"],
  questions: ["进行中的问题", "Open questions"], hostNow: ["请主播回应", "For the host"],
  noQuestions: ["没有待回答的问题", "Nothing is waiting for an answer"], noHost: ["暂时没有", "None right now"],
  answers: ["回答", "Answers"], sentOnes: ["已发送", "Sent"], withSuggestion: ["带推荐", "With suggestion"], unsent: ["未发送", "Not sent"],
  noAnswers: ["还没有回答", "No answers yet"], noSuggestions: ["还没有推荐", "No suggestions yet"], noUnsent: ["没有被拦下或失败的回答", "Nothing was held back or failed"],
  catalogue: ["目录", "Catalogue"], alsoSee: ["顺带推荐", "Suggested"],
  goods: ["商品", "Products"], onScreen: ["正在讲解", "On screen"], nothingOnScreen: ["主播还没有开始讲解商品", "No product on screen yet"],
  noGoods: ["还没有商品表", "No catalogue yet"], soldOut: ["售罄", "Sold out"], askHost: ["面议", "No price"],
  rate: ["弹幕速率", "Comment rate"], latency: ["出稿耗时 p95", "Time to draft, p95"], lastMinutes: ["近 5 分钟", "Last 5 min"],
  ledger: ["弹幕去向", "Where comments went"], balanced: ["条条有下落", "All accounted for"], unbalanced: ["对不上账", "Does not add up"],
  inProgress: ["进行中", "In progress"], coverage_title: ["提问覆盖率", "Coverage"], speed: ["弹幕速率", "Comments"],
  perSecond: ["条/秒", "/s"], draftTime: ["出稿耗时", "Drafting time"], waitingHost: ["待主播回应", "For the host"],
  openNow: ["进行中的问题", "Open questions"], data: ["数据", "Figures"], why: ["原因", "Why"], about: ["商品", "Product"],
  asks: ["询问", "Asks about"], group: ["同问", "Asked by"], answer: ["回答", "Answer"], took: ["用时", "Took"], kind: ["类型", "Type"],
  viewer: ["观众", "Viewer"], pending: ["处理中", "Pending"], us: ["助手", "Us"], lost: ["与助播断开，正在重连…", "Lost the connection to zhubo, reconnecting…"],
  dial: ["正在连接助播…", "Connecting to zhubo…"], waitRoom: ["正在等待直播间开始…", "Waiting for a room to start…"],
  noRoom: ["没有这个直播间，请在上方选择", "There is no such room; choose one above"], theme: ["切换深浅色", "Switch light and dark"],
  room: ["直播间", "Room"], other: ["English", "中文"], factsOnly: ["仅事实", "Facts only"], draftSoFar: ["草稿", "Draft"],
  details: ["查看", "Show"], hide: ["收起", "Hide"], linkNone: ["无链接号", "no link"], wholeFile: ["整个文件", "whole file"],
  leftOut: ["整行未采用", "row left out"], quietRoom: ["还没有内容", "Nothing here yet"], expand: ["展开这几条", "Show these one by one"], fix: ["修正", "Fix"],
};

const tables = { mode: modes, modeHelp: modeHelps, modeNote: modeNotes, doubt: doubts, path: paths, role: roles, what: whats, fate: fates, state: states, kind: kinds, suggestion: suggestions, link: links, note: notes };
const many = (n, one, more) => `${n} ${n === 1 ? one : more}`;

export function wordsFor(lang) {
  const i = lang === "zh" ? 0 : 1;
  const zh = i === 0;
  const locale = zh ? "zh-CN" : "en-US";
  const count = (n) => Number(n || 0).toLocaleString(locale);
  const words = {
    lang,
    count,
    of: (table, code) => tables[table][code]?.[i] ?? code,
    place: (name) => name.replace(/^[a-z]+/, (scheme) => platforms[scheme]?.[i] ?? scheme),
    colon: ["：", ": "][i],
    money,
    reason: (code) => {
      const [head, rule, ...detail] = code.split(":");
      if (head === "model" && kinds[rule]) return kinds[rule][i] + (zh ? "（小模型判断）" : " (by the small model)");
      if (head === "adlaw") return zh ? `广告法规则不允许（${rule}）` : `Advertising law forbids it (${rule})`;
      if (head !== "guard" || !guards[rule]) return reasons[code]?.[i] ?? code;
      const about = DETAILED.has(rule) ? detail.join(":") : "";
      return guards[rule][i] + (about && (zh ? `（${about}）` : ` (${about})`));
    },
    // Why something was refused: "gone", "claimed", "number:99元", "adlaw:RULE".
    ruling: (why, detail) => {
      const [head, ...rest] = why.split(":");
      if (head === "claimed") return zh ? `${detail} 正在处理这条` : `${detail} is on it`;
      if (head === "adlaw") return zh ? `广告法不允许：${detail}` : `Advertising law: ${detail}`;
      if (head === "too_long") return zh ? `太长：最多 ${detail} 个字` : `Too long: ${detail} characters at most`;
      if (head === "number") return zh ? `「${rest.join(":")}」与商品资料不符` : `“${rest.join(":")}” is not what the catalogue says`;
      if (head === "states_stock") return zh ? `「${rest.join(":")}」与库存不符` : `“${rest.join(":")}” is not what the stock says`;
      if (head === "size" || head === "colour") return zh ? `没有「${rest.join(":")}」` : `There is no “${rest.join(":")}”`;
      if (head === "contradicts") return zh ? `「${rest.join(":")}」与商品资料相反` : `“${rest.join(":")}” is the opposite of what the card says`;
      if (head === "promise") return zh ? `「${rest.join(":")}」商品资料里没有这样的承诺` : `“${rest.join(":")}”: the catalogue does not say so`;
      if (head === "markup") return zh ? `不能有「${rest.join(":")}」` : `“${rest.join(":")}” may not be in a line`;
      return (refusals[head]?.[i] ?? why) + (head === "cannot_delete" && detail ? ` (${detail})` : "");
    },
    command: (c) => (c.do === "mode" ? modes[c.mode]?.[i] : c.do === "takeover" && c.on === false ? (zh ? "交还" : "gave back") : c.do === "approve" && c.text ? (zh ? "改后通过" : "edited") : commands[c.do]?.[i]) ?? c.do,
    claimedBy: (name) => (zh ? `${name} 正在处理` : `${name} is on it`),
    takenNote: (what, target, by) => (zh ? `${by} 接管了${what === "room" ? "整个直播间" : what === "product" ? `商品 ${target}` : `观众 ${target.slice(0, 6)}`}，助手在这里不发言。` : `${by} has taken over ${what === "room" ? "the room" : what === "product" ? `product ${target}` : `viewer ${target.slice(0, 6)}`}: the assistant is silent there.`),
    suggestedSo: (made, taken) => (zh ? `荐${made} 应${taken}` : `${taken}/${made}`), suggestedHelp: zh ? "本场推荐次数，和其中被点开、追问或下单的次数" : "Taken up / suggested in this show: opened, asked about or ordered",
    heatOf: (n) => (zh ? `近 2 分钟 ${n} 人问` : `${n} asked in the last 2 minutes`),
    field: (name) => (name.startsWith("faq:") ? `${fields.faq[i]} · ${name.slice(4)}` : (fields[name]?.[i] ?? name)),
    value: (fact) => (["price", "original"].includes(fact.field) ? money(fact.value) : fact.value.startsWith(">") ? (zh ? `${fact.value.slice(1)} 以上` : `over ${fact.value.slice(1)}`) : half(fact.value, lang, "\n")),
    askers: (n) => (zh ? `${count(n)} 人问` : `${count(n)} asked`),
    heat: (n) => (zh ? `近 30 秒 ${n} 人问` : `${n} asked in the last 30 s`),
    product: (p) => (p ? `${p.number ? (zh ? `${p.number}号 ` : `#${p.number} `) : ""}${(zh ? p.zh || p.en : p.en || p.zh) || p.id}` : ""),
    number: (n) => (zh ? `${n}号` : `#${n}`),
    stock: (n) => (zh ? `库存 ${count(n)}` : `${count(n)} left`),
    stockWords: (s) => (s.startsWith(">") ? (zh ? `库存 ${s.slice(1)}+` : `${s.slice(1)}+ left`) : zh ? `库存 ${s}` : `Stock: ${s}`),
    more: (n) => (zh ? `还有 ${count(n)} 条` : `${count(n)} more`),
    gap: (n) => (zh ? `另有 ${count(n)} 条没有逐条显示` : `${count(n)} more, not shown one by one`),
    coverage: (a, b) => (zh ? `${count(a)} / ${count(b)} 个提问已得到回答` : `${count(a)} of ${count(b)} questions answered`),
    total: (n) => (zh ? `共 ${count(n)} 条` : `${count(n)} in total`),
    waiting: (n) => (zh ? `排队 ${count(n)}` : `${count(n)} queued`),
    models: (n) => (zh ? `模型 ${n} 个在线` : many(n, "model up", "models up")),
    p95: (t, m) => (zh ? `p95：事实 ${t || "–"}，模型 ${m || "–"}` : `p95: facts ${t || "–"}, model ${m || "–"}`),
    host_total: (n) => (zh ? `本场转主播 ${count(n)} 条` : `${many(n, "comment", "comments")} sent to the host`),
    errors: (n) => (zh ? `商品表有 ${count(n)} 处要修正` : `${many(n, "thing", "things")} to repair in the catalogue file`),
    where: (e) => (zh ? `${e.file}${e.row ? ` 第 ${e.row} 行` : ""}${e.column ? `「${e.column}」` : ""}` : `${e.file}${e.row ? `, row ${e.row}` : ""}${e.column ? `, “${e.column}”` : ""}`),
    ledger_sum: (r, d, o) => (zh ? `收到 ${count(r)} 条 = 有结果 ${count(d)} + 进行中 ${count(o)}` : `${count(r)} heard = ${count(d)} settled + ${count(o)} in progress`),
    ago: (s) => (s < 60 ? (zh ? `${Math.floor(s)} 秒前` : `${Math.floor(s)} s ago`) : zh ? `${Math.floor(s / 60)} 分钟前` : `${Math.floor(s / 60)} min ago`),
    stale: (s) => (zh ? `直播间 ${Math.floor(s)} 秒没有新数据` : `No news from the room for ${Math.floor(s)} s`),
    age: (s) => (zh ? `${Math.floor(s)} 秒` : `${Math.floor(s)} s`),
    version: (v) => (zh ? `目录 v${v}` : `catalogue v${v}`),
    seconds: (s) => (s < 0.0995 ? `${Math.max(1, Math.round(s * 1000))} ms` : s < 9.95 ? `${s.toFixed(1)} s` : `${Math.round(s)} s`),
    clock: (t) => new Date(t * 1000).toLocaleTimeString(locale, { hour12: false }),
  };
  for (const [key, pair] of Object.entries(plain)) words[key] = pair[i];
  return words;
}
