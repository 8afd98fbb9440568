// Numbers as the page's language writes them.

export function number(value, decimals = 0) {
  const { lang } = document.documentElement;
  return value.toLocaleString(lang, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

export function ownDigits(text) {
  const { lang } = document.documentElement;
  return text.replace(/\d/g, (digit) => Number(digit).toLocaleString(lang));
}
