// Files of positions, classified in batches and coloured on the map; and routes, drawn or from a file.
// What does so is loaded when it is first needed.
import { loaded, told } from "./faults.js";
import { number } from "./notation.js";

const L = window.L;

export function addTools(map, asking, texts, root, edition) {
  const tools = document.getElementById("tools");
  tools.hidden = false;
  const result = document.getElementById("result");
  const clear = document.getElementById("clear");
  const button = document.getElementById("route");
  const drawing = { points: [], layer: L.layerGroup().addTo(map.map), isOn: false, run: new AbortController() };
  const context = { map: map.map, layer: drawing.layer, texts, say: (text) => asking.say(text) };
  context.add = (...parts) => result.append(...parts);
  context.address = (path, query = {}) => {
    const address = new URL(path, new URL(root, window.location.href));
    for (const [name, value] of Object.entries({ ...query, edition })) if (value) address.searchParams.set(name, value);
    return address;
  };

  const cleared = () => {
    drawing.run.abort(); // what is still asked about is not drawn any more
    drawing.run = new AbortController();
    drawing.layer.clearLayers();
    drawing.points = [];
    drawing.bounds = undefined;
    result.removeAttribute("aria-busy");
    result.replaceChildren();
    clear.hidden = true;
  };
  clear.addEventListener("click", cleared);

  const pressed = map.onPress;
  map.onPress = (latlng) => {
    if (!drawing.isOn) return pressed(latlng);
    drawing.points.push([latlng.lng, latlng.lat]);
    drawing.layer.clearLayers();
    drawRoute(drawing.layer, drawing.points);
    return undefined;
  };
  const entered = map.onEnter;
  map.onEnter = (latlng) => (drawing.isOn ? map.onPress(latlng) : entered(latlng));
  const label = button.textContent;
  const setDrawing = (isOn) => {
    drawing.isOn = isOn;
    button.setAttribute("aria-pressed", String(isOn));
    button.textContent = isOn ? texts.finish : label;
  };
  button.addEventListener("click", () => {
    if (!drawing.isOn) {
      cleared();
      asking.say(texts.drawHint);
      result.textContent = texts.drawHint;
    } else if (drawing.points.length > 1) {
      take([{ name: "", coordinates: drawing.points }], drawing.run.signal);
    } else {
      cleared();
      asking.say(texts.twoPoints);
      result.textContent = texts.twoPoints;
    }
    setDrawing(!drawing.isOn);
  });

  // Whether what lines cross has been answered; else what is wrong is said.
  const take = async (lines, signal) => {
    drawing.layer.clearLayers();
    for (const line of lines) drawRoute(drawing.layer, line.coordinates);
    drawing.bounds = L.latLngBounds(lines.flatMap((line) => toLeaflet(line.coordinates)));
    map.toPaper(drawing.bounds)(); // what it draws is fetched now, for printing does not wait
    clear.hidden = false;
    const waiting = paragraph(texts.asking);
    result.replaceChildren(waiting);
    result.setAttribute("aria-busy", "true");
    asking.say(texts.asking);
    try {
      const { showCrossings } = await loaded("crossings", texts);
      await showCrossings(lines, { ...context, signal });
      return true;
    } catch (error) {
      if (!signal.aborted) fail(error);
      return false;
    } finally {
      waiting.remove();
      if (!signal.aborted) result.removeAttribute("aria-busy"); // else it is another's
    }
  };
  const fail = (error, text = texts.failed) => {
    result.replaceChildren(...told(text, error));
    asking.say(result.textContent);
  };
  const read = async (file) => {
    cleared();
    setDrawing(false);
    clear.hidden = false;
    const { signal } = drawing.run;
    const ours = { ...context, signal };
    try {
      const names = ["batches", "encodings", "geojson"];
      const [batches, { decoded }, { isJson, readGeoJson }] = await Promise.all(names.map((one) => loaded(one, texts)));
      const { classifyFile, tableOf, tableOfPoints } = batches;
      const text = decoded(new Uint8Array(await file.arrayBuffer()));
      signal.throwIfAborted();
      if (!isJson(text)) return await classifyFile(tableOf(text, texts), file.name, ours);
      const { points, lines, others } = readGeoJson(text, texts);
      if (lines.length && !(await take(lines, signal))) return undefined;
      if (points.length) await classifyFile(tableOfPoints(points), file.name, ours);
      if (others) context.add(paragraph(texts.others.replace("{}", number(others))));
    } catch (error) {
      if (!signal.aborted) fail(error, error.isOfService ? texts.failed : texts.noPositions);
    }
    return undefined;
  };
  window.addEventListener("beforeprint", () => {
    const toScreen = drawing.bounds && map.toPaper(drawing.bounds);
    if (toScreen) window.addEventListener("afterprint", toScreen, { once: true });
  });
  document.getElementById("file").addEventListener("change", (event) => {
    if (event.target.files.length) read(event.target.files[0]);
    event.target.value = "";
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", () => document.body.classList.remove("dropping"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    if (event.dataTransfer.files.length) read(event.dataTransfer.files[0]);
  });
}

function toLeaflet(coordinates) {
  return coordinates.map(([lon, lat]) => [lat, lon]);
}

function drawRoute(layer, coordinates) {
  L.polyline(toLeaflet(coordinates), { pane: "points", className: "route", interactive: false }).addTo(layer);
}

function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}
