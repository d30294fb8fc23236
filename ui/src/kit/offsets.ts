/** The core counts a text in bytes of UTF-8, the browser in units of UTF-16. */

const units = (letter: string) => letter.length;
const bytes = (letter: string) => {
  const code = letter.codePointAt(0) ?? 0;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
};

/** The place in the browser's text of a byte. */
export function unitAt(text: string, byte: number): number {
  let at = 0;
  let passed = 0;
  for (const letter of text) {
    if (passed >= byte) break;
    passed += bytes(letter);
    at += units(letter);
  }
  return at;
}

/** The byte of a place in the browser's text. */
export function byteAt(text: string, unit: number): number {
  let at = 0;
  let passed = 0;
  for (const letter of text) {
    if (passed >= unit) break;
    passed += units(letter);
    at += bytes(letter);
  }
  return at;
}

/** The text with `span` (bytes) replaced. */
export function replaced(text: string, [from, to]: readonly [number, number], by: string): string {
  return text.slice(0, unitAt(text, from)) + by + text.slice(unitAt(text, to));
}
