const SCHEME = 'data:';
/** Between the scheme and the comma of a `data:` address, at most. */
const MAX_HEADER = 200;
const HEADER = /^[^\s"'\\]*$/;
const KIND = /^[a-z]{1,20}\/[a-z0-9.+-]{1,80}$/i;
const DATA = /[A-Za-z0-9+/=_%-]*/y;
/** Shorter data is no picture. */
const MIN_DATA = 64;
/** Nobody writes words of this length; a run is tried from its start only, so that the search stays linear. */
const RUN = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{2048,}={0,2}/g;
const LINES = /(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{60,76}\r?\n){20,}[A-Za-z0-9+/]{0,76}={0,2}/g;

const mark = (kind: string, length: number): string => `[${kind}, ${Math.floor((length * 3) / 4)} bytes]`;

/** A text without the pictures, sounds and files that stand in it as base 64; a mark of kind and size stands for each. */
export function withoutBytes(text: string): string {
  const bare = withoutAddresses(text);
  if (bare.length < 1200) return bare;
  return bare.replace(RUN, run => mark('base64', run.length)).replace(LINES, lines => mark('base64', lines.length));
}

function withoutAddresses(text: string): string {
  let out = '';
  let from = 0;
  for (let at = text.indexOf(SCHEME); at >= 0; at = text.indexOf(SCHEME, at + 1)) {
    const start = at + SCHEME.length;
    const header = text.slice(start, start + MAX_HEADER).split(',', 1)[0] as string;
    const data = start + header.length + 1;
    if (text[data - 1] !== ',' || !HEADER.test(header)) continue;
    DATA.lastIndex = data;
    const { length } = DATA.exec(text)?.[0] ?? '';
    if (length < MIN_DATA) continue;
    const kind = header.split(';', 1)[0] as string;
    out += text.slice(from, at) + mark(KIND.test(kind) ? kind : 'data', length);
    from = data + length;
    at = from - 1;
  }
  return from === 0 ? text : out + text.slice(from);
}
