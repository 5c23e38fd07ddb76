// The learner's module is compiled in the page, its types only taken off; the
// book's modules come compiled.
import { transform } from 'sucrase';

export function compileAnswer(path: string, text: string): string {
  const { code } = transform(text, {
    transforms: ['typescript', 'imports'], filePath: path,
    disableESTransforms: true, preserveDynamicImport: true,
  });
  return early(text) + code;
}

/** Exported functions exist before a module's first line, also for those
 * whose loading made it load. */
function early(text: string): string {
  const names = [...text.matchAll(/^export function (\w+)/gm)].map((m) => m[1]);
  return names.map((name) => `exports.${name} = ${name};`).join('');
}
