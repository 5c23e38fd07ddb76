export function counters(): { cons: number; prod: number } {
  return { cons: 0, prod: 8192 };
}
