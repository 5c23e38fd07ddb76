import { attacks, attempt, newScene } from './all.ts';

// How many attacks end with each result, by chapter.
const scene = newScene();
for (const [chapter, list] of Object.entries(attacks)) {
  const results = new Map<string, number>();
  for (const attack of list) {
    const { rc, reached } = attempt(scene, attack);
    const how = reached ?? `refused with ${rc}`;
    results.set(how, (results.get(how) ?? 0) + 1);
  }
  console.log(`${chapter}: ${list.length} attacks`);
  for (const [how, n] of results) console.log(`  ${n} ${how}`);
}
