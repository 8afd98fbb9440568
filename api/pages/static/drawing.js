// Straight lines drawn on the map. Points are rows of the form's fields, which alone are sent; where they come to
// lie and what there is to say of them is the service's answer.
import { makeMap } from "./geography.js";
import { toText } from "./notation.js";

const L = window.L;
const NEAR_PX = 14; // a point as near as this moves onto the shore
const LEAST_PX = 60; // a typed line that is shorter is zoomed to
const PAUSE_MS = 300; // after a key, before typed positions are looked at

const sketch = document.getElementById("sketch");
if (sketch && L) {
  sketch.hidden = false;
  new Drawing(document.getElementById("map"));
}

function Drawing(place) {
  const texts = JSON.parse(place.dataset.texts);
  const sea = makeMap(place, texts);
  const borders = JSON.parse(place.dataset.borders);
  const form = place.closest("form");
  const layer = L.layerGroup().addTo(sea.map);
  const lines = [...form.querySelectorAll("textarea[name^=line-]")].map((field) => new Line(field, texts));
  let active = null;
  let waiting = null;

  const rowsOf = (line) => line.field.value.split("\n").filter((row) => row.trim());
  const write = (line, rows) => {
    line.field.value = rows.map((row) => `${row}\n`).join("");
  };

  // Takes a line in hand, or lays it down.
  const take = (line) => {
    active = line;
    for (const one of lines) one.show(one === active);
    active?.say([texts.drawing]);
  };

  async function press(latlng) {
    if (!active) take(lines.find((line) => !line.field.value.trim()) ?? lines[0]);
    const line = active;
    const border = borders.find((one) => isNear(latlng, one));
    write(line, [...rowsOf(line), toText(border?.lat ?? latlng.lat, border?.lon ?? latlng.lng, 4)]);
    const shore = (await look())?.find((one) => one.field === line.field.name)?.shore.at(-1);
    if (!border && shore && isNear(latlng, shore)) {
      write(line, [...rowsOf(line).slice(0, -1), toText(shore.lat, shore.lon, 4)]);
      await look();
    }
  }

  function isNear(latlng, { lat, lon }) {
    const [one, other] = [latlng, L.latLng(lat, lon)].map((at) => sea.map.latLngToContainerPoint(at));
    return one.distanceTo(other) <= NEAR_PX;
  }

  // Asks where the lines come to lie, and draws them.
  async function look() {
    waiting?.abort();
    waiting = new AbortController();
    const given = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && /^(line-|coast)/.test(name));
    const address = new URL("what-if/lines", new URL(place.dataset.root, window.location.href));
    address.searchParams.set("lang", document.documentElement.lang);
    try {
      const asked = { method: "POST", body: new URLSearchParams(given), signal: waiting.signal };
      const answer = await fetch(address, asked);
      const found = await answer.json();
      if (!answer.ok) throw new Error(found.detail);
      draw(found.lines);
      return found.lines;
    } catch (error) {
      if (error.name !== "AbortError") (active ?? lines[0]).say([texts.unchecked.replace("{}", error.message)], true);
      return null;
    }
  }

  function draw(found) {
    layer.clearLayers();
    for (const line of lines) {
      const one = found.find(({ field }) => field === line.field.name);
      if (!one) {
        line.say(line === active ? [texts.drawing] : []);
        continue;
      }
      line.say(one.said, one.is_refused);
      const points = one.positions.map(([lon, lat]) => L.latLng(lat, lon));
      const plain = { pane: "points", interactive: false };
      L.polyline(points, { ...plain, className: one.is_refused ? "own-line refused" : "own-line" }).addTo(layer);
      for (const at of points) L.circleMarker(at, { ...plain, radius: 5, className: "own-point" }).addTo(layer);
    }
    sea.map.getContainer().dataset.lines = String(found.length);
  }

  // What is typed may lie outside of what is seen, or be too small there.
  async function typed() {
    const found = await look();
    const points = found?.flatMap(({ positions }) => positions).map(([lon, lat]) => L.latLng(lat, lon)) ?? [];
    if (points.length < 2) return;
    const box = L.latLngBounds(points);
    const [one, other] = [box.getNorthWest(), box.getSouthEast()].map((at) => sea.map.latLngToContainerPoint(at));
    if (!sea.map.getBounds().contains(box) || one.distanceTo(other) < LEAST_PX) sea.map.fitBounds(box.pad(1), { animate: false });
  }

  for (const line of lines) {
    let pause;
    line.field.addEventListener("input", () => {
      window.clearTimeout(pause);
      pause = window.setTimeout(typed, PAUSE_MS);
    });
    line.drawButton.addEventListener("click", () => {
      take(active === line ? null : line);
      look();
    });
    line.undoButton.addEventListener("click", () => {
      write(line, rowsOf(line).slice(0, -1));
      look();
    });
  }
  for (const name of ["state", "kind"]) {
    for (const choice of form.querySelectorAll(`select[name$=-${name}]`)) choice.addEventListener("change", look);
  }
  form.querySelector("[name=coast]").addEventListener("change", look);
  for (const { lat, lon, pair } of borders) {
    L.circleMarker([lat, lon], { pane: "points", radius: 4, className: "border-end" })
      .bindTooltip(texts.border.replace("{}", pair.split("-").map((state) => texts.states[state]).join(" - ")))
      .on("click", (event) => press(event.latlng))
      .addTo(sea.map);
  }
  sea.onPress = press;
  sea.onEnter = press;
  sea.show("water");
  typed();
}

// The buttons of a line, and what there is to say of it, beside its field.
function Line(field, texts) {
  this.field = field;
  const button = (text) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    return made;
  };
  this.drawButton = button(texts.draw);
  this.undoButton = button(texts.undo);
  this.said = document.createElement("p");
  this.said.setAttribute("role", "status");
  this.said.className = "said-of-line";
  const tools = document.createElement("p");
  tools.className = "tools";
  tools.append(this.drawButton, this.undoButton);
  field.after(tools, this.said);
  this.say = (sentences, isRefused = false) => {
    this.said.textContent = sentences.join(" ");
    this.said.classList.toggle("refused", isRefused);
  };
  this.show = (isActive) => {
    this.drawButton.textContent = isActive ? texts.finish : texts.draw;
    this.drawButton.setAttribute("aria-pressed", String(isActive));
  };
}
