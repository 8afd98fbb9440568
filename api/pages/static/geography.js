// The map: zones or sectors, lines by their status, names, graticule, scale, and the pin.
import { number, toText } from "./notation.js";

const L = window.L;
const SEA = [[35.8, 46.6], [47.3, 54.9]];
const REACH = L.latLngBounds([[30, 38], [53, 64]]);
// Degrees that drawn lines may lie off, by the least zoom that they serve: less than 0.3 pixel at 47 degrees north,
// to which the map library adds up to 0.71, for it draws to whole pixels.
const OFFSETS = [[10.5, 0.0001], [9.5, 0.0002], [8.5, 0.0005], [7.5, 0.001], [6, 0.002], [0, 0.005]];
const EDGE_PX = 12; // between a name and the edge or its place
const DASHES = { agreed: null, agreed_reconstructed: "9 3 2 3", provisional: "6 4", claimed: "2 4" };
const LAYERS = {
  water: ["zones", "baselines", "limits", "boundaries", "installations"],
  seabed: ["sectors", "sector_boundaries", "installations"],
};
// What is drawn besides of an edition that the one shown is compared with.
const COMPARED = { water: ["limits", "boundaries"], seabed: ["sector_boundaries"] };

const Miles = L.Control.Scale.extend({
  _updateMetric(metres) {
    const most = metres / 1852;
    const shown = most >= 1 ? this._getRoundNum(most) : Math.floor(most * 10) / 10 || 0.1;
    this._mScale.dir = "auto"; // the map runs from left to right in every language
    this._updateScale(this._mScale, this.options.miles.replace("{}", number(shown, shown < 1 ? 1 : 0)), shown / most);
  },
});

export function makeMap(place, texts) {
  return new SeaMap(place, texts);
}

class SeaMap {
  constructor(place, texts) {
    this.texts = texts;
    this.root = place.dataset.root;
    this.edition = place.dataset.edition;
    this.before = place.dataset.before;
    this.loaded = new Map();
    this.named = new Map(); // paths of areas, with what is drawn by them
    this.onPress = this.onEnter = () => {};
    this.onMove = this.sayIn(place.parentElement);
    const map = L.map(place, {
      keyboard: false, zoomControl: false, doubleClickZoom: false, zoomSnap: 0.5, minZoom: 4.5, maxZoom: 11,
      maxBounds: REACH, fadeAnimation: false,
    });
    this.map = map;
    this.showWholeSea();
    map.attributionControl.setPrefix(false).addAttribution(place.dataset.attribution);
    for (const [name, order] of [["areas", 300], ["grid", 320], ["lines", 340], ["names", 360], ["points", 380]]) {
      map.createPane(name).style.zIndex = order;
    }
    const zoom = L.control.zoom({ position: "topright", zoomInTitle: texts.zoomIn, zoomOutTitle: texts.zoomOut });
    this.offerWholeSea(zoom.addTo(map).getContainer());
    new Miles({ imperial: false, maxWidth: 190, miles: texts.miles }).addTo(map);
    this.names(JSON.parse(place.dataset.places), JSON.parse(place.dataset.towns));
    this.graticule = L.layerGroup().addTo(map);
    this.drawGraticule();
    map.on("moveend", () => this.drawGraticule());
    map.on("resize", () => this.drawGraticule());
    map.on("zoomend", () => this.show(this.layer));
    // Tooltips listen for focus, which makes each path a stop of the Tab key; the map alone is one.
    map.on("layeradd", ({ layer }) => layer instanceof L.Path && layer.getElement()?.setAttribute("tabindex", "-1"));
    map.on("click", (event) => this.onPress(event.latlng));
    this.followPointer(document.getElementById("pointer"));
    place.addEventListener("keydown", (event) => this.onKey(event));
  }

  // What tells listeners where the pin is, for a page that has no better place for it.
  sayIn(section) {
    const said = L.DomUtil.create("p", "unseen", section);
    said.setAttribute("role", "status");
    return (text) => {
      said.textContent = text;
    };
  }

  showWholeSea() {
    this.map.invalidateSize({ animate: false, pan: false });
    this.map.fitBounds(SEA, { padding: [4, 4], animate: false });
  }

