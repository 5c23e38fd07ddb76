// The teacher's three courses, planned from the minutes of the chapters.
import { readBook } from '../book.ts';
import { type Course, readCourses } from '../courses.ts';

declare const data: Course[];
export { data };

export default {
  watch: ['../../chapters/*.md', '../../chapters/contents.yaml'],
  load: (): Course[] => readCourses(readBook()),
};
