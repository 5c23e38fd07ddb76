// Messages between a page and the worker in which a bench of the book's tools
// has its modules. Cells are workers of the page's: one that loops is ended
// without the bench.
import type { CellOrder } from '../../../tools/toollab/small-node';
import type { Asked, Picture, ToolLabView } from '../../../tools/toollab/view';

export type DeskRequest =
  | { ask: 'open'; lab: string; modules: string }
  | { ask: 'look'; id: number; asked: Asked }
  | { ask: 'heard'; cell: number; message: unknown }
  | { ask: 'gone'; cell: number };

export type DeskReport =
  | { tell: 'opened'; lab: ToolLabView }
  | { tell: 'picture'; id: number; picture: Picture }
  | { tell: 'failed'; id: number; why: string }
  | { tell: 'cell'; cell: number; order: CellOrder }
  | { tell: 'kill'; cell: number };
