import type { Loaders } from './run.ts';

/** What people on call do with rollouts, and pipelines. */
export const onCallCommands: Loaders = {
  status: async () => (await import('./status.ts')).status,
  watch: async () => (await import('./watch.ts')).watch,
  start: async () => (await import('./start.ts')).start,
  approve: async () => (await import('./approve.ts')).approve,
  reject: async () => (await import('./approve.ts')).reject,
  advance: async () => (await import('./advance.ts')).advance,
  hold: async () => (await import('./hold.ts')).hold,
  resume: async () => (await import('./hold.ts')).resume,
  rollback: async () => (await import('./rollback.ts')).rollback,
  history: async () => (await import('./history.ts')).history,
};
