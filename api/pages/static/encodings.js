// Bytes as text, in the encoding that the service would find (api/batches/encodings.py).

const HEAD_BYTES = 1024 * 1024;
const SIGNS = new Set([0xb0, 0xa0, 0xb7, 0xab, 0xbb, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x85, 0xba, 0xb4]);

export function decoded(bytes) {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

function encodingOf(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const head = bytes.subarray(0, HEAD_BYTES);
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return "utf-8";
  } catch {
    return encodingOfWindows(head);
  }
}

// Cyrillic letters stand side by side, those of other encodings one by one among those of ASCII.
function encodingOfWindows(head) {
  const isLetter = (byte) => byte >= 0xc0 || byte === 0xa8 || byte === 0xb8;
  const high = head.filter((byte) => byte > 0x7f);
  if (high.every((byte) => SIGNS.has(byte))) return "windows-1252";
  const letters = high.filter(isLetter).length;
  const beside = head.filter((byte, at) => isLetter(byte) && (isLetter(head[at - 1]) || isLetter(head[at + 1]))).length;
  return !high.includes(0x98) && letters > 1 && 2 * beside > letters ? "windows-1251" : "utf-8";
}
