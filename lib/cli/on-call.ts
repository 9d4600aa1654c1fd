import type { Loaders } from './run.ts';

/** The commands with which people on call and pipelines operate rollouts. */
export const onCallCommands: Loaders = {
  status: async () => (await import('./commands/status.ts')).status,
  watch: async () => (await import('./commands/watch.ts')).watch,
  start: async () => (await import('./commands/start.ts')).start,
  approve: async () => (await import('./commands/approve.ts')).approve,
  reject: async () => (await import('./commands/approve.ts')).reject,
  advance: async () => (await import('./commands/advance.ts')).advance,
  hold: async () => (await import('./commands/hold.ts')).hold,
  resume: async () => (await import('./commands/hold.ts')).resume,
  rollback: async () => (await import('./commands/rollback.ts')).rollback,
  history: async () => (await import('./commands/history.ts')).history,
  report: async () => (await import('./commands/report.ts')).report,
};
