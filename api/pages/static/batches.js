// A file of positions, asked in batches so that progress shows; the answers are one table to download.
import { parseTable, toRow } from "./table.js";

const L = window.L;
const ROWS = 2000; // a batch
const FIELDS = "lon,lat,zone,state,certain,by_coast,baseline_distance_nm,limit,limit_distance_m,caveat,assumptions,edition";

export async function classifyFile(text, name, { map, layer, result, texts, say, address }) {
  const { header, rows } = rowsOf(text);
  const bar = document.createElement("progress");
  const said = document.createElement("p");
  bar.max = rows.length;
  bar.setAttribute("aria-label", name);
  result.replaceChildren(said, bar);
  const renderer = L.canvas({ pane: "points" });
  const parts = [];
  let doubted = 0;
  for (let at = 0; at < rows.length; at += ROWS) {
    bar.value = at;
    said.textContent = texts.progress.replace("{}", at).replace("{}", rows.length);
    const answer = await fetch(address("classify", { compare: "true", fields: FIELDS }), {
      method: "POST",
      headers: { "Content-Type": "text/csv", Accept: "text/csv" },
      body: [header, ...rows.slice(at, at + ROWS)].map(toRow).join("\n") + "\n",
    });
    if (!answer.ok) throw new Error((await answer.json()).detail);
    const [names, ...found] = parseTable(await answer.text());
    parts.push(...(at ? found : [names, ...found]));
    doubted += draw(names, found, { map, layer, renderer });
  }
  said.textContent = texts.batchDone.replace("{}", rows.length).replace("{}", doubted);
  say(said.textContent);
  result.replaceChildren(said, download(parts, name, texts));
}

// Header and rows of CSV, or of the points of GeoJSON.
function rowsOf(text) {
  if (!text.trimStart().startsWith("{")) {
    const [header, ...rows] = parseTable(text.replace(/^\ufeff/, ""));
    if (!rows.length) throw new Error("lon,lat");
    return { header, rows };
  }
  const given = JSON.parse(text);
  const points = (given.features ?? [given]).map((one) => one.geometry ?? one).filter((one) => one?.type === "Point");
  if (!points.length) throw new Error("GeoJSON: Point, LineString");
  return { header: ["lon", "lat"], rows: points.map(({ coordinates }) => coordinates.slice(0, 2).map(String)) };
}

// Dots in the colour of their zone; those in doubt have a dark ring. Gives how many are in doubt.
function draw(names, rows, { map, layer, renderer }) {
  const [lon, lat, zone, state, certain] = ["lon", "lat", "zone", "state", "certain"].map((one) => names.lastIndexOf(one));
  let doubted = 0;
  for (const row of rows) {
    if (!row[zone]) continue;
    const isDoubted = row[certain] === "false";
    doubted += isDoubted;
    L.circleMarker([Number(row[lat]), Number(row[lon])], {
      renderer, radius: 4, weight: isDoubted ? 2 : 0.7, color: isDoubted ? "#000" : "#fff",
      fillColor: colourOf(map.getContainer(), row[zone], row[state]), fillOpacity: 1, interactive: false,
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

function download(rows, name, texts) {
  const link = document.createElement("a");
  link.className = "button";
  link.textContent = texts.download;
  link.download = `${name.replace(/\.\w+$/, "")}-classified.csv`;
  link.href = URL.createObjectURL(new Blob([rows.map(toRow).join("\n") + "\n"], { type: "text/csv" }));
  return link;
}
