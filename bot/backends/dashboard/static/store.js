// What the browser knows of the room it looks at, and the socket it learns it from.

const CALM = 150, LOUD = 150, ENDED = 60, OPEN = 500, POINTS = 300;
export const ACTIVE = new Set(["open", "drafting", "pending", "ready", "sending"]);
const RULINGS = 60, PATIENCE = 8000;
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb]/g;

export const store = {
  link: "dialing", room: null, rooms: [], status: null, goods: null, lines: new Map(), questions: new Map(),
  points: [], ahead: 0, heardAt: 0, changed: new Map(), version: 0, me: null, cues: null, rulings: [], said: "",
};
const asked = new Map(); // what we wait to hear of: id -> resolve
let count = 0;
let tell = () => {};
let socket = null;
let tries = 0;
let timer = 0;

export const calm = (line) => Boolean(line.own || line.backfill || line.fate === "ignored" || line.fate === "shed");
export const now = () => Date.now() / 1000 + store.ahead;

// Invisible and direction-changing characters do not reach the page, whatever field they come in.
const visible = (key, value) => (typeof value === "string" ? value.replace(UNSEEN, "") : value);

function trim(map, most, among) {
  let over = 0;
  for (const value of map.values()) if (among(value)) over++;
  for (const [key, value] of map) {
    if (over <= most) break;
    if (among(value)) { map.delete(key); over--; }
  }
}

function takeGoods(goods) {
  const before = new Map((store.goods?.products ?? []).map((p) => [p.id, p]));
  for (const p of goods?.products ?? []) {
    const old = before.get(p.id);
    if (old && (old.price !== p.price || old.stock !== p.stock)) {
      store.changed.set(p.id, { at: now(), price: old.price !== p.price ? old.price : "" });
    }
  }
  store.goods = goods;
}

// Ask the server; the promise ends with what it said, or {why: "no_reply"}.
function ask(key, message) {
  return new Promise((resolve) => {
    const done = (said) => { clearTimeout(late); asked.delete(key); resolve(said); };
    const late = setTimeout(() => done({ done: false, ok: false, why: "no_reply" }), PATIENCE);
    asked.set(key, done);
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    else done({ done: false, ok: false, why: "no_reply" });
  });
}

// Give a command; ends with its ruling.
export function order(command) {
  const id = Array.from(crypto.getRandomValues(new Uint8Array(9)), (b) => b.toString(16).padStart(2, "0")).join("");
  return ask(id, { do: "order", id, command });
}

// Have words checked while they are being typed.
export const check = (answer, text, about = "") => ask(`n${++count}`, { do: "check", n: count, answer, text, product: about });
export const days = () => ask("days", { do: "days" });
export const script = () => ask("script", { do: "script" });
export const write = (brief) => ask("written", { do: "write", brief });
export const exported = (day) => ask("file", { do: "export", day });

const saved = (key) => { try { return sessionStorage.getItem(key) ?? localStorage.getItem(key); } catch { return null; } };
const save = (box, key, value) => { try { box().setItem(key, value); } catch { /* storage is switched off */ } };

export function logIn(token) {
  save(() => sessionStorage, "zhubo.token", token);
  socket?.send(JSON.stringify({ do: "login", token }));
}

export function callMe(name) {
  save(() => localStorage, "zhubo.me", name);
  socket?.send(JSON.stringify({ do: "hello", name }));
}

function enter(me) {
  store.me = me;
  if (me.login) {
    const token = saved("zhubo.token");
    if (token && !store.said) logIn(token);
  } else if (!me.name) {
    callMe(saved("zhubo.me") || `desk-${Math.floor(Math.random() * 900 + 100)}`);
  }
}

