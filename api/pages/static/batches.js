// A file of positions, asked in batches so that progress shows; the answers are one table to download.
import { Fault, jsonOf, told } from "./faults.js";
import { isolated, number } from "./notation.js";
import { COMMAS, dialectOf, parseTable, toRow } from "./table.js";

const L = window.L;
const ROWS = 2000; // a batch
const HEAD = 200; // characters that tell what is no table
const FIELDS = [
  "zone", "state", "certain", "by_coast", "baseline_distance_nm", "limit", "limit_distance_m", "caveat", "hint",
  "assumptions", "edition",
];

const ANSWERS = [...FIELDS, "error"];

// Once the signal tells that the file was replaced or cleared, nothing more is drawn: it throws.
export async function classifyFile({ header, rows, dialect, columns }, name, context) {
  const { map, layer, add, texts, say, address, signal } = context;
  const bar = document.createElement("progress");
  const said = document.createElement("p");
  bar.max = rows.length;
  bar.setAttribute("aria-label", name);
  add(said, bar);
  const renderer = L.canvas({ pane: "points" });
  const table = [[...besideAnswers(header, ANSWERS), ...ANSWERS]];
  let doubted = 0;
  let unread = 0;
  const hints = [];
  for (let at = 0; at < rows.length; at += ROWS) {
    bar.value = at;
    said.textContent = texts.progress.replace("{}", number(at)).replace("{}", number(rows.length));
    const batch = rows.slice(at, at + ROWS);
    // The answer has each position as numbers, in whatever notation it was given.
    const fields = ["lon", "lat", ...FIELDS].join(",");
    const asked = {
      signal,
      method: "POST",
      headers: { "Content-Type": "text/csv" },
      body: [header, ...batch].map((row) => toRow(row)).join("\n") + "\n",
    };
    const { results } = await jsonOf(address("classify", { ...columns, compare: "true", fields }), asked, texts);
    signal.throwIfAborted();
    if (results.length !== batch.length) throw new Fault(`${results.length} / ${batch.length}`);
    results.forEach((one, row) => {
      const given = header.map((_, place) => batch[row][place] ?? "");
      table.push([...given, ...ANSWERS.map((field) => cellOf(one[field]))]);
    });
    doubted += draw(results, { map, layer, renderer });
    unread += results.filter((one) => one.error).length;
    hints.push(...results.filter(({ hint }) => hint));
  }
  said.textContent = texts.batchDone.replace("{}", number(rows.length - unread)).replace("{}", number(doubted));
  if (unread) said.textContent += ` ${texts.unread.replace("{}", number(unread))}`;
  if (hints.length) said.append(...told(` ${texts.hint} (${number(hints.length)}): {}`, hinted(hints[0], texts)));
  say(said.textContent);
  bar.replaceWith(download(table, dialect, name, texts));
}

// A hint in the page's language where its first word is one of those known, else as the service says it.
function hinted({ hint, lon, lat }, { hints }) {
  const said = hints[Object.keys(hints).find((part) => hint.startsWith(part))];
  if (!said) return new Fault("", hint);
  const [first, second] = [lat, lon].map((one) => isolated(String(Number(one.toPrecision(6)))));
  return new Fault(said.replace("{lon}", first).replace("{lat}", second));
}

function cellOf(value) {
  return value === null || value === undefined ? "" : String(value);
}

// Names of columns beside answers: one that an answer has gets "_given" behind it, as in tables of the service.
function besideAnswers(names, answers) {
  const used = new Set(names.map((name) => name.toLowerCase()));
  const renamed = new Map();
  return names.map((name) => {
    const plain = name.trim().toLowerCase();
    if (!answers.includes(plain)) return name;
    if (!renamed.has(name)) {
      let chosen = `${plain}_given`;
      for (let at = 2; used.has(chosen); at += 1) chosen = `${plain}_given_${at}`;
      used.add(chosen);
      renamed.set(name, chosen);
    }
    return renamed.get(name);
  });
}

// Header and rows of CSV.
export function tableOf(text, texts) {
  if (/^\s*<|[\0-\x08]/.test(text.slice(0, HEAD))) throw new Fault(texts.noTable); // a text of marks, or no text
  const dialect = dialectOf(text);
  const [header, ...rows] = parseTable(text, dialect, {
    onOpenQuote: (line) => {
      throw new Fault(texts.openQuote.replace("{}", number(line))); // what it swallows would be lost
    },
  });
  if (!rows.length) throw new Fault(header?.length === 1 ? texts.noTable : texts.isEmpty);
  return { header, rows, dialect, columns: {} };
}

// The points of GeoJSON as a table.
export function tableOfPoints(points) {
  const names = [...new Set(points.flatMap(({ properties }) => Object.keys(properties)))];
  const rows = points.map(({ coordinates, id, properties }) => [
    textOf(coordinates?.[0]),
    textOf(coordinates?.[1]),
    cellOf(id),
    ...names.map((name) => textOf(properties[name])),
  ]);
  // Properties may have the names of positions, too.
  const header = ["lon", "lat", "id", ...besideAnswers(names, [...ANSWERS, "lon", "lat"])];
  return { header, rows, dialect: COMMAS, columns: { lon_column: "lon", lat_column: "lat" } };
}

function textOf(value) {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : cellOf(value);
}

// Dots in the colour of their zone; those in doubt have a ring in the colour of text. Gives how many are in doubt.
function draw(answers, { map, layer, renderer }) {
  let doubted = 0;
  const page = getComputedStyle(map.getContainer());
  const [ink, paper] = [page.color, page.getPropertyValue("--paper")];
  for (const { lon, lat, zone, state, certain, error } of answers) {
    if (error) continue;
    const isDoubted = certain === false;
    doubted += isDoubted;
    L.circleMarker([lat, lon], {
      renderer, radius: 4, weight: isDoubted ? 2 : 0.7, color: isDoubted ? ink : paper,
      fillColor: colourOf(map.getContainer(), zone, state), fillOpacity: 1, interactive: false,
    }).addTo(layer);
  }
  return doubted;
}

const colours = new Map();

// What the style sheet gives a zone, read off an element that has its classes.
function colourOf(container, zone, state) {
  const key = `patch ${zone} ${state}`;
  if (!colours.has(key)) {
    const probe = document.createElement("i");
    probe.className = key;
    container.append(probe);
    colours.set(key, getComputedStyle(probe).backgroundColor);
    probe.remove();
  }
  return colours.get(key);
}

function download(rows, dialect, name, texts) {
  const link = document.createElement("a");
  link.className = "button";
  link.textContent = texts.download;
  link.download = `${name.replace(/\.\w+$/, "")}-classified.csv`;
  link.href = URL.createObjectURL(new Blob([rows.map((row) => toRow(row, dialect)).join("\n") + "\n"], { type: "text/csv" }));
  return link;
}
