// What a route crosses: a table of its legs, and the States whose sectors it runs through.
import { toText } from "./notation.js";
import { number } from "./numbers.js";

export async function showCrossings(line, { result, texts, say, address }) {
  const answer = await fetch(address("crossings"), {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ type: "LineString", coordinates: line.coordinates.map((one) => one.slice(0, 2)) }),
  });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.detail);
  const consent = document.createElement("p");
  const states = found.article_14_states.map((state) => texts.states[state] ?? state);
  consent.textContent = states.length ? texts.consent.replace("{}", states.join(", ")) : texts.noConsent;
  const reserve = document.createElement("p");
  reserve.className = "doubt uncompared";
  reserve.textContent = `○ ${texts.notCompared}`;
  result.replaceChildren(table(found.legs, texts), consent, reserve);
  say(consent.textContent);
}

function table(legs, texts) {
  const made = document.createElement("table");
  made.createCaption().textContent = texts.legsTitle;
  const head = made.createTHead().insertRow();
  for (const name of [texts.legFrom, texts.legZone, texts.legLength]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = name;
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
