// What a route crosses: a table of its legs, and the States whose sectors it runs through.
import { Fault, answerOf, told } from "./faults.js";
import { number, toText } from "./notation.js";

export async function showCrossings(lines, { add, texts, say, address, signal }) {
  const [states, provisional] = [new Set(), new Set()];
  for (const { name, coordinates } of lines) {
    const body = JSON.stringify({ type: "LineString", coordinates: coordinates.map((one) => one.slice(0, 2)) });
    const ask = (query) =>
      answerOf(address("crossings", query), { method: "POST", headers: { "Content-Type": "application/json" }, body }, texts);
    const found = await ask({})
      .then((answer) => answer.json())
      .catch((error) => {
        if (!name || !(error instanceof Fault)) throw error;
        const { message, detail, isOfService } = error;
        throw detail ? new Fault(message, `${name}: ${detail}`, isOfService) : new Fault(`${name}: ${message}`, "", isOfService);
      });
    signal.throwIfAborted();
    for (const state of found.article_14_states) states.add(texts.states[state] ?? state);
    for (const { exit_boundary: line, exit_status: status } of found.sector_legs) {
      if (status === "provisional") provisional.add(line.split("-").slice(0, 2).map((one) => texts.states[one] ?? one).join(" - "));
    }
    add(table(found.legs, name, texts));
    if (texts.report) add(reportButton(name || texts.legsTitle, texts, ask));
  }
  if (provisional.size) add(paragraph(`▲ ${texts.provisional.replace("{}", [...provisional].join(texts.comma))}`, "doubt in-doubt"));
  const consent = paragraph(states.size ? texts.consent.replace("{}", [...states].join(texts.comma)) : texts.noConsent);
  add(consent, paragraph(`○ ${texts.notCompared}`, "doubt uncompared"));
  say(consent.textContent);
}

function paragraph(text, className = "") {
  const made = document.createElement("p");
  made.className = className;
  made.textContent = text;
  return made;
}

// Makes the report to file of a route once it is asked for, and hands it over as a download.
function reportButton(name, texts, ask) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = texts.report;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const answer = await ask({ f: "pdf", lang: document.documentElement.lang });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await answer.blob());
      link.download = `${name}.pdf`;
      link.click();
    } catch (error) {
      const said = paragraph("");
      said.append(...told(texts.failed, error));
      button.after(said);
    }
    button.disabled = false;
  });
  return button;
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
    const entry = document.createElement("bdi");
    entry.dir = "ltr";
    entry.textContent = toText(leg.entry_lat, leg.entry_lon, 1);
    row.insertCell().append(entry);
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
