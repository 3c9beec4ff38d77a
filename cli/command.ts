/** Where a command reads and writes: injected, so that tests see what a person sees. */
export interface CommandIo {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True when `out` is a terminal that takes colours. */
  readonly colour: boolean;
  /** The size of the terminal behind `out`; absent where it is none. */
  readonly terminal?: () => { readonly columns: number; readonly rows: number };
}

/** 0 fine, 1 the check failed, 2 wrong use or cannot run. */
export type ExitCode = 0 | 1 | 2;

export interface Command {
  readonly name: string;
  /** One line for the table of commands. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly usage: string;
  run(args: readonly string[], io: CommandIo): Promise<ExitCode>;
}
