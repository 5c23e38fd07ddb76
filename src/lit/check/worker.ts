import { startVitest } from 'vitest/node';
import type { Reporter, TestModule } from 'vitest/node';
import type { FromWorker, TestFailure, ToWorker } from './vitest.ts';

/** Runs test files with vitest, in a process of its own, so that an
 * endless loop can be ended from outside. */
function send(message: FromWorker): void {
  process.send?.(message);
}

interface Stacked {
  readonly message: string;
  readonly stacks?: readonly {
    file: string; line: number; column: number;
  }[];
}

function toFailure(
  name: string, errors: readonly unknown[],
): TestFailure {
  const [error] = errors as readonly (Stacked | undefined)[];
  const frames = (error?.stacks ?? []).map((frame) => ({
    file: frame.file, line: frame.line, col: frame.column,
  }));
  return { name, message: error?.message ?? 'failed', frames };
}

function failuresOf(module: TestModule): TestFailure[] {
  const found: TestFailure[] = [];
  const outer = module.errors();
  if (outer.length > 0) found.push(toFailure('', outer));
  for (const test of module.children.allTests()) {
    const result = test.result();
    if (result.state !== 'failed') continue;
    found.push(toFailure(test.fullName, result.errors));
  }
  return found;
}

const reporter: Reporter = {
  onTestModuleStart(module) {
    send({ kind: 'start', file: module.moduleId });
  },
  onTestModuleEnd(module) {
    const states = [...module.children.allTests()]
      .map((test) => test.result().state);
    send({
      kind: 'end', file: module.moduleId,
      failures: failuresOf(module),
      passed: states.filter((s) => s === 'passed').length,
      skipped: states.filter((s) => s === 'skipped').length,
      ms: module.diagnostic().duration,
    });
  },
  onTestRunEnd(_modules, errors) {
    for (const error of errors) {
      const { VITEST_TEST_PATH: file = '' } =
        error as { VITEST_TEST_PATH?: string };
      const failures = [toFailure('outside of any test', [error])];
      const none = { passed: 0, skipped: 0, ms: 0 };
      send({ kind: 'end', file, failures, ...none });
    }
  },
};

process.once('message', (message: ToWorker) => {
  void run(message).then(() => {
    send({ kind: 'done' });
    process.disconnect();
  });
});

async function run({ root, files }: ToWorker): Promise<void> {
  const vitest = await startVitest('test', [], {
    root, config: false, watch: false, reporters: [reporter],
    include: [...files], exclude: ['**/node_modules/**'],
    pool: 'threads', maxWorkers: 2, testTimeout: 120_000,
    passWithNoTests: true,
  });
  await vitest.close();
}
