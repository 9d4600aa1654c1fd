/** Why a sentence breaks the house rule of prose in CONTRIBUTING.md. */
export interface Fault {
  readonly rule: string;
  readonly sentence: string;
}

/** Sentences of a page: its paragraphs, list items and table cells, without headings, code and links' targets. */
export function sentencesIn(markdown: string): string[] {
  const lines = markdown
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .split('\n')
    .filter(
      (line, index, all) =>
        !/^(#|\|[ :|-]+\|$|(?: {4}|\t)\S)/.test(line) && !/^\|[ :|-]+\|$/.test(all[index + 1] ?? ''),
    );
  const paragraphs: string[] = [];
  let paragraph = '';
  const finish = () => {
    if (paragraph) paragraphs.push(paragraph);
    paragraph = '';
  };
  for (const line of lines) {
    const cells = line.startsWith('|') ? line.slice(1, -1).split('|') : undefined;
    if (line.trim() === '' || cells || /^\s*([-*]|\d+\.) /.test(line)) finish();
    if (cells) paragraphs.push(...cells);
    else paragraph = `${paragraph} ${line}`;
  }
  finish();
  return paragraphs.map(plain).flatMap(split);
}

/** Sentences of a plain text, such as a command's summary. */
export const split = (text: string): string[] =>
  text
    .split(/(?<=[.?!:])\s+(?=[A-Z])/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');

/** A paragraph as it is spoken: code and quoted words are a word, a link its text, and marks are gone. */
const plain = (paragraph: string): string =>
  paragraph
    .replace(/^\s*([-*]|\d+\.) /, '')
    .replaceAll(/`[^`]*`|"[^"]*"/g, 'Code')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/\*+/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** "where" as an indirect question or a place: "shows where a rollout stands", "keeps it where it is". */
const PLACE =
  /\b(says?|shows?|tells?|sees?|knows?|finds?|asks?) where\b|\b(keeps?|holds?|leaves?|stays?|remains?)\b[^,;:]* where (it|they) (is|are|was|were)\b/gi;

/** "that" as a conjunction or a demonstrative. Everywhere else it is taken for a relative pronoun. */
const CONJUNCTION =
  /\b(so|such|now|in|of|on|at|to|for|from|by|with|after|before|than|like|and|or|but|says?|said|sees?|means?|knows?|holds?|checks?|proves?|shows?|tells?|finds?|states?|trusts?|assumes?|ensures?|sure|fact|do|does|delete|deletes|know|by) that\b|\bthat (one|is|way|time|version|stack|rollout|alias|alarm|function|moment|case|step)\b(?! (which|who))/gi;

/** The rules that a machine can check, each with the part of the sentence that breaks it. */
const rules: Readonly<Record<string, (sentence: string) => boolean>> = {
  'no "what", "where" or "whoever" as a subject': (sentence) =>
    !sentence.endsWith('?') &&
    /^(What|Whatever|Where|Wherever|Who|Whoever|Whom|Whichever)\b|; (what|whatever|who|whoever|whichever)\b/.test(
      sentence,
    ),
  'no "where" for "if"': (sentence) =>
    !sentence.endsWith('?') && /\bwhere\b/i.test(sentence.replaceAll(PLACE, '').replace(/^Where\b/, '')),
  'no two relative clauses in a row': (sentence) =>
    sentence
      .replaceAll(CONJUNCTION, '')
      .split(/[,;:().]|\b(?:and|or|but|if|when|because|while|until|unless|after|before)\b/)
      .some((clause) => (clause.match(/\b(that|which|who|whose)\b/gi) ?? []).length > 1),
};

/** The rules that a sentence breaks. */
export const faultsOf = (sentence: string): Fault[] =>
  Object.entries(rules)
    .filter(([, isBroken]) => isBroken(sentence))
    .map(([rule]) => ({ rule, sentence }));
