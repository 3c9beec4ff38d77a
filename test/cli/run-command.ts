import type { Command, CommandIo } from '../../cli/command.js';

/** Runs a command in this process and gives its exit code and what it wrote. */
export async function runCommand(command: Command, args: readonly string[], env: CommandIo['env'] = {}) {
  let out = '';
  let err = '';
  const io: CommandIo = {
    out: text => {
      out += text;
    },
    err: text => {
      err += text;
    },
    env,
    colour: false,
  };
  return { code: await command.run(args, io), out, err };
}
