// The program with some of its files changed: an instance of its own that
// shares what no removal touches with the instance it is compared with.
import { Modules } from '../modules.ts';

/** The machine, the processor, the ABI. */
const SHARED = /^src\/(machine|x86|xen\/public)\//;

type Texts = Readonly<Record<string, string>>;

/** @param files the program, path → CommonJS text; `base` runs it whole */
export function variantOf(base: Modules, files: Texts, changed: Texts): Modules {
  return new Modules(
    { ...files, ...changed }, { shared: { of: base, paths: SHARED } });
}
