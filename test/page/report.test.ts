import { describe, expect, it } from 'vitest';
import { type ReportPage, report } from '../../lib/page/report/report.ts';
import { aCourse } from './a-course.ts';

const page = (changes: Partial<ReportPage> = {}): ReportPage => ({
  kind: 'Rehearsal',
  title: 'checkout:live',
  versions: { stable: '41', candidate: '42' },
  verdict: { words: 'Rolled back', tone: 'bad', reason: 'Alarm errors is in ALARM' },
  figures: [{ name: 'Failed requests', value: '30', note: 'of 3,000' }],
  about: [{ name: 'Seed', value: '1' }],
  course: aCourse(),
  members: [{ name: 'prices:live', stable: '7', candidate: '8', requests: null, remark: 'left out' }],
  signals: [{ name: 'http-5xx', stable: '0.2 %', candidate: '1.1 %' }],
  approvals: [{ second: 60, weight: 40, verdict: 'approved', by: 'ann', comment: 'looks good' }],
  notes: ['42 has the code of 41'],
  comparison: {
    seeds: 1,
    strategies: [{ name: 'This policy', excessFailures: 3, faultToRevert: 60, toFullTraffic: null, rolledBack: 1 }],
  },
  source: { heading: 'The scenario', text: '{}' },
  madeBy: 'sluice',
  ...changes,
});

describe('a report', () => {
  it('tells the end with its reason, the figures, every event and every verdict', () => {
    const text = report(page());
    for (const told of [
      'Rolled back',
      'Alarm errors is in ALARM',
      'of 3,000',
      'preflight passed',
      'alarm errors',
      'http-5xx',
      'prices:live',
      'This policy',
      'looks good',
    ]) {
      expect(text).toContain(told);
    }
  });

  it('is one file that loads nothing, runs nothing and forbids both to the browser', () => {
    const text = report(page());
    expect(text).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|\bhref=|url\(|@import|https?:|\son\w+=/i);
    expect(text).toContain("default-src 'none'");
  });

  it('leaves out the parts that have nothing to tell', () => {
    const nothing = {
      members: [],
      signals: [],
      approvals: [],
      notes: [],
      about: [],
      comparison: undefined,
      source: undefined,
    };
    const text = report(page({ ...nothing, course: aCourse({ events: [], looks: [], steps: [] }) }));
    const headings = [...text.matchAll(/<h2>([^<]*)/g)].map(([, heading]) => heading);
    expect(headings).toEqual(['Course']);
    expect(text).not.toContain('undefined');
  });

  it('keeps every text from outside text, however hostile and long', () => {
    const evil = `"'><script>alert(1)</script>${'x'.repeat(10_000)}`;
    const course = aCourse();
    const text = report(
      page({
        title: evil,
        versions: { stable: evil, candidate: evil },
        verdict: { words: evil, tone: 'bad', reason: evil },
        figures: [{ name: evil, value: evil, note: evil }],
        about: [{ name: evil, value: evil }],
        course: {
          ...course,
          events: [{ second: 1, event: evil, weight: 10, reason: evil }],
          steps: course.steps.map((step) => ({ ...step, verdict: evil })),
          looks: course.looks.map((look) => ({ ...look, strengths: [{ name: evil, strength: 0.4 }] })),
        },
        members: [{ name: evil, stable: evil, candidate: evil, requests: null, remark: evil }],
        signals: [{ name: evil, stable: evil, candidate: evil }],
        approvals: [{ second: 1, weight: 1, verdict: evil, by: evil, comment: evil }],
        notes: [evil],
        source: { heading: evil, text: evil },
        madeBy: evil,
      }),
    );
    expect(text).not.toContain('<script');
    expect(text).not.toMatch(/="[^"]*"'/);
    expect(text.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(20);
  });
});
