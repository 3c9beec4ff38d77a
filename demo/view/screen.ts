import { fit } from './style.js';

/** Shows lines that change and lines that stay. */
export interface Screen {
  /** Replaces what the last `show` drew. */
  show(lines: readonly string[]): void;
  /** Adds lines that stay, above the view. */
  note(text: string): void;
  /** Leaves the last view standing and gives the cursor back. */
  end(): void;
}

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_BELOW = '\u001b[0J';

/** A view that is redrawn in place, on a terminal. */
export function createTerminalScreen(out: (text: string) => void, columns: () => number): Screen {
  let drawn: readonly string[] = [];
  let began = false;
  const back = (): string => (drawn.length === 0 ? '' : `\u001b[${drawn.length}A\r`);
  const draw = (above: string, lines: readonly string[]): void => {
    const cursor = began ? '' : HIDE_CURSOR;
    began = true;
    const body = lines.map(line => `${fit(line, columns())}\n`).join('');
    out(`${cursor}${back()}${CLEAR_BELOW}${above}${body}`);
    drawn = lines;
  };
  return {
    show: lines => draw('', lines),
    note: text => draw(`${text}\n`, drawn),
    end: () => {
      if (began) out(SHOW_CURSOR);
      began = false;
      drawn = [];
    },
  };
}
