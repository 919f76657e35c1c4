// A platform of your own, in JavaScript: comments from standard input go to zhubo, its lines are printed.
//
//     npm install ws
//     zhubo run --room listen://127.0.0.1:9100/room --catalogue goods.xlsx
//     node client.mjs ws://127.0.0.1:9100/room
import { createInterface } from "node:readline";
import WebSocket from "ws";

const said = []; // numbered events, kept so that nothing is lost over a reconnect
const token = process.env.ZHUBO_TOKEN;
let link, over = false;

function dial() {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  link = new WebSocket(process.argv[2], "zhubo.v1", { headers });
  const send = (frame) => link.readyState === WebSocket.OPEN && link.send(JSON.stringify({ v: 1, ...frame }));
  link.on("message", (raw) => {
    const frame = JSON.parse(raw);
    if (frame.type === "hello") {
      send({ type: "hello", seq: said.length, caps: { max_chars: 100, min_gap: 2 } });
      for (const event of said.filter((e) => e.seq > (frame.resume ?? 0))) send(event);
    } else if (frame.type === "send") {
      console.log("zhubo:", frame.text); // show it in your room, then say what became of it
      send({ type: "receipt", key: frame.key, outcome: "confirmed" });
    } else if (frame.type === "ping") send({ type: "pong" });
  });
  link.on("error", () => {});
  link.on("close", () => over || setTimeout(dial, 1000));
  link.say = send;
}

dial();
const lines = createInterface({ input: process.stdin });
lines.on("line", (text) => {
  const seq = said.length + 1;
  said.push({ type: "event", seq, event: { kind: "comment", id: `c${seq}`, user: { id: "me" }, text: text.trim() } });
  link.say(said.at(-1));
});
lines.on("close", () => { over = true; link.close(4410); }); // the show is over
