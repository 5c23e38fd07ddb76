// The instructor's guide: a page for each chapter, made from its solutions
// file. It is no part of the reader's navigation or search.
import { docsOf } from '../src/lit/book.ts';
import { type Exercise, exercisesOf } from '../src/lit/exercises.ts';
import { pointsOf } from '../src/lit/grade/points.ts';
import { currentModel } from './page-model.ts';

export interface Page {
  params: { slug: string };
  content: string;
}

/** One page for each chapter that has solutions. */
export function instructorPages(): Page[] {
  return solutionPages((slug) => [
    `[To the guide](../instructor.md) · [to the chapter](../${slug}.md)`, '',
  ]);
}

/** The same, with lines of one's own under the heading. */
export function solutionPages(
  links: (slug: string) => string[] = () => [],
): Page[] {
  const { program } = currentModel();
  const all = exercisesOf(program);
  return program.book.chapters.flatMap((chapter) => {
    const { slug, title, solutions } = chapter;
    const own = all.filter((e) => e.slug === slug);
    if (!solutions || own.length === 0) return [];
    const lines = [
      `# Solutions: ${title}`, '',
      ...links(slug), ...tableOf(own), '', ...bodyOf(solutions.lines),
    ];
    return [{ params: { slug }, content: lines.join('\n') }];
  });
}

function tableOf(exercises: Exercise[]): string[] {
  return [
    '| Exercise | Its name for the tools | Points | Replaces | Must fail |',
    '|---|---|---|---|---|',
    ...exercises.map((e) => `| ${e.title} | \`${e.id}\` | ${pointsOf(e)} | ${
      e.replaces ? `\`${e.replaces.symbol}\`` : '–'} | ${
      [...e.wrong.keys()].join('; ')} |`),
  ];
}

/** The file without its heading; each block with a line that says what it
 * is, since a wrong solution looks much like a right one. */
function bodyOf(lines: readonly string[]): string[] {
  const start = lines.findIndex((l) => l.startsWith('# '));
  return lines.slice(start + 1).flatMap((line) => {
    const wrong = /^```(\w+) wrong=\S+ name="([^"]*)"/.exec(line);
    if (wrong) {
      return [`**Must fail:** ${wrong[2]}`, '', `\`\`\`${wrong[1]}`];
    }
    const right = /^```(\w+) solution=(\S+)/.exec(line);
    if (right) return [`**Solution** of \`${right[2]}\``, '', `\`\`\`${right[1]}`];
    return [line];
  });
}

/** The main text of every chapter, for the slides. */
export function chapterTexts(): { slug: string; title: string; question: string; lines: readonly string[] }[] {
  return currentModel().program.book.chapters.map((chapter) => ({
    slug: chapter.slug, title: chapter.title,
    question: String(docsOf(chapter)[0]?.front['question'] ?? ''),
    lines: chapter.main.lines,
  }));
}
