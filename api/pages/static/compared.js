// The edition of a what-if on a map, with the lines of the one that it is compared with.
import { makeMap } from "./geography.js";

const section = document.getElementById("compared");
if (section && window.L) {
  section.hidden = false;
  const drawings = document.querySelector(".pair");
  drawings.hidden = true; // the drawings that stand there without script, and their key
  drawings.nextElementSibling.hidden = true;
  const place = document.getElementById("map");
  makeMap(place, JSON.parse(place.dataset.texts)).show("water");
}
