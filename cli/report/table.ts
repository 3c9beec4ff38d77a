import { type Content, type Html, html } from './html.js';

export interface TableOptions {
  readonly caption: string;
  readonly head: readonly Content[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly Content[])[];
}

/** A table with a caption and headings of columns and rows, in a box that scrolls by keyboard too. */
export function table({ caption, head, rows }: TableOptions): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption>
<thead><tr>${head.map(cell => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map(([first, ...cells]) => html`<tr><th scope="row">${first}</th>${cells.map(cell => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>`;
}
