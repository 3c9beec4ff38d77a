import type { Format } from './render.js';

interface Choice {
  readonly value: string;
  readonly params: ReadonlyMap<string, string>;
  /** Weight in 0..1; 0 refuses. */
  readonly q: number;
}

/** The entries of an `Accept` or `Accept-Encoding` header; an entry whose weight is no number is left out. */
function choices(header: string): Choice[] {
  return header
    .slice(0, 2048)
    .split(',')
    .map((part): Choice => {
      const [value = '', ...rest] = part.split(';').map(piece => piece.trim().toLowerCase());
      const params = new Map(
        rest.map((piece): [string, string] => {
          const at = piece.indexOf('=');
          return at < 0
            ? [piece, '']
            : [
                piece.slice(0, at).trim(),
                piece
                  .slice(at + 1)
                  .trim()
                  .replaceAll('"', ''),
              ];
        }),
      );
      const q = params.get('q');
      return { value, params, q: q === undefined ? 1 : q === '' ? Number.NaN : Number(q) };
    })
    .filter(choice => choice.value !== '' && choice.q >= 0 && choice.q <= 1);
}

/** The weight of the most specific entry that fits; 0 where none does. */
function weight(list: readonly Choice[], names: readonly string[], version: string | undefined): number {
  for (const name of names) {
    const fitting = list.filter(({ value, params }) => {
      const asked = params.get('version');
      return value === name && (asked === undefined || version === undefined || asked === version);
    });
    if (fitting.length > 0) return Math.max(...fitting.map(choice => choice.q));
  }
  return 0;
}

/**
 * Which format answers an `Accept` header: OpenMetrics 1.0 where it is asked for by name and not less than the older one,
 * else 0.0.4, also for no header, an unknown type or one that refuses both.
 * @see RFC 9110, 12.5.1
 */
export function pickFormat(accept: string | undefined): Format {
  if (accept === undefined) return 'text';
  const list = choices(accept);
  const open = weight(list, ['application/openmetrics-text'], '1.0.0');
  const text = weight(list, ['text/plain', 'text/*', '*/*'], '0.0.4');
  return open > 0 && open >= text ? 'openmetrics' : 'text';
}

/** Whether an `Accept-Encoding` header takes gzip. */
export function acceptsGzip(header: string | undefined): boolean {
  return header !== undefined && weight(choices(header), ['gzip', 'x-gzip', '*'], undefined) > 0;
}
