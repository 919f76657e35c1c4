// What an answer rests on, as chips.

import { html } from "/vendor/htm-preact.js";
import { product } from "/chat.js";

const UNSAID = new Set(["number", "name"]); // true, but nobody asks which catalogue field a name comes from
const key = (fact) => `${fact.product} ${fact.field} ${fact.sku ?? ""}`;
const distinct = (facts) => [...new Map(facts.filter((fact) => !UNSAID.has(fact.field)).map((fact) => [key(fact), fact])).values()];

export const Facts = ({ w, q, facts, was = [] }) => {
  const before = new Map(was.map((fact) => [key(fact), fact]));
  return html`<span class="facts">${distinct(facts).map((fact, i) => {
    const other = fact.product !== q.product && product(fact.product);
    const value = w.value(fact);
    const old = before.get(key(fact));
    return html`<span class=${`chip fact ${old ? "new" : ""}`} key=${i} title=${`${w.product(product(fact.product))} · ${w.field(fact.field)} · ${value}`}>${other ? html`<b>${other.number ? w.number(other.number) : w.product(other)}</b>` : ""}<em>${w.field(fact.field)}</em>${old && html`<s>${w.value(old)}</s>`}<span dir="auto">${value}</span></span>`;
  })}${q.version > 0 && facts.length > 0 && html`<span class="version">${w.version(q.version)}</span>`}</span>`;
};
