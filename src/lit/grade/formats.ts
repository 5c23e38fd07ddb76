import type { CheckGrade, ExerciseGrade, Grade } from './grade.ts';

/** A number of points from hundredths. */
const points = (hundredths: number): number => hundredths / 100;
const seconds = (ms: number): number => ms / 1000;

function sum(
  grade: Grade, of: (exercise: ExerciseGrade) => number,
): number {
  return grade.exercises.reduce((all, e) => all + of(e), 0);
}

/** Gradescope's `results.json`. Tests that students have not seen stay
 * hidden, and so does what the grader prints. */
export function toGradescope(grade: Grade): object {
  const { submission, edition, refused } = grade;
  return {
    score: points(sum(grade, (e) => e.score)),
    execution_time: Math.ceil(seconds(sum(grade, (e) => e.ms))),
    output: refused ?? grade.exercises.map(inWords).join('\n'),
    output_format: 'text', test_output_format: 'text',
    test_name_format: 'text', visibility: 'visible',
    stdout_visibility: 'hidden', extra_data: { submission, edition },
    tests: grade.exercises.flatMap((exercise, i) =>
      exercise.checks.map((check, k) =>
        toGradescopeTest(exercise, check, `${i + 1}.${k + 1}`))),
  };
}

/** JUnit's XML: a suite for each answer, a case for each test. */
export function toJUnit(grades: readonly Grade[]): string {
  const suites = grades.flatMap((grade) => grade.refused === undefined
    ? grade.exercises.map((e) => suiteOf(grade, e))
    : [refusedSuite(grade, grade.refused)]);
  const checks = grades.flatMap((g) => g.exercises)
    .flatMap((e) => e.checks);
  const failures = checks.filter((c) => !c.passed).length;
  const errors = grades.filter((g) => g.refused !== undefined).length;
  const time = seconds(grades.reduce((all, grade) =>
    all + sum(grade, (e) => e.ms), 0));
  const tests = checks.length + errors;
  const head = attributes(
    { name: 'ringfence', tests, failures, errors, time });
  return ['<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${head}>`, ...suites, '</testsuites>', ''].join('\n');
}

function toGradescopeTest(
  exercise: ExerciseGrade, check: CheckGrade, number: string,
): object {
  const hidden = check.kind === 'hidden';
  return {
    number, name: `${exercise.id}: ${check.name}`,
    score: points(check.score), max_score: points(check.maxScore),
    status: check.passed ? 'passed' : 'failed',
    output: check.passed ? '' : clean(check.message),
    visibility: hidden ? 'hidden' : 'visible',
    tags: [exercise.id, check.kind],
    extra_data: { exercise: exercise.id, guard: check.guard },
  };
}

/** What GitHub Classroom's reporter reads from an environment variable:
 * one test for each exercise, as JSON in base64. */
export function toClassroom(grade: Grade): string {
  const tests = grade.exercises.map((exercise) => ({
    name: exercise.id, score: points(exercise.score),
    status: exercise.score === exercise.maxScore ? 'pass'
      : exercise.state === 'broken' ? 'error' : 'fail',
    message: visibleFailures(exercise), test_code: exercise.title,
    filename: `my/${exercise.id}`, line_no: 0,
    execution_time: `${seconds(exercise.ms)}s`,
  }));
  const all = tests.length > 0
    && tests.every((t) => t.status === 'pass');
  const status = grade.refused !== undefined ? 'error'
    : all ? 'pass' : 'fail';
  const result = {
    version: 1, status, tests,
    max_score: points(sum(grade, (e) => e.maxScore)),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(result));
  const text = Array.from(bytes, (b) => String.fromCharCode(b));
  return btoa(text.join(''));
}

/** Classroom's older `autograding.json`: a command for each exercise,
 * whose exit code is the verdict. */
export function toAutograding(
  exercises: readonly { id: string; title: string; points: number }[],
): object {
  return {
    tests: exercises.map((exercise) => ({
      name: exercise.id, setup: '',
      run: `npm run -s grade -- . --strict --exercise ${exercise.id}`,
      input: '', output: '', comparison: 'included', timeout: 5,
      points: exercise.points,
    })),
  };
}

/** Our own format: everything that is known, points as numbers. */
export function toJson(
  grades: readonly Grade[], complete: boolean,
): object {
  return {
    format: 'ringfence-grade', version: 1, complete,
    submissions: grades.map((grade) => ({
      ...grade, score: points(sum(grade, (e) => e.score)),
      maxScore: points(sum(grade, (e) => e.maxScore)),
      exercises: grade.exercises.map((exercise) => ({
        ...exercise, score: points(exercise.score),
        maxScore: points(exercise.maxScore),
        checks: exercise.checks.map((check) => ({
          ...check, score: points(check.score),
          maxScore: points(check.maxScore),
        })),
      })),
    })),
  };
}

/** An answer's result in a line. */
export function inWords(exercise: ExerciseGrade): string {
  const { id, score, maxScore, note } = exercise;
  const why = note === undefined ? '' : ` (${clean(note)})`;
  return `${id}: ${points(score)} of ${points(maxScore)}${why}`;
}

/** Text that any format can carry, and not too much of it. */
function clean(text: string): string {
  return text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g, '?')
    .slice(0, 2000).replace(/\p{Surrogate}/gu, '?');
}

function visibleFailures(exercise: ExerciseGrade): string {
  const lines = exercise.checks
    .filter((c) => !c.passed && c.kind !== 'hidden')
    .filter((c) => c.message !== exercise.note)
    .map((c) => `${c.name}: ${clean(c.message).split('\n')[0] ?? ''}`);
  return [...exercise.note ? [clean(exercise.note)] : [], ...lines]
    .join('\n');
}

function attributes(
  values: Readonly<Record<string, string | number>>,
): string {
  return Object.entries(values).map(([key, value]) =>
    ` ${key}="${escapeXml(String(value))}"`).join('');
}

/** Text as it may stand in an attribute of XML. */
function escapeXml(text: string): string {
  const names: Record<string, string> = {
    '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;',
    '\n': '&#10;', '\r': '&#13;', '\t': '&#9;',
  };
  return clean(text).replace(/[&<>"\n\r\t]/g, (c) => names[c] ?? c);
}

function suiteOf(grade: Grade, exercise: ExerciseGrade): string {
  const { checks, id, ms } = exercise;
  const failed = checks.filter((c) => !c.passed).length;
  const name = `${grade.submission}: ${id}`;
  const head = attributes({
    name, tests: checks.length, failures: failed, errors: 0,
    skipped: 0, time: seconds(ms),
  });
  const classname = `${grade.submission}.${id.replace('/', '.')}`;
  const cases = checks.map((check) =>
    caseOf(classname, check, exercise.state));
  return [`  <testsuite${head}>`, ...cases, '  </testsuite>']
    .join('\n');
}

function caseOf(
  classname: string, check: CheckGrade, type: string,
): string {
  const { name, message, passed } = check;
  const own = attributes({ classname, name, time: 0 });
  if (passed) return `    <testcase${own}/>`;
  const failure = attributes({ message, type });
  return `    <testcase${own}><failure${failure}/></testcase>`;
}

function refusedSuite(grade: Grade, refused: string): string {
  const { submission: name } = grade;
  const head = attributes({
    name, tests: 1, failures: 0, errors: 1, skipped: 0, time: 0,
  });
  const own = attributes({ classname: name, name: 'edition', time: 0 });
  const message = attributes({ message: refused, type: 'edition' });
  return [`  <testsuite${head}>`,
    `    <testcase${own}><error${message}/></testcase>`,
    '  </testsuite>'].join('\n');
}
