// The middle of the page: what is still open, what the host should take, and what was said.

import { html, useState } from "/vendor/htm-preact.js";
import { Chip, product } from "/chat.js";
import { give, mayRule } from "/desk.js";
import { Facts } from "/facts.js";
import { Composer, Rulings } from "/people.js";
import { ACTIVE, now, store } from "/store.js";

const HOST_FOR = 180; // seconds a question stays in the host's list
const HOST_SHOWN = 3;
const OPEN_SHOWN = 30;

const all = () => [...store.questions.values()];
export const active = () => all().filter((q) => ACTIVE.has(q.state)).sort((a, b) => b.heat - a.heat || b.askers - a.askers || a.opened - b.opened);

// What a person should take: questions that ended so, and complaints, which never become a question.
export function forHost() {
  const since = now() - HOST_FOR;
  const said = new Set(store.rulings.filter((r) => r.done && r.order.command.do === "said").map((r) => r.order.command.answer));
  const questions = all().filter((q) => q.state === "to_host" && q.reason !== "read_only" && q.changed > since && !said.has(q.id));
  const lines = [...store.lines.values()].filter((l) => l.fate === "to_host" && !l.question && l.at > since);
  const alone = lines.map((l) => ({ ...l, id: `line ${l.seq}`, askers: 1, changed: l.at + (l.seconds ?? 0) }));
  return [...questions, ...alone].sort((a, b) => b.askers - a.askers || b.changed - a.changed);
}

const Flame = () => html`<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M8.6 1.2c.4 2.3-.5 3.4-1.7 4.7C5.6 7.3 4 8.6 4 10.9 4 13.3 5.9 15 8.1 15c2.3 0 4.1-1.7 4.1-4.1 0-1.7-.8-3-1.6-4-.1 1-.5 1.7-1.2 2.1.3-2.7-.2-5.7-.8-7.800z" fill="currentColor"/></svg>`;

const Heat = ({ w, q }) => q.heat > 0 && html`<span class=${`heat ${q.heat >= 10 ? "hot" : q.heat >= 4 ? "warm" : ""}`} title=${w.heat(q.heat)}><${Flame} key=${"f"} />${q.heat}</span>`;

const About = ({ w, q }) => {
  const item = product(q.product);
  return html`${item ? html`<span class="about" title=${w.product(item)}>${item.number || q.number ? html`<b>${w.number(item.number || q.number)}</b>` : ""}<span>${(w.lang === "zh" ? item.zh : item.en) || item.zh || item.en}</span></span>` : ""}
    ${(q.slots ?? []).map((slot) => html`<span class="slot" key=${slot}>${w.field(slot)}</span>`)}`;
};

const link = (ui, q) => ({
  onMouseEnter: () => ui.link(q.id),
  onMouseLeave: () => ui.link(""),
  "data-linked": ui.linked === q.id,
});

const Askers = ({ w, ui, q }) => html`<button class="askers" title=${w.oneQuestion} onClick=${() => ui.only(q.id)}>${w.askers(q.askers)}</button>`;

const Open = ({ w, ui, q }) => html`<li class="open" data-state=${q.state} title=${q.answer ? `${w.draftSoFar}: ${q.answer}` : ""} ...${link(ui, q)}>
  <p class="ask" dir="auto">${q.text}</p>
  <span class="right"><${Heat} w=${w} q=${q} /><${Askers} w=${w} ui=${ui} q=${q} /></span>
  <p class="meta"><span class="state"><i class=${""}></i>${w.of("state", q.state)}</span><${About} w=${w} q=${q} /><time>${w.age(Math.max(0, now() - q.opened))}</time></p>
</li>`;

const ForHost = ({ w, ui, q }) => html`<li ...${link(ui, q)}>
  <p class="ask" dir="auto" title=${q.text}>${q.reason === "correction" ? q.answer || q.text : q.text}</p>
  <p class="meta"><${About} w=${w} q=${q} />${q.reason && html`<span class="why">${w.reason(q.reason)}</span>`}</p>
  <time>${w.ago(Math.max(0, now() - q.changed))}</time>
  ${mayRule() && !q.seq && !q.id.startsWith("fix-") && !q.id.startsWith("say-") && html`<button class="mini" onClick=${() => give(ui, w, { do: "said", answer: q.id })}>${w.hostSaid}</button>`}
  ${q.question === undefined && !q.seq ? html`<${Askers} w=${w} ui=${ui} q=${q} />` : html`<span class="askers">${w.askers(1)}</span>`}
</li>`;

