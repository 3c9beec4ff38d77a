import { relative, sep } from 'node:path';
import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

/** Where a source makes regular expressions. */
export interface ExpressionSites {
  /** The literals, as they stand. */
  readonly literals: readonly { readonly file: string; readonly source: string; readonly flags: string }[];
  /** How often a file calls the constructor: what it is given is known only when it runs. */
  readonly made: ReadonlyMap<string, number>;
}

/**
 * Every regular expression that the files of a project write down or make, by its syntax tree.
 * @param folder of the `tsconfig.json`
 * @param wanted says of a file, by its path in the project, whether it counts
 */
export function findExpressions(folder: string, wanted: (file: string) => boolean): ExpressionSites {
  const literals: ExpressionSites['literals'][number][] = [];
  const made = new Map<string, number>();
  const api = new API({ cwd: folder });
  try {
    const [project] = api.updateSnapshot({ openProjects: [`${folder}/tsconfig.json`] }).getProjects();
    if (project === undefined) throw new Error(`no project in ${folder}`);
    for (const path of project.rootFiles) {
      const file = relative(folder, path).split(sep).join('/');
      if (!wanted(file)) continue;
      const visit = (node: Node): void => {
        const text = node.kind === SyntaxKind.RegularExpressionLiteral ? node.getText() : undefined;
        if (text !== undefined) {
          const end = text.lastIndexOf('/');
          literals.push({ file, source: text.slice(1, end), flags: text.slice(end + 1) });
        }
        if (makes(node)) made.set(file, (made.get(file) ?? 0) + 1);
        node.forEachChild(visit);
      };
      const source = project.program.getSourceFile(path);
      if (source === undefined) throw new Error(`${file} cannot be read`);
      visit(source);
    }
  } finally {
    api.close();
  }
  return { literals, made };
}

/** `new RegExp(..)` and `RegExp(..)`. */
function makes(node: Node): boolean {
  if (node.kind !== SyntaxKind.NewExpression && node.kind !== SyntaxKind.CallExpression) return false;
  const { expression } = node as Node & { readonly expression: Node };
  return expression.kind === SyntaxKind.Identifier && expression.getText() === 'RegExp';
}

/** A regular expression that was made while the program ran, and the place in a file that made it. */
export interface MadeExpression {
  readonly source: string;
  readonly flags: string;
  /** Path or address of the file, with line and column. */
  readonly place: string;
}

/**
 * Notes every call of the constructor `RegExp` of this process.
 * @returns the notes, and the function that ends it
 */
export function recordMadeExpressions(): { readonly made: readonly MadeExpression[]; stop(): void } {
  const made: MadeExpression[] = [];
  const original = globalThis.RegExp;
  const note = (expression: RegExp): RegExp => {
    const place = /\((?:file:\/\/)?(\/[^)]{1,1000}:\d+:\d+)\)|at (?:file:\/\/)?(\/.{1,1000}:\d+:\d+)$/.exec(
      (new Error().stack ?? '').split('\n')[3] ?? '',
    );
    made.push({ source: expression.source, flags: expression.flags, place: place?.[1] ?? place?.[2] ?? '' });
    return expression;
  };
  globalThis.RegExp = new Proxy(original, {
    construct: (target, args, newTarget) => note(Reflect.construct(target, args, newTarget) as RegExp),
    apply: (target, self, args) => note(Reflect.apply(target, self, args) as RegExp),
  });
  return {
    made,
    stop: () => {
      globalThis.RegExp = original;
    },
  };
}