  // A square for paper that shows some bounds. Gives what takes the map back to the screen.
  toPaper(bounds) {
    const { map } = this;
    const [center, zoom, place] = [map.getCenter(), map.getZoom(), map.getContainer()];
    const setPaper = (isOn) => {
      place.classList.toggle("on-paper", isOn);
      map.invalidateSize({ animate: false, pan: false });
    };
    setPaper(true);
    map.fitBounds(bounds, { padding: [24, 24], animate: false });
    return () => {
      setPaper(false);
      map.setView(center, zoom, { animate: false });
    };
  }

  offerWholeSea(controls) {
    const button = L.DomUtil.create("a", "whole-sea", controls);
    const attributes = { href: "#", role: "button", title: this.texts.wholeSea, "aria-label": this.texts.wholeSea };
    for (const [name, value] of Object.entries(attributes)) button.setAttribute(name, value);
    L.DomEvent.disableClickPropagation(button);
    L.DomEvent.on(button, "click", (event) => {
      L.DomEvent.preventDefault(event);
      this.showWholeSea();
    });
  }

  // Decimals of a minute that a pixel deserves.
  decimals() {
    const minutes = (360 * 60) / (256 * 2 ** this.map.getZoom());
    return Math.min(4, Math.max(1, Math.ceil(-Math.log10(minutes)) + 1));
  }

  pinAt(lat, lon, moves = false) {
    const at = L.latLng(lat, lon);
    if (!this.pin) {
      const icon = L.divIcon({ className: "pin", iconSize: null });
      this.pin = L.marker(at, { icon, interactive: false, keyboard: false, alt: "" }).addTo(this.map);
    }
    this.pin.setLatLng(at);
    if (moves && REACH.contains(at) && !this.map.getBounds().contains(at)) this.map.panTo(at, { animate: false });
  }

  unpin() {
    for (const mark of [this.pin, this.circle]) mark?.remove();
    this.pin = this.circle = undefined;
  }

  circleAt(latlng, metres) {
    this.circle?.remove();
    this.circle = L.circle(latlng, { radius: metres, pane: "points", className: "accuracy", interactive: false });
    this.circle.addTo(this.map);
    this.map.fitBounds(latlng.toBounds(Math.max(20000, 4 * metres)), { animate: false });
  }

  onKey(event) {
    const step = event.shiftKey ? 40 : 8;
    const moves = { ArrowUp: [0, -step], ArrowDown: [0, step], ArrowLeft: [-step, 0], ArrowRight: [step, 0] };
    if (event.target !== this.map.getContainer()) return;
    if (event.key in moves) {
      const from = this.pin?.getLatLng() ?? this.map.getCenter();
      const to = this.map.unproject(this.map.project(from).add(moves[event.key])); // not by whole pixels
      this.pinAt(to.lat, to.lng, true);
      this.pointer.textContent = toText(to.lat, to.lng, this.decimals());
      this.pointer.hidden = false;
      this.onMove([this.pointer.textContent, this.nameAt(to)].filter(Boolean).join(" · "));
    } else if (event.key === "Enter") {
      this.onEnter(this.pin?.getLatLng() ?? this.map.getCenter());
    } else if (event.key === "+" || event.key === "-") {
      this.map.setZoom(this.map.getZoom() + (event.key === "+" ? 1 : -1));
    } else {
      return;
    }
    event.preventDefault();
  }

  // Shows the name of the area at a place, as a pointer over it does. Gives it, or nothing where none is seen.
  nameAt(latlng) {
    const { left, top } = this.map.getContainer().getBoundingClientRect();
    const { x, y } = this.map.latLngToContainerPoint(latlng);
    const path = document.elementsFromPoint(left + x, top + y).find((one) => this.named.has(one));
    this.tipped?.closeTooltip();
    this.tipped = this.named.get(path)?.openTooltip(latlng);
    return path?.getAttribute("aria-label");
  }

  followPointer(pointer) {
    this.pointer = pointer;
    this.map.on("mousemove", ({ latlng }) => {
      pointer.hidden = false;
      pointer.textContent = toText(latlng.lat, latlng.lng, this.decimals());
    });
    this.map.on("mouseout", () => {
      pointer.hidden = true;
    });
  }

