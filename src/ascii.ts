// Bytes as printable ASCII, which survives any page's charset, nearly a character a byte, so that they compress as well
// as bytes do: base64 would compress to twice, hexadecimal to 4% more.

/** The first character that is used, and the first that a byte stands for. */
export const FIRST_CHARACTER = 32;
/** Of the bytes, turned by some places so that the most frequent come first, this many have a character of their own. */
export const PAGE = 90;
/** Small numbers and the prefix of the SIMD instructions, 0xfd, are the most frequent bytes of a module. */
export const TURN = 4;

/** Takes a character for a byte, and one beyond the page for the number of the page where the next byte stands. */
export function decode(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let start = -TURN;
  for (let i = 0; i < text.length; i++) {
    const place = text.charCodeAt(i) - FIRST_CHARACTER;
    if (place < PAGE) {
      bytes[length++] = start + place;
      start = -TURN;
    } else start += PAGE * (place - PAGE + 1);
  }
  return bytes.slice(0, length);
}
