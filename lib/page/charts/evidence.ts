import { FOUND, SUSPECTED } from '../../rollout/evidence/strength.ts';
import type { Course } from '../course.ts';
import { clock } from '../figures.ts';
import { type Html, html } from '../html.ts';
import { drawing, Plot } from './plot.ts';
import { lastSecond } from './weight.ts';

const HEIGHT = 150;

/** So many lines are told apart. */
const MOST_LINES = 4;

/** The course of the evidence in one respect. */
export interface EvidenceLine {
  readonly name: string;
  readonly points: readonly { readonly second: number; readonly strength: number }[];
  /** At its strongest. */
  readonly most: number;
}

/** The respects in which the versions are compared, the strongest first. */
export function evidenceLines({ looks }: Pick<Course, 'looks'>): readonly EvidenceLine[] {
  const names = [...new Set(looks.flatMap(({ strengths }) => strengths.map(({ name }) => name)))];
  return names
    .map((name) => {
      const points = looks.flatMap(({ second, strengths }) => {
        const found = strengths.find((each) => each.name === name);
        return found ? [{ second, strength: found.strength }] : [];
      });
      return { name, points, most: Math.max(...points.map(({ strength }) => strength)) };
    })
    .sort((a, b) => b.most - a.most);
}

/** How strong evidence is, in words. */
export function strengthInWords(strength: number): string {
  if (strength >= FOUND) return 'enough to revert';
  if (strength >= SUSPECTED) return 'suspicious';
  return strength >= SUSPECTED / 2 ? 'little' : 'none to speak of';
}

/** The evidence against the candidate over time, on its way to a suspicion and to a revert. Nothing if nothing is compared. */
export function evidenceChart(
  course: Course,
  { width, candidate }: { readonly width: number; readonly candidate: string },
): Html | undefined {
  const lines = evidenceLines(course).slice(0, MOST_LINES);
  const [strongest] = lines;
  if (!strongest) return undefined;
  const plot = new Plot({ width, height: HEIGHT, seconds: lastSecond(course), most: FOUND });
  const at = strongest.points.find(({ strength }) => strength === strongest.most)?.second ?? 0;
  return drawing(
    plot,
    {
      id: 'evidence',
      title: `Evidence against ${candidate}`,
      description: `From none over a suspicion, which prolongs the step, to enough for a revert. At its strongest it was ${strengthInWords(strongest.most)}: ${strongest.name}, at ${clock(at)}.`,
    },
    html`${plot.axes([{ value: 0, words: 'none' }])}${mark(plot, SUSPECTED, 'suspicious: the step goes on', 'asks')}${mark(plot, FOUND, 'enough: it is reverted', 'bad')}${lines
      .toReversed()
      .map(
        ({ points }, index) =>
          html`<path class="line-evidence e${lines.length - 1 - index}" d="M${points.map(({ second, strength }) => `${plot.x(second)} ${plot.y(strength)}`).join('L')}"/>`,
      )}`,
  );
}

const mark = (plot: Plot, strength: number, words: string, tone: string): Html =>
  html`<g class="threshold ${tone}"><path d="M${plot.left} ${plot.y(strength)}H${plot.right}"/><text x="${plot.left + 4}" y="${plot.y(strength) - 5}">${words}</text></g>`;
