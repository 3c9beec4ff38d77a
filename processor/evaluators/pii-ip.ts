import { type Finder, type Found, isWordUnit, search } from './finder.js';

const V4 = /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/g;
const V6 = /[0-9a-f]{1,4}:[0-9a-f:]{3,34}/gi;
/** A number of four parts that is no address. */
const NOT_AN_ADDRESS =
  /(?:\b(?:version|release|build|ver|rev|revision|firmware|driver|section|chapter|clause|sdk|v)\b|§)[\s:.#]{0,3}$/i;
const ADDRESS = /(?:\bip|_ip|address|addr|host|server|client|from|login|ping|visitor|proxy)\b[^\d]{0,16}$/i;
/** Everybody's: resolvers. */
const PUBLIC_SERVICE = /^(?:8\.8\.(?:8\.8|4\.4)|1\.(?:1\.1\.1|0\.0\.1)|9\.9\.9\.9|208\.67\.22[02]\.22[02])$/;
/** Outlines have small numbers only. */
const OUTLINE_MOST = 20;

/** Addresses of the public internet; those of a machine itself or of any home network name nobody. */
export const findAddresses: Finder = text => {
  const found = text.includes('.') ? search(text, V4, match => readV4(text, match)) : [];
  return text.includes(':') ? [...found, ...search(text, V6, match => readV6(text, match))] : found;
};

function readV4(text: string, match: RegExpExecArray): Found | undefined {
  const start = match.index;
  const address = match[0];
  const end = start + address.length;
  const before = text.charAt(start - 1);
  if (isWordUnit(text.charCodeAt(start - 1)) || before === '.' || before === '-' || isWordUnit(text.charCodeAt(end)))
    return undefined;
  const after = text.charAt(end);
  if ((after === '.' || after === '-') && isWordUnit(text.charCodeAt(end + 1))) return undefined;
  // A network, not a machine.
  if (after === '/' && /\d/.test(text.charAt(end + 1))) return undefined;
  const parts = address.split('.');
  const bytes = parts.map(Number);
  if (bytes.some((byte, i) => byte > 255 || String(byte) !== parts[i])) return undefined;
  if (!isPublicV4(bytes) || PUBLIC_SERVICE.test(address)) return undefined;
  const words = text.slice(Math.max(0, start - 40), start);
  if (NOT_AN_ADDRESS.test(words)) return undefined;
  if (bytes.every(byte => byte < OUTLINE_MOST) && !ADDRESS.test(words)) return undefined;
  return { kind: 'ip', start, end, confidence: 0.9 };
}

function isPublicV4([a = 0, b = 0, c = 0, d = 0]: readonly number[]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 169 && b === 254) return false;
  if (a === 172 && b >= 16 && b <= 31) return false;
  if (a === 192 && b === 168) return false;
  if (a === 100 && b >= 64 && b <= 127) return false;
  // The name of a network, or its mask.
  return !(b === 0 && c === 0 && d === 0) && a !== 255;
}

function readV6(text: string, match: RegExpExecArray): Found | undefined {
  const start = match.index;
  const before = text.charAt(start - 1);
  if (isWordUnit(text.charCodeAt(start - 1)) || before === ':' || before === '.') return undefined;
  const address = match[0].replace(/:$/, '');
  const end = start + address.length;
  if (isWordUnit(text.charCodeAt(end)) || !isV6(address)) return undefined;
  if (/^(?:f[cdef]|0{0,4}:)/i.test(address)) return undefined;
  return { kind: 'ip', start, end, confidence: 0.9 };
}

/** Eight groups, or fewer around one `::`; not the eight bytes of a hardware address. */
function isV6(address: string): boolean {
  const halves = address.split('::');
  if (halves.length > 2 || !/\d/.test(address)) return false;
  const groups = halves.flatMap(half => (half === '' ? [] : half.split(':')));
  if (groups.some(group => !/^[0-9a-f]{1,4}$/i.test(group))) return false;
  if (halves.length === 2) return groups.length >= 3 && groups.length <= 7;
  return groups.length === 8 && groups.some(group => group.length !== 2);
}
