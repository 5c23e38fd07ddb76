/** The inputs for which two functions do different things. */
export function tells<T>(
  inputs: readonly T[], right: (input: T) => unknown,
  wrong: (input: T) => unknown,
): T[] {
  throw new Error(`yours: ${inputs.length} ${right} ${wrong}`);
}