// What is said to this page alone.
function reply(frame) {
  if (frame.kind === "me") { store.said = ""; enter(frame); }
  else if (frame.kind === "no" && frame.why === "wrong_token") { store.said = frame.why; save(() => sessionStorage, "zhubo.token", ""); }
  else if (frame.kind === "no") for (const done of [...asked.values()]) done({ done: false, ok: false, ...frame });
  else asked.get(frame.kind === "checked" ? `n${frame.n}` : frame.kind)?.(frame);
}

function take(frame) {
  if (["me", "no", "checked", "days", "file", "script", "written"].includes(frame.kind)) return reply(frame);
  store.rooms = frame.rooms ?? store.rooms;
  if (frame.kind === "wait") {
    Object.assign(store, { room: null, status: null, goods: null, points: [] });
    store.lines.clear();
    store.questions.clear();
    return;
  }
  if (frame.kind === "snap") {
    store.lines.clear();
    store.questions.clear();
    store.points = [];
    if (store.room !== frame.room) { store.goods = null; store.changed.clear(); }
  }
  store.room = frame.room;
  store.status = frame.status ?? store.status;
  store.ahead = frame.now - Date.now() / 1000;
  store.heardAt = Date.now();
  if (frame.goods) takeGoods(frame.goods);
  if (frame.cues !== undefined) store.cues = frame.cues;
  if (frame.kind === "snap") store.rulings = [];
  for (const ruling of frame.rulings ?? []) {
    if (!ruling.again) store.rulings.push(ruling);
    if (ruling.order.by === store.me?.name) asked.get(ruling.order.id)?.(ruling);
  }
  store.rulings.splice(0, store.rulings.length - RULINGS);
  const fresh = frame.more > 0 && frame.lines.find((line) => !store.lines.has(line.seq));
  if (fresh) {
    const seq = fresh.seq - 0.5;
    store.lines.set(seq, { seq, gap: frame.more, own: true });
  }
  for (const line of frame.lines) store.lines.set(line.seq, line);
  trim(store.lines, CALM, calm);
  trim(store.lines, LOUD, (line) => !calm(line));
  for (const [version, view] of frame.questions) {
    store.questions.delete(view.id);
    store.questions.set(view.id, { ...view, version });
  }
  trim(store.questions, ENDED, (q) => !ACTIVE.has(q.state));
  trim(store.questions, OPEN, (q) => ACTIVE.has(q.state));
  for (const point of frame.points) {
    if (store.points.at(-1)?.[0] > point[0]) continue; // the snapshot was newer
    if (store.points.at(-1)?.[0] === point[0]) store.points.pop();
    store.points.push(point);
  }
  store.points.splice(0, store.points.length - POINTS);
}

// What we asked for is shown at once, the rest as often as people can follow.
function changed(urgent = false) {
  store.version++;
  tell(urgent);
}

export function dial() {
  clearTimeout(timer);
  const wanted = new URLSearchParams(location.search).get("room");
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const mine = new WebSocket(`${scheme}//${location.host}/feed${wanted ? `?room=${encodeURIComponent(wanted)}` : ""}`);
  socket?.close();
  socket = mine;
  mine.onmessage = (event) => {
    if (socket !== mine) return;
    tries = 0;
    store.link = "up";
    const before = asked.size;
    take(JSON.parse(event.data, visible));
    changed(asked.size < before || store.mode !== store.status?.mode);
    store.mode = store.status?.mode;
  };
  mine.onclose = (event) => {
    if (socket !== mine) return;
    if (event.code === 1008) save(() => sessionStorage, "zhubo.token", ""); // "log in again"
    store.link = "lost";
    changed();
    timer = setTimeout(dial, Math.min(5000, 300 * 2 ** tries++) * (0.5 + Math.random() / 2));
  };
}

export function goTo(room) {
  history.pushState(null, "", `?room=${encodeURIComponent(room)}`);
  dial();
}

export function start(listener) {
  tell = listener;
  addEventListener("popstate", dial);
  setInterval(() => changed(), 1000); // ages tick also while the room is quiet
  dial();
}
