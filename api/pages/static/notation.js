// Positions in degrees and decimal minutes, latitude first, in ASCII digits in every language; and numbers as the
// page's language writes them.

export function toText(lat, lon, decimals = 1) {
  return `${part(lat, "NS", 2, decimals)} ${part(lon, "EW", 3, decimals)}`;
}

function part(value, letters, digits, decimals) {
  const scale = 10 ** decimals;
  // Whole parts of a minute first, so that 59.96 carries into the degrees.
  const count = Math.round(Math.abs(value) * 60 * scale);
  const degrees = Math.floor(count / (60 * scale));
  const minutes = ((count - degrees * 60 * scale) / scale).toFixed(decimals);
  const letter = value < 0 && count ? letters[1] : letters[0];
  return `${String(degrees).padStart(digits, "0")}°${minutes.padStart(3 + decimals, "0")}'${letter}`;
}

export function number(value, decimals = 0) {
  const { lang } = document.documentElement;
  return value.toLocaleString(lang, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

export function ownDigits(text) {
  const { lang } = document.documentElement;
  return text.replace(/\d/g, (digit) => Number(digit).toLocaleString(lang));
}

// A coordinate within a sentence, from left to right whatever stands around it.
export function isolated(text) {
  return `\u2066${text}\u2069`;
}
