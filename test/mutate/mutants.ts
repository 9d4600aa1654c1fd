import type { Edit } from './edit.ts';
import { mutators } from './mutators/all.ts';
import { bare, childrenOf, type Node, parse } from './node.ts';
import { isWording } from './text.ts';

/** One change of one file that the tests should notice. */
export interface Mutant extends Edit {
  /** Where it stands and what it does, whatever the file is called and whatever line it is in: unique within its file. */
  readonly name: string;
  /** Relative to the package, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly mutator: string;
  /** The named functions, classes and constants around it, outermost first: `create.observe`. */
  readonly within: string;
  /** What is replaced, on one line. */
  readonly before: string;
}

export interface Mutants {
  readonly mutants: readonly Mutant[];
  /** How many pieces of wording were left as they are. */
  readonly wordings: number;
}

/** Every change of a file that a mutator knows, in the order of the source. */
export function mutantsOf(file: string, source: string): Mutants {
  const mutants: Mutant[] = [];
  const names = new Map<string, number>();
  let wordings = 0;

  visit(parse(source), undefined, []);
  return { mutants, wordings };

  function visit(node: Node, parent: Node | undefined, around: readonly string[]): void {
    if (isWording(node)) {
      wordings++;
      return;
    }
    const name = nameOf(node);
    const within = name ? [...around, name] : around;
    for (const [mutator, editsAt] of Object.entries(mutators)) {
      for (const edit of editsAt({ node, parent, source })) add(mutator, edit, within.join('.'));
    }
    for (const child of childrenOf(node)) visit(child, node, within);
  }

  function add(mutator: string, edit: Edit, within: string): void {
    const before = onOneLine(source.slice(edit.start, edit.end));
    const change = `${within}: ${before} -> ${onOneLine(edit.after)}`;
    const nth = (names.get(change) ?? 0) + 1;
    names.set(change, nth);
    const line = source.slice(0, edit.start).split('\n').length;
    mutants.push({ ...edit, name: nth === 1 ? change : `${change} (${nth})`, file, line, mutator, within, before });
  }
}

/** The source with one change in it. */
export const applied = (source: string, { start, end, after }: Edit): string =>
  `${source.slice(0, start)}${after}${source.slice(end)}`;

export const onOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The name that a function, class, method or constant gives to what is in it. */
function nameOf(node: Node): string | undefined {
  if (NAMING.has(node.type)) return node.id?.name;
  if (node.type === 'MethodDefinition' || node.type === 'PropertyDefinition') return node.key && bare(node.key).name;
  return undefined;
}

const NAMING = new Set(['FunctionDeclaration', 'ClassDeclaration', 'VariableDeclarator']);
