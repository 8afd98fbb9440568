// The edition of a what-if on a map, with the lines of the one that it is compared with.
import { makeMap } from "./geography.js";

const section = document.getElementById("compared");
if (section && window.L) {
  section.hidden = false;
  const drawings = document.querySelector(".pair");
  // The drawings that stand there without script, and their key, are for paper alone.
  for (const one of [drawings, drawings.nextElementSibling]) one.classList.add("only-print");
  const place = document.getElementById("map");
  makeMap(place, JSON.parse(place.dataset.texts)).show("water");
}
