// Straight lines drawn on the map. Points are rows of the form's fields, which alone are sent; where they come to
// lie and what there is to say of them is the service's answer.
import { jsonOf, told } from "./faults.js";
import { makeMap } from "./geography.js";
import { toText } from "./notation.js";

const L = window.L;
const NEAR_PX = 14; // a point as near as this moves onto the shore
const LEAST_PX = 60; // a typed line that is shorter is zoomed to
const PAUSE_MS = 300; // after a key, before typed positions are looked at

function start(place) {
  const texts = JSON.parse(place.dataset.texts);
  const drawing = new Drawing(makeMap(place, texts), place.closest("form"), place.dataset.root, texts);
  drawing.listen();
  drawing.showBorders(JSON.parse(place.dataset.borders));
  drawing.sea.show("water");
  drawing.typed();
}

class Drawing {
  constructor(sea, form, root, texts) {
    Object.assign(this, { sea, form, root, texts });
    this.layer = L.layerGroup().addTo(sea.map);
    this.lines = [...form.querySelectorAll("textarea[name^=line-]")].map((field) => new Line(field, texts));
    this.borders = [];
    this.active = null;
  }

  listen() {
    for (const line of this.lines) {
      let pause;
      line.field.addEventListener("input", () => {
        window.clearTimeout(pause);
        pause = window.setTimeout(() => this.typed(), PAUSE_MS);
      });
      line.drawButton.addEventListener("click", () => {
        this.take(this.active === line ? null : line);
        this.look();
      });
      line.undoButton.addEventListener("click", () => {
        line.rows = line.rows.slice(0, -1);
        this.look();
      });
    }
    for (const choice of this.form.querySelectorAll("select")) choice.addEventListener("change", () => this.look());
    this.sea.onPress = (latlng) => this.press(latlng);
    this.sea.onEnter = this.sea.onPress;
  }

  showBorders(borders) {
    this.borders = borders;
    for (const { lat, lon, pair } of borders) {
      const states = pair.split("-").map((state) => this.texts.states[state]);
      L.circleMarker([lat, lon], { pane: "points", radius: 4, className: "border-end" })
        .bindTooltip(this.texts.border.replace("{}", states.join(" - ")))
        .on("click", (event) => this.press(event.latlng))
        .addTo(this.sea.map);
    }
  }

  // Takes a line in hand, or lays it down.
  take(line) {
    this.active = line;
    for (const one of this.lines) one.show(one === line);
    line?.say([this.texts.drawing]);
  }

  async press(latlng) {
    if (!this.active) this.take(this.lines.find((line) => !line.rows.length) ?? this.lines[0]);
    const line = this.active;
    const border = this.borders.find((one) => this.isNear(latlng, one));
    line.rows = [...line.rows, toText(border?.lat ?? latlng.lat, border?.lon ?? latlng.lng, 4)];
    const shore = (await this.look())?.find((one) => one.field === line.field.name)?.shore.at(-1);
    if (!border && shore && this.isNear(latlng, shore)) {
      line.rows = [...line.rows.slice(0, -1), toText(shore.lat, shore.lon, 4)];
      await this.look();
    }
  }

  isNear(latlng, { lat, lon }) {
    return this.pixelsBetween(latlng, L.latLng(lat, lon)) <= NEAR_PX;
  }

  pixelsBetween(...latlngs) {
    const [one, other] = latlngs.map((at) => this.sea.map.latLngToContainerPoint(at));
    return one.distanceTo(other);
  }

  // Asks where the lines come to lie, and draws them.
  async look() {
    this.waiting?.abort();
    this.waiting = new AbortController();
    const fields = [...new FormData(this.form)];
    const given = fields.filter(([name, value]) => typeof value === "string" && /^(line-|coast)/.test(name));
    const address = new URL("what-if/lines", new URL(this.root, window.location.href));
    address.searchParams.set("lang", document.documentElement.lang);
    try {
      const asked = { method: "POST", body: new URLSearchParams(given), signal: this.waiting.signal };
      const found = await jsonOf(address, asked, this.texts);
      this.draw(found.lines);
      return found.lines;
    } catch (error) {
      if (error.name === "AbortError") return null;
      const line = this.active ?? this.lines[0];
      line.say([], true);
      line.said.append(...told(this.texts.unchecked, error));
      return null;
    }
  }

  draw(found) {
    this.layer.clearLayers();
    const plain = { pane: "points", interactive: false };
    for (const line of this.lines) {
      const one = found.find(({ field }) => field === line.field.name);
      if (!one) {
        line.say(line === this.active ? [this.texts.drawing] : []);
        continue;
      }
      line.say(one.said, one.is_refused);
      const points = one.positions.map(([lon, lat]) => L.latLng(lat, lon));
      L.polyline(points, { ...plain, className: one.is_refused ? "own-line refused" : "own-line" }).addTo(this.layer);
      for (const at of points) L.circleMarker(at, { ...plain, radius: 5, className: "own-point" }).addTo(this.layer);
    }
    this.sea.map.getContainer().dataset.lines = String(found.length);
  }

  // What is typed may lie outside of what is seen, or be too small there.
  async typed() {
    const found = await this.look();
    const points = found?.flatMap(({ positions }) => positions).map(([lon, lat]) => L.latLng(lat, lon)) ?? [];
    if (points.length < 2) return;
    const { map } = this.sea;
    const box = L.latLngBounds(points);
    const isSmall = this.pixelsBetween(box.getNorthWest(), box.getSouthEast()) < LEAST_PX;
    if (isSmall || !map.getBounds().contains(box)) map.fitBounds(box.pad(1), { animate: false });
  }
}

// The positions of a line, the buttons and what there is to say of it, beside its field.
class Line {
  constructor(field, texts) {
    Object.assign(this, { field, texts });
    this.drawButton = button(texts.draw);
    this.undoButton = button(texts.undo);
    this.said = document.createElement("p");
    this.said.setAttribute("role", "status");
    this.said.className = "said-of-line";
    const tools = document.createElement("p");
    tools.className = "tools";
    tools.append(this.drawButton, this.undoButton);
    field.after(tools, this.said);
  }

  get rows() {
    return this.field.value.split("\n").filter((row) => row.trim());
  }

  set rows(rows) {
    this.field.value = rows.map((row) => `${row}\n`).join("");
  }

  say(sentences, isRefused = false) {
    this.said.textContent = sentences.join(" ");
    this.said.classList.toggle("refused", isRefused);
  }

  show(isActive) {
    this.drawButton.textContent = isActive ? this.texts.finish : this.texts.draw;
    this.drawButton.setAttribute("aria-pressed", String(isActive));
  }
}

function button(text) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  return made;
}

const sketch = document.getElementById("sketch");
if (sketch && L) {
  sketch.hidden = false;
  start(document.getElementById("map"));
}