  names(places, towns) {
    const put = (lat, lon, kind, text) => {
      const name = document.createElement("span");
      name.textContent = text;
      const icon = L.divIcon({ className: `label ${kind}`, html: name, iconSize: null });
      return L.marker([lat, lon], { icon, interactive: false, keyboard: false, pane: "names" }).addTo(this.map);
    };
    this.put = put;
    this.labels = [];
    for (const [state, [lon, lat]] of Object.entries(places)) {
      this.labels.push({ marker: put(lat, lon, "state", this.texts.states[state]) });
    }
    for (const { lat, lon, side, name } of towns) {
      this.labels.push({ marker: put(lat, lon, `town ${side}`, name), side });
    }
  }

  // Names that an edge would cut stand inside of it: of States beside their place, of towns on the other side, as
  // they do where the scale would cover them.
  settleNames() {
    const { x: width } = this.map.getSize();
    const scale = this.map.getContainer().querySelector(".leaflet-control-scale").getBoundingClientRect();
    for (const { marker, side } of this.labels) {
      const { x } = this.map.latLngToContainerPoint(marker.getLatLng());
      const name = marker.getElement().firstElementChild;
      const long = name.offsetWidth + EDGE_PX;
      if (side) {
        const isLeft = side === "left" ? x > long : x + long > width && x > long;
        marker.getElement().classList.toggle("left", isLeft);
        if (overlap(name.getBoundingClientRect(), scale)) marker.getElement().classList.toggle("left");
      } else {
        const isSeen = x > -long / 2 && x < width + long / 2;
        const inside = Math.min(Math.max(x, long / 2), width - long / 2);
        name.style.left = `${isSeen ? inside - x : 0}px`;
      }
    }
    return this.labels.map(({ marker }) => marker.getElement().firstElementChild.getBoundingClientRect());
  }

  drawGraticule() {
    const names = this.settleNames();
    const putDegree = (lat, lon, text) => {
      const label = this.put(lat, lon, "degree", text);
      this.graticule.addLayer(label);
      const box = label.getElement().firstElementChild.getBoundingClientRect();
      if (names.some((name) => overlap(name, box))) this.graticule.removeLayer(label);
    };
    const box = this.map.getBounds();
    const zoom = this.map.getZoom();
    const step = zoom >= 9 ? 0.25 : zoom >= 7.5 ? 0.5 : zoom >= 6.5 ? 1 : 2;
    const size = this.map.getSize();
    // Numbers stand inside the edges, clear of the controls.
    const top = this.map.containerPointToLatLng([0, 18]).lat;
    const left = this.map.containerPointToLatLng([2, 0]).lng;
    this.graticule.clearLayers();
    const line = (points) =>
      L.polyline(points, { pane: "grid", className: "graticule", interactive: false }).addTo(this.graticule);
    const said = (value, letter) => {
      const minutes = Math.round((value % 1) * 60);
      return `${Math.floor(value)}°${minutes ? `${String(minutes).padStart(2, "0")}'` : ""}${letter}`;
    };
    for (let lon = Math.ceil(box.getWest() / step) * step; lon < box.getEast(); lon += step) {
      line([[box.getSouth(), lon], [box.getNorth(), lon]]);
      const x = this.map.latLngToContainerPoint([top, lon]).x;
      if (x > 185 && x < size.x - 85) putDegree(top, lon, said(lon, "E"));
    }
    for (let lat = Math.ceil(box.getSouth() / step) * step; lat < box.getNorth(); lat += step) {
      line([[lat, box.getWest()], [lat, box.getEast()]]);
      const y = this.map.latLngToContainerPoint([lat, left]).y;
      if (y > 60 && y < size.y - 50) putDegree(lat, left, said(lat, "N"));
    }
  }

  // Shows the water or the seabed, as finely as the zoom deserves.
  async show(layer) {
    this.layer = layer;
    if (!layer) return;
    const zoom = this.map.getZoom();
    const offset = OFFSETS.find(([least]) => zoom >= least)[1];
    const wanted = `${layer} ${offset}`;
    this.wanted = wanted;
    const group = this.loaded.get(wanted) ?? (await this.load(layer, offset));
    this.loaded.set(wanted, group);
    if (this.wanted !== wanted || this.shown === group) return;
    this.shown?.remove();
    this.shown = group.addTo(this.map);
    this.map.getContainer().dataset.drawn = wanted;
  }

