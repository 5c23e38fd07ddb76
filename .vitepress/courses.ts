// Three ways through the book and what each takes, week by week, from the
// minutes in the chapters' front matter. Which chapters a course has stands
// in chapters/contents.yaml.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { chaptersDir, type ChapterInfo } from './book.ts';

interface Cut {
  title: string;
  about: string;
  unit: string;
  units: number;
  exercises: boolean;
  chapters?: string[];
  without?: string[];
}

export interface Portion {
  slug: string;
  title: string;
  /** Reading, and exercises where the course has them. */
  minutes: number;
  /** Not the chapter's first portion. */
  continued: boolean;
}

export interface Course {
  title: string;
  about: string;
  unit: string;
  reading: number;
  exercises: number;
  /** One list for each day or week. */
  units: Portion[][];
}

/** The courses of contents.yaml; throws where one names no chapter. */
export function readCourses(book: ChapterInfo[], dir = chaptersDir): Course[] {
  const text = readFileSync(join(dir, 'contents.yaml'), 'utf8');
  const { courses = [] } = parse(text) as { courses?: Cut[] };
  return courses.map((cut) => planCourse(book, cut));
}

export function planCourse(book: ChapterInfo[], cut: Cut): Course {
  const { title, about, unit, units, exercises, chapters, without = [] } = cut;
  const body = book.filter((c) => !c.appendix);
  for (const slug of [...(chapters ?? []), ...without]) {
    if (body.some((c) => c.slug === slug)) continue;
    throw new Error(`contents.yaml: the course "${title}" names ${slug}, which is no chapter`);
  }
  const taken = body.filter((c) =>
    chapters ? chapters.includes(c.slug) : !without.includes(c.slug));
  const sum = (of: (c: ChapterInfo) => number): number =>
    taken.reduce((all, c) => all + of(c), 0);
  return {
    title, about, unit,
    reading: sum((c) => c.minutes - c.exerciseMinutes),
    exercises: exercises ? sum((c) => c.exerciseMinutes) : 0,
    units: intoUnits(taken.map((c) => ({
      slug: c.slug, title: c.title, continued: false,
      minutes: exercises ? c.minutes : c.minutes - c.exerciseMinutes,
    })), units),
  };
}

/** Cuts the chapters into units of equal length; one that does not fit goes
 * on in the next. What would be less than a quarter of an hour stays. */
export function intoUnits(chapters: Portion[], units: number): Portion[][] {
  const total = chapters.reduce((sum, c) => sum + c.minutes, 0);
  const plan: Portion[][] = Array.from({ length: units }, () => []);
  let spent = 0;
  let unit = 0;
  for (const chapter of chapters) {
    let { minutes, continued } = chapter;
    while (minutes > 0) {
      const room = total * (unit + 1) / units - spent;
      const last = unit === units - 1;
      if (room < 15 && !last) {
        unit += 1;
        continue;
      }
      const now = last || minutes - room < 15 ? minutes : Math.round(room);
      plan[unit]!.push({ ...chapter, minutes: now, continued });
      spent += now;
      minutes -= now;
      continued = true;
    }
  }
  return plan;
}
