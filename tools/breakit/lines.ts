// The validation code that the book shows, by chapter, and its refusals.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Refusal, refusalsOf, throwingFunctions } from './refusals.ts';

/** Which files hold the validation code that a chapter explains. */
export const VALIDATION: Readonly<Record<string, readonly string[]>> = {
  'direct-paging': [
    'src/xen/x86/mm.ts', 'src/xen/x86/pt-update.ts', 'src/xen/x86/mmu-update.ts',
    'src/xen/x86/mmuext.ts', 'src/xen/x86/va-mapping.ts',
  ],
  'event-channels': ['src/xen/common/event.ts'],
  'grant-tables': ['src/xen/common/grant.ts', 'src/xen/x86/grant.ts'],
  hypercalls: [
    'src/xen/x86/guest-pointer.ts', 'src/xen/x86/walk.ts',
    'src/xen/common/guest-access.ts', 'src/xen/common/domain.ts',
    'src/xen/common/frames.ts', 'src/xen/common/hypercall.ts',
    'src/xen/common/multicall.ts',
  ],
};

/** chapter → its refusals, in the order of the files. */
export function listRefusals(root: string): Map<string, Refusal[]> {
  const text = (file: string): string => readFileSync(join(root, file), 'utf8');
  const files = Object.values(VALIDATION).flat();
  const throwing = throwingFunctions(new Map(files.map((f) => [f, text(f)])));
  return new Map(Object.entries(VALIDATION).map(([slug, own]) =>
    [slug, own.flatMap((file) => refusalsOf(file, text(file), throwing))]));
}