  async load(layer, offset) {
    // Of the whole sea the baseline is the edge of the zones; it weighs much.
    const names = LAYERS[layer].filter((name) => name !== "baselines" || this.before || offset <= 0.001);
    const drawn = names.map((name) => [name, this.edition, ""]);
    // What was before lies under what is: where both run the same course, the latter alone is seen.
    if (this.before) drawn.unshift(...COMPARED[layer].map((name) => [name, this.before, "before"]));
    const collections = await Promise.all(drawn.map(([name, edition]) => this.collection(name, offset, edition)));
    const group = L.layerGroup();
    const courses = new Set(collections.flatMap(({ features }, at) => (drawn[at][2] ? [] : features.map(courseOf))));
    collections.forEach((features, at) => {
      const [name, , when] = drawn[at];
      L.geoJSON(features, {
        filter: (feature) => !when || !courses.has(courseOf(feature)), // what has not moved is drawn once
        pane: name === "zones" || name === "sectors" ? "areas" : "lines",
        smoothFactor: 0,
        style: ({ properties }) => styleOf(name, properties, when),
        onEachFeature: (feature, made) => when || this.name(name, feature.properties, made),
      }).addTo(group);
    });
    return group;
  }

  async collection(name, offset, edition) {
    const address = new URL(`downloads/${edition}/${name}.geojson`, new URL(this.root, window.location.href));
    address.searchParams.set("max-allowable-offset", String(offset));
    let answer = await fetch(address);
    if (answer.status === 400) {
      address.search = ""; // the whole, where the service does not simplify
      answer = await fetch(address);
    }
    if (!answer.ok) return { type: "FeatureCollection", features: [] }; // an edition without the collection
    return answer.json();
  }

  // Hover, and arrow keys over areas, name what lies there and its status.
  name(collection, properties, drawn) {
    const { texts } = this;
    let text = properties.name ?? "";
    if (collection === "zones") {
      text = `${this.zoneName(properties.zone, properties.state)}: ${texts.zoneStatus[properties.status] ?? properties.status}`;
    } else if (collection === "boundaries" || collection === "sector_boundaries") {
      text = `${properties.states.split("-").map((one) => texts.states[one]).join(" - ")}: `;
      text += texts.lineStatus[properties.status] ?? properties.status;
    } else if (collection === "sectors") {
      text = `${texts.sector.replace("{}", texts.states[properties.state])}: ${texts.zoneStatus[properties.status] ?? properties.status}`;
    } else if (collection === "installations") {
      text = texts.installations[text] ?? text;
    } else if (collection === "baselines") {
      text = texts.baseline.replace("{}", texts.states[properties.state]);
    }
    if (!text) return;
    drawn.bindTooltip(() => plain(text), { sticky: true, direction: "top", offset: [0, -8] });
    if (collection !== "zones" && collection !== "sectors") return;
    drawn.on("add", () => {
      const path = drawn.getElement();
      this.named.set(path, drawn);
      for (const [name, value] of [["role", "img"], ["aria-label", text]]) path.setAttribute(name, value);
    });
    drawn.on("remove", () => this.named.delete(drawn.getElement()));
  }

  zoneName(zone, state) {
    const named = this.texts.zones[zone] ?? zone;
    if (!state) return named;
    return this.texts.zoneOfState.replace("{zone}", named).replace("{state}", this.texts.states[state] ?? state);
  }
}

function overlap(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

function courseOf({ geometry }) {
  return JSON.stringify(geometry);
}

function plain(text) {
  const part = document.createElement("span");
  part.textContent = text;
  return part;
}

function styleOf(collection, { zone, state, status, kind }, when) {
  if (collection === "zones") return { className: `zone ${zone} ${state ?? ""}`, stroke: false, fillOpacity: 1 };
  if (collection === "sectors") return { className: `zone sector ${state}`, stroke: false, fillOpacity: 1 };
  if (collection === "limits") return { className: `edge ${zone} ${when}`, interactive: false };
  if (collection === "baselines") return { className: `edge baseline ${kind}`, interactive: kind !== "normal" };
  if (collection === "installations") return { className: "installation", interactive: true };
  return { className: `boundary ${status} ${when}`, dashArray: DASHES[status], interactive: !when };
}
