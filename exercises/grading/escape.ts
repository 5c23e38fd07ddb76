/** Text as it may stand in an attribute of XML. */
export function escapeXml(text: string): string {
  return text;
}
