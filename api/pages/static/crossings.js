// What a route crosses: a table of its legs, and the States whose sectors it runs through.
import { toText } from "./notation.js";
import { number } from "./numbers.js";

export async function showCrossings(lines, { add, texts, say, address }) {
  const states = new Set();
  for (const { name, coordinates } of lines) {
    const answer = await fetch(address("crossings"), {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ type: "LineString", coordinates: coordinates.map((one) => one.slice(0, 2)) }),
    });
    const found = await answer.json();
    if (!answer.ok) throw new Error(name ? `${name}: ${found.detail}` : found.detail);
    for (const state of found.article_14_states) states.add(texts.states[state] ?? state);
    add(table(found.legs, name, texts));
  }
  const consent = paragraph(states.size ? texts.consent.replace("{}", [...states].join(", ")) : texts.noConsent);
  add(consent, paragraph(`○ ${texts.notCompared}`, "doubt uncompared"));
  say(consent.textContent);
}

function paragraph(text, className = "") {
  const made = document.createElement("p");
  made.className = className;
  made.textContent = text;
  return made;
}

function table(legs, name, texts) {
  const made = document.createElement("table");
  made.createCaption().textContent = name ? `${texts.legsTitle}: ${name}` : texts.legsTitle;
  const head = made.createTHead().insertRow();
  for (const label of [texts.legFrom, texts.legZone, texts.legLength]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = label;
    head.append(cell);
  }
  const body = made.createTBody();
  for (const leg of legs) {
    const row = body.insertRow();
    row.insertCell().textContent = toText(leg.entry_lat, leg.entry_lon, 1);
    row.insertCell().textContent = zoneText(leg, texts);
    row.insertCell().textContent = number(leg.length_nm, 1);
  }
  return made;
}

function zoneText({ zone, state }, texts) {
  const named = texts.zones[zone] ?? zone;
  if (zone === "land" && state) return texts.landOfState.replace("{state}", texts.states[state] ?? state);
  return state ? texts.zoneOfState.replace("{zone}", named).replace("{state}", texts.states[state] ?? state) : named;
}
