import type { Course } from './course.ts';

/** So many looks and events are drawn in a small space. */
const MOST_LOOKS = 60;
const MOST_EVENTS = 40;

/** A course with no more looks and events than a small chart can show: every so many looks, and the latest events. */
export function thinned(course: Course): Course {
  const every = Math.ceil(course.looks.length / MOST_LOOKS);
  const last = course.looks.length - 1;
  return {
    ...course,
    looks: course.looks.filter((_, index) => (last - index) % Math.max(1, every) === 0),
    events: course.events.slice(-MOST_EVENTS),
  };
}
