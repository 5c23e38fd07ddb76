// A process of its own, so that this is made while the pages are bundled:
// started when the build begins, it sends what it has made and ends.
import { exerciseData, type ExerciseTexts } from './exercise-data.ts';
import { hoversOf, type PageHovers } from './hovers.ts';
import { readProgram } from './page-model.ts';
import { toolLabData } from './toollab-data.ts';

export interface Made extends ExerciseTexts {
  hovers: Map<string, PageHovers>;
  toolLabs: ReturnType<typeof toolLabData>;
}

const program = readProgram();
const made: Made = {
  ...exerciseData(program), hovers: hoversOf(program),
  toolLabs: toolLabData(program),
};
process.send?.(made, () => process.disconnect());
