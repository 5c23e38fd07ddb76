function outcome<T>(run: (input: T) => unknown, input: T): string {
  try {
    return `gives ${JSON.stringify(run(input))}`;
  } catch {
    return 'throws';
  }
}

/** The inputs for which two functions do different things. */
export function tells<T>(
  inputs: readonly T[], right: (input: T) => unknown,
  wrong: (input: T) => unknown,
): T[] {
  return inputs.filter((input) =>
    outcome(right, input) !== outcome(wrong, input));
}
