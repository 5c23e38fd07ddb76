// The validation code that the book shows, by chapter, and its refusals.
import { readdirSync, readFileSync } from 'node:fs';
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
  segments: [
    'src/xen/x86/descriptors.ts', 'src/xen/x86/gdt.ts', 'src/xen/x86/ldt.ts',
    'src/xen/x86/guest-segment.ts', 'src/xen/x86/context.ts', 'src/xen/x86/callbacks.ts',
    'src/xen/x86/traps.ts', 'src/xen/x86/bounce.ts', 'src/xen/x86/iret.ts',
    'src/xen/x86/emulate.ts', 'src/xen/x86/guest-code.ts', 'src/xen/x86/registers.ts',
    'src/xen/x86/physdev.ts',
  ],
  memory: [
    'src/xen/common/memory.ts', 'src/xen/common/exchange.ts',
    'src/xen/common/destroy.ts', 'src/xen/x86/frames.ts',
  ],
  control: [
    'src/xen/common/domctl.ts', 'src/xen/common/vcpu-op.ts', 'src/xen/common/sched-op.ts',
    'src/xen/common/console-io.ts', 'src/xen/common/version.ts',
    'src/xen/common/vm-assist.ts',
  ],
};

/** Files in which the same shapes of code refuse nothing to a guest. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'src/xen/first.ts': 'an example that runs a guest',
  'src/xen/handmade.ts': 'an example that makes page tables by hand',
  'src/xen/common/program.ts': 'what domain 0 in TypeScript calls, and no guest',
  'src/xen/common/sched.ts': 'says who is to run, and answers no request',
};

/** Files of the hypervisor with a refusal that no list is about. */
export function unlisted(root: string): string[] {
  const known = new Set([...Object.values(VALIDATION).flat(), ...Object.keys(ELSEWHERE)]);
  const files = ['src/xen', 'src/xen/common', 'src/xen/x86'].flatMap((folder) =>
    readdirSync(join(root, folder)).filter((name) => /(?<!\.test)\.ts$/.test(name))
      .map((name) => `${folder}/${name}`));
  const texts = new Map(files.map((f) => [f, readFileSync(join(root, f), 'utf8')]));
  const throwing = throwingFunctions(texts);
  return files.filter((f) => !known.has(f)
    && refusalsOf(f, texts.get(f)!, throwing).length > 0);
}

/** chapter → its refusals, in the order of the files. */
export function listRefusals(root: string): Map<string, Refusal[]> {
  const text = (file: string): string => readFileSync(join(root, file), 'utf8');
  const files = Object.values(VALIDATION).flat();
  const throwing = throwingFunctions(new Map(files.map((f) => [f, text(f)])));
  return new Map(Object.entries(VALIDATION).map(([slug, own]) =>
    [slug, own.flatMap((file) => refusalsOf(file, text(file), throwing))]));
}