export function Questions({ w, ui }) {
  const open = active().filter((q) => q.state !== "pending"); // those stand at the desk
  const host = forHost();
  if (!open.length && !host.length && store.status?.mode === "assist") return "";
  return html`<section class="panel questions" data-tab="questions">
    <header><h2>${w.questions}</h2>${open.length > 0 && html`<span class="number">${w.count(open.length)}</span>`}</header>
    <div class="scroll">
      ${host.length > 0 && html`<div class="host"><h3>${w.hostNow}<span class="number">${host.length}</span></h3>
        <ul>${host.slice(0, HOST_SHOWN).map((q) => html`<${ForHost} key=${q.id} w=${w} ui=${ui} q=${q} />`)}</ul>
        ${host.length > HOST_SHOWN && html`<button class="rest" onClick=${() => ui.choose({ kind: "to_host" }, "chat")}>${w.more(host.length - HOST_SHOWN)}</button>`}</div>`}
      ${open.length ? html`<ul class="list">${open.slice(0, OPEN_SHOWN).map((q) => html`<${Open} key=${q.id} w=${w} ui=${ui} q=${q} />`)}</ul>`
        : html`<p class="empty">${w.noQuestions}</p>`}
      ${open.length > OPEN_SHOWN && html`<p class="rest">${w.more(open.length - OPEN_SHOWN)}</p>`}
    </div>
  </section>`;
}

const said = (q, s) => q.answer?.toLowerCase().includes(s.text.toLowerCase());

const Answer = ({ w, ui, q }) => {
  const sent = q.state === "answered";
  const s = q.suggestion;
  return html`<li class=${`answer ${sent ? "sent" : "unsent"}`} data-fate=${q.state} ...${link(ui, q)}>
    <p class="to">${q.place && html`<small class="place">${w.place(q.place)}</small>`}<span class="ask" dir="auto">${q.text}</span><${About} w=${w} q=${q} /><${Askers} w=${w} ui=${ui} q=${q} /></p>
    <p class="said" dir="auto">${q.answer || "—"}</p>
    ${s && html`<p class="suggestion"><b>${w.alsoSee}</b><span class="about"><b>${w.product(product(s.product))}</b></span><span class="slot">${w.of("suggestion", s.reason)}</span>${s.why ? html`<span class="because" dir="auto">${s.why}</span>` : ""}${said(q, s) ? "" : html`<span class="because" dir="auto">${s.text}</span>`}</p>`}
    <p class="proof">
      ${sent ? "" : html`<${Chip} w=${w} fate=${q.state} />${q.reason && html`<span class="why">${w.reason(q.reason)}</span>`}`}
      ${q.path && html`<span class="chip path" data-path=${q.path}>${w.of("path", q.path)}</span>`}
      <${Facts} w=${w} q=${q} facts=${[...(q.facts ?? []), ...(s?.facts ?? [])]} />
      ${sent && mayRule() && canDelete(q) && html`<button class="mini" onClick=${() => give(ui, w, { do: "undo", answer: q.id })}>${w.undo}</button>`}
      <time title=${w.clock(q.changed)}>${w.seconds(Math.max(0, q.changed - q.opened))}</time>
    </p>
  </li>`;
};

const canDelete = (q) => !q.id.startsWith("fix-") && !q.id.startsWith("say-") && (store.status?.places ?? []).some((p) => p.can_delete && (!q.place || p.name === q.place));

const PICK = {
  sent: (q) => q.state === "answered" || (q.state === "to_host" && q.reason === "read_only"),
  suggested: (q) => q.state === "answered" && q.suggestion,
  unsent: (q) => !ACTIVE.has(q.state) && q.state !== "answered" && q.state !== "to_host",
  ruled: () => false,
};

export function Answers({ w, ui }) {
  const [kind, setKind] = useState("sent");
  const ended = all().reverse();
  const shown = ended.filter(PICK[kind]).sort((a, b) => b.changed - a.changed);
  const unsent = ended.filter(PICK.unsent).length;
  const empty = { sent: w.noAnswers, suggested: w.noSuggestions, unsent: w.noUnsent };
  return html`<section class="panel answers" data-tab="answers">
    <header><h2>${w.answers}</h2><div class="segments" role="group">${[["sent", w.sentOnes], ["suggested", w.withSuggestion], ["unsent", w.unsent], ...(store.me?.desk ? [["ruled", w.ruled]] : [])].map(([k, label]) =>
      html`<button key=${k} aria-pressed=${kind === k} onClick=${() => setKind(k)}>${label}${k === "unsent" && unsent > 0 ? html`<span class="number">${unsent}</span>` : ""}</button>`)}</div></header>
    <div class="scroll">${kind === "ruled" ? html`<${Rulings} w=${w} />` : shown.length ? html`<ul class="list">${shown.map((q) => html`<${Answer} key=${q.id} w=${w} ui=${ui} q=${q} />`)}</ul>`
      : html`<p class="empty">${empty[kind]}</p>`}</div>
    <${Composer} w=${w} ui=${ui} />
  </section>`;
}
