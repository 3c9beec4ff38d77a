import type { Figures } from './figures.js';
import { renderLine, renderView, type Scene } from './render.js';
import { createTerminalScreen } from './screen.js';
import type { Style } from './style.js';

/** Shows a person how the demo goes. */
export interface Presenter {
  update(figures: Figures, scene: Scene): void;
  /** Says something once. */
  note(text: string): void;
  end(): void;
}

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
}

/** A view that is redrawn once a second; notes stand above it. */
export function terminalPresenter(out: (text: string) => void, terminal: () => Terminal, style: Style): Presenter {
  const screen = createTerminalScreen(out, () => terminal().columns);
  return {
    // A view higher than the terminal could not be drawn over.
    update: (figures, scene) => screen.show(renderView(figures, scene, style).slice(0, terminal().rows - 1)),
    note: text => screen.note(text),
    end: () => screen.end(),
  };
}

/** Seconds between two lines of a log. */
const EVERY = 5;

/** A line every few seconds, for a log or a pipe. */
export function linePresenter(out: (text: string) => void): Presenter {
  let due = 0;
  return {
    update(figures, scene) {
      if (scene.elapsed < due) return;
      due = scene.elapsed + EVERY - 0.5;
      out(`${renderLine(figures, scene)}\n`);
    },
    note: text => out(`${text}\n`),
    end: () => undefined,
  };
}
