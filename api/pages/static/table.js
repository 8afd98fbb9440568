// Tables of text read and written (RFC 4180), in the delimiter that they came in.

const DELIMITERS = [",", ";", "\t", "|"];
export const COMMAS = { delimiter: ",", hasQuotes: true };

// The delimiter that makes most of the header; behind tabs a quote is a letter unless the header has one.
export function dialectOf(text) {
  const width = (delimiter) => parseTable(text, { delimiter, hasQuotes: true }, { mostRows: 1 })[0]?.length ?? 0;
  const delimiter = DELIMITERS.reduce((most, one) => (width(one) > width(most) ? one : most));
  return { delimiter, hasQuotes: delimiter !== "\t" || /^[^\r\n]*"/.test(text) };
}

// A quote that does not begin a cell is a letter; lines with nothing on them are no rows. What begins with a quote and
// is not closed at the end of a cell is told by the number of its line.
export function parseTable(text, { delimiter, hasQuotes }, { mostRows = Infinity, onOpenQuote = () => {} } = {}) {
  const rows = [];
  const ends = new RegExp(`[${delimiter}\r\n]`, "g");
  let row = [];
  let at = 0;
  while (at < text.length && rows.length < mostRows) {
    const isQuoted = hasQuotes && text[at] === '"';
    const [cell, after] = isQuoted ? quotedCell(text, at + 1) : ["", at];
    ends.lastIndex = after;
    const end = ends.exec(text)?.index ?? text.length;
    if (isQuoted && (after > text.length || end > after)) onOpenQuote(text.slice(0, at).split(/\r\n|\r|\n/).length);
    row.push(cell + text.slice(after, end));
    at = end + (text.startsWith("\r\n", end) ? 2 : 1);
    if (text[end] === delimiter) continue;
    if (row.length > 1 || row[0] !== "" || isQuoted) rows.push(row);
    row = [];
  }
  if (row.length) rows.push([...row, ""]);
  return rows;
}

// What stands in quotes, of which two are a letter, and where it ends.
function quotedCell(text, begin) {
  let cell = "";
  let at = begin;
  for (;;) {
    const close = text.indexOf('"', at);
    if (close < 0) return [cell + text.slice(at), text.length + 1];
    cell += text.slice(at, close);
    if (text[close + 1] !== '"') return [cell, close + 1];
    cell += '"';
    at = close + 2;
  }
}

export function toRow(cells, { delimiter, hasQuotes } = COMMAS) {
  const isSpecial = (cell) => /[",;\t|\r\n]/.test(cell) || (cell === "" && cells.length === 1);
  const written = (cell) => (hasQuotes && isSpecial(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return cells.map(written).join(delimiter);
}
