// Large work of the page, cut so that the reader's keys come in between: each
// who waits here goes on in a task of its own, and the page is drawn before.
const waiting: (() => void)[] = [];

/** Resolves when all who came before have had their turn. */
export function turn(): Promise<void> {
  return new Promise((go) => {
    waiting.push(go);
    if (waiting.length === 1) afterDrawing();
  });
}

/** What an animation frame puts off comes after its picture. */
function afterDrawing(): void {
  requestAnimationFrame(() => { setTimeout(next); });
}

function next(): void {
  waiting.shift()?.();
  if (waiting.length > 0) afterDrawing();
}
