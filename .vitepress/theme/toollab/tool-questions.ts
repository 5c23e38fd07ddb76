// The tools of the book at work, away from the page: modules of the lab's own
// chapter, on a small Node with a disk in memory.
import { diffArrays } from 'diff';
import MarkdownIt from 'markdown-it';
import ts from 'typescript';
import { parse } from 'yaml';
import { bookModules } from '../../../tools/toollab/lab';
import { toolLabs } from '../../../tools/toollab/labs';
import { type Cells, smallNode } from '../../../tools/toollab/small-node';
import type { Asked, ToolDesk } from '../../../tools/toollab/view';
import { compileAnswer } from '../exercises/answer';
import type { DeskReport, DeskRequest } from './protocol';

const tell = (report: DeskReport): void => postMessage(report);

/** Node's timers are objects, and the book's tools wind one up again. */
class Timer {
  private id: number;

  constructor(private readonly act: () => void, private readonly ms: number) {
    this.id = plainly.setTimeout(act, ms);
  }

  refresh(): void {
    this.clear();
    this.id = plainly.setTimeout(this.act, this.ms);
  }

  clear(): void { plainly.clearTimeout(this.id); }
}
const plainly = {
  setTimeout: setTimeout.bind(globalThis) as (act: () => void, ms: number) => number,
  clearTimeout: clearTimeout.bind(globalThis) as (id: number) => void,
};
Object.assign(globalThis, {
  setTimeout: (act: () => void, ms = 0) => new Timer(act, ms),
  clearTimeout: (timer: Timer | undefined) => timer?.clear(),
});

interface Ears {
  readonly hear: (message: unknown) => void;
  readonly gone: () => void;
}
const open = new Map<number, Ears>();
let last = 0;

const cells: Cells = {
  start(order, hear, gone) {
    const cell = last += 1;
    open.set(cell, { hear, gone });
    tell({ tell: 'cell', cell, order });
    return {
      kill() {
        if (open.delete(cell)) tell({ tell: 'kill', cell });
      },
    };
  },
};

let desk: Promise<ToolDesk> | undefined;

async function openDesk(id: string, address: string): Promise<ToolDesk> {
  const lab = toolLabs.find((l) => l.id === id);
  if (!lab) throw new Error(`there is no bench called ${id}`);
  const { title, about, files, tries, commands, choice } = lab;
  tell({ tell: 'opened', lab: {
    id, title, about, files, tries, commands,
    ...(choice ? { choice } : {}),
  } });
  const response = await fetch(address);
  const modules = (await response.json()) as Record<string, string>;
  const node = smallNode(cells, compileAnswer);
  return lab.open(bookModules(modules, node, {
    typescript: ts, 'markdown-it': MarkdownIt, yaml: { parse },
    diff: { diffArrays },
  }), node);
}

async function look(id: number, asked: Asked): Promise<void> {
  try {
    const picture = await (await desk)!.look(asked);
    tell({ tell: 'picture', id, picture });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    tell({ tell: 'failed', id, why });
  }
}

export function receive(request: DeskRequest): void {
  if (request.ask === 'open') desk = openDesk(request.lab, request.modules);
  else if (request.ask === 'look') void look(request.id, request.asked);
  else if (request.ask === 'heard') open.get(request.cell)?.hear(request.message);
  else {
    open.get(request.cell)?.gone();
    open.delete(request.cell);
  }
}
