// Chapters in order, for the title page and the schedule.
import { type ChapterInfo, readBook } from '../book.ts';

declare const data: ChapterInfo[];
export { data };

export default {
  watch: ['../../chapters/*.md', '../../chapters/contents.yaml'],
  load: (): ChapterInfo[] => readBook(),
};
