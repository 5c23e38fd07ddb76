// What more than one bench begins with.

/** The first chapter of a small book. */
export const PROCESSOR = `# A processor

It counts, and that is all.

\`\`\`ts new=src/cpu.ts
export class Cpu {
  pc = 0;
  // <<state>>

  step(): void {
    this.pc += 1;
  }
}
\`\`\`
`;
