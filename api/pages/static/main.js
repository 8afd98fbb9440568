// The page works without script; this puts a map in the place of the drawing and answers without a new page.
import { makeMap } from "./geography.js";
import { Asking } from "./asking.js";
import { number, toText } from "./notation.js";
import { addTools } from "./tools.js";

const place = document.getElementById("map");
if (place && window.L) {
  start(place);
}

function start(place) {
  const texts = JSON.parse(place.dataset.texts);
  const said = document.getElementById("said");
  document.getElementById("drawn").hidden = true;
  place.hidden = false;

  const map = makeMap(place, texts);
  const asking = new Asking({ ...place.dataset, edition: place.dataset.kept, said, texts });
  asking.layer = place.dataset.layer;
  asking.onAnswer = (answer) => {
    if (answer.dataset.lon === undefined) map.unpin();
    else map.pinAt(Number(answer.dataset.lat), Number(answer.dataset.lon), true);
  };
  asking.adopt(false);
  const field = document.getElementById("position");

  const askAt = (latlng) => {
    map.pinAt(latlng.lat, latlng.lng);
    field.value = toText(latlng.lat, latlng.lng, map.decimals());
    return asking.ask(field.value);
  };
  map.onPress = askAt;
  map.onEnter = askAt;
  map.onMove = (text) => asking.say(text);
  document.getElementById("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    asking.ask(field.value);
  });
  said.addEventListener("click", (event) => {
    const link = event.target.closest(".examples a, a.button");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    field.value = new URL(link.href).searchParams.get("position");
    asking.ask(field.value);
  });
  window.addEventListener("popstate", () => {
    const asked = new URL(window.location.href).searchParams;
    field.value = asked.get("position") ?? "";
    setLayer(asked.get("layer") ?? "water");
    asking.ask(field.value, { isNew: false });
  });

  const links = [...document.querySelectorAll("#layers a")];
  const setLayer = (layer) => {
    asking.layer = layer;
    map.show(layer);
    for (const link of links) {
      if (link.dataset.layer === layer) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      setLayer(link.dataset.layer);
      window.history.replaceState(null, "", asking.address(asking.asked));
      asking.follow();
    });
  }
  map.show(place.dataset.layer);
  offerPlaceOfDevice(map, askAt, asking, texts);
  addTools(map, asking, texts, place.dataset.root, place.dataset.kept);
}

// The device's place, on a press only and where the address is secure.
function offerPlaceOfDevice(map, askAt, asking, texts) {
  const button = document.getElementById("here");
  if (!window.isSecureContext || !("geolocation" in navigator)) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      async ({ coords }) => {
        const latlng = window.L.latLng(coords.latitude, coords.longitude);
        map.circleAt(latlng, coords.accuracy);
        await askAt(latlng);
        const known = texts.accuracy.replace("{}", number(Math.round(coords.accuracy)));
        asking.note(asking.limitM() < coords.accuracy ? `▲ ${known} ${texts.crosses}` : known);
      },
      () => asking.note(texts.noPlace),
      { enableHighAccuracy: true, timeout: 30000, maximumAge: 10000 },
    );
  });
}
