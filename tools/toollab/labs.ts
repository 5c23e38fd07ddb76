// All benches of the book's own tools, by chapter.
import { exerciseTool } from './exercise-tool.ts';
import { grading } from './grading.ts';
import type { ToolLab } from './lab.ts';
import { literateCheck } from './literate-check.ts';
import { literateSync } from './literate-sync.ts';
import { literateTool } from './literate-tool.ts';

export const toolLabs: readonly ToolLab[] =
  [literateTool, literateSync, literateCheck, exerciseTool, grading];
