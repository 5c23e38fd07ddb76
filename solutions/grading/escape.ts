const NAMES: Readonly<Record<string, string>> = {
  '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;',
  '\n': '&#10;', '\r': '&#13;', '\t': '&#9;',
};

/** Text as it may stand in an attribute of XML. */
export function escapeXml(text: string): string {
  return text
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g, '?')
    .replace(/\p{Surrogate}/gu, '?')
    .replace(/[&<>"\n\r\t]/g, (c) => NAMES[c] ?? c);
}
