// The program with the attacks, compiled for `Modules`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { Modules } from '../modules.ts';
import { without, type Refusal } from './refusals.ts';
import { variantOf } from './variant.ts';
import type { Attack, Scene, Verdict } from '../../src/xen/attacks/rig.ts';

const ENTRY = 'src/xen/attacks/all.ts';

export function compile(path: string, text: string): string {
  return ts.transpileModule(text, {
    fileName: path,
    compilerOptions: {
      module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: false,
    },
  }).outputText;
}

/** Every module that the attacks reach, as JavaScript, by path. */
export function compileProgram(root: string): Record<string, string> {
  const files: Record<string, string> = {};
  const visit = (path: string): void => {
    if (files[path] !== undefined) return;
    const code = compile(path, readFileSync(join(root, path), 'utf8'));
    files[path] = code;
    for (const [, name] of code.matchAll(/require\("(\.[^"]+)"\)/g)) {
      visit(join(path, '..', name!).replaceAll('\\', '/'));
    }
  };
  visit(ENTRY);
  return files;
}

export interface Arena {
  readonly attacks: Attacks;
  /** Runs an attack on the program without these lines. */
  run(attack: string, removed: readonly Refusal[]): Verdict;
}

type Attacks = Readonly<Record<string, readonly Attack[]>>;

interface Entry {
  attacks: Attacks;
  newScene(): Scene;
  attempt(scene: Scene, attack: Attack): Verdict;
}

/** Where attacks run, on the program as it is or without some lines. */
export function openArena(root: string): Arena {
  const files = compileProgram(root);
  const base = new Modules(files);
  const { newScene, attacks } = base.load(ENTRY) as unknown as Entry;
  const scene = newScene();
  const entries = new Map<string, Entry>();
  const entryOf = (removed: readonly Refusal[]): Entry => {
    const key = removed.map((r) => r.id).join();
    const known = entries.get(key);
    if (known) return known;
    const changed: Record<string, string> = {};
    for (const file of new Set(removed.map((r) => r.file))) {
      const last = removed.filter((r) => r.file === file)
        .sort((a, b) => b.start - a.start);
      const text = readFileSync(join(root, file), 'utf8');
      changed[file] = compile(file, last.reduce(without, text));
    }
    const modules = variantOf(base, files, changed);
    const entry = modules.load(ENTRY) as unknown as Entry;
    if (entries.size > 8) entries.clear();
    entries.set(key, entry);
    return entry;
  };
  return {
    attacks,
    run(name, removed) {
      const entry = entryOf(removed);
      const attack = Object.values(entry.attacks).flat().find((a) => a.name === name);
      if (!attack) throw new Error(`there is no attack “${name}”`);
      return entry.attempt(scene, attack);
    },
  };
}
