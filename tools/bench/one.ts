// Builds one workload and says how it is run by hand:
// npm run bench:image -- NAME [SCALE] prints the image and its command line.
import { build } from './build.ts';
import { job, NAMES } from './workloads.ts';

const [wanted, scale = '1'] = process.argv.slice(2);
const name = NAMES.find((n) => n === wanted);
if (!name || !(Number(scale) > 0)) {
  console.error(`usage: npm run bench:image -- ${NAMES.join('|')} [SCALE]`);
  process.exit(2);
}
const made = job(name, Number(scale));
console.log(`${build(made).image} ${made.words.join(' ')}`);
