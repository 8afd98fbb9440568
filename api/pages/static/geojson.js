// What a GeoJSON text holds: its positions and its lines, those of multiple geometries apart.
import { Fault } from "./faults.js";
import { number } from "./notation.js";

const MOST_LINES = 50; // asked one after the other
const WGS84 = /(CRS84|EPSG::?4326)$/i;

// Whether a text is an object or a list of objects, which no table begins with.
export function isJson(text) {
  return /^\s*(\{|\[\s*\{)/.test(text);
}

export function readGeoJson(text, texts) {
  let found;
  let isElsewhere;
  try {
    const given = JSON.parse(text);
    found = partsOf(given);
    isElsewhere = [given, ...(given.features ?? [])].some((one) => namesOther(one) || namesOther(one.geometry));
  } catch {
    throw new Fault(texts.noGeoJson);
  }
  if (isElsewhere) throw new Fault(texts.otherSystem);
  const { points, lines } = found;
  if (!lines.every(({ coordinates }) => Array.isArray(coordinates) && coordinates.every(isPosition))) {
    throw new Fault(texts.noGeoJson);
  }
  if (!points.length && !lines.length) throw new Fault(texts.noGeometry);
  if (lines.length > MOST_LINES) {
    throw new Fault(texts.manyLines.replace("{}", number(lines.length)).replace("{}", number(MOST_LINES)));
  }
  return found;
}

function isPosition(one) {
  return Array.isArray(one) && one.length > 1 && one.slice(0, 2).every(Number.isFinite);
}

// Whether an old `crs` member is another than the service reads (api/batches/json_sources.py).
function namesOther(one) {
  return Boolean(one?.crs) && !WGS84.test(one.crs.properties?.name);
}

function partsOf(given) {
  const features = given.features ?? [given];
  const [points, lines] = [[], []];
  let others = 0;
  for (const feature of features) {
    const geometry = feature.type === "Feature" ? feature.geometry : feature;
    for (const [type, coordinates] of parts(geometry)) {
      if (type === "Point") points.push({ coordinates, id: feature.id, properties: feature.properties ?? {} });
      else if (type === "LineString") lines.push({ coordinates, name: nameOf(feature) });
      else others += 1;
    }
  }
  return { points, lines, others };
}

// Its single geometries, each with its type and coordinates.
function parts(geometry) {
  const { type, coordinates = [], geometries = [] } = geometry ?? {};
  if (type === "GeometryCollection") return geometries.flatMap(parts);
  if (type === "MultiPoint" || type === "MultiLineString") {
    return coordinates.map((one) => [type.replace("Multi", ""), one]);
  }
  return [[type, coordinates]];
}

function nameOf({ properties, id }) {
  const name = properties?.name ?? id;
  return name === undefined || name === null ? "" : String(name);
}
