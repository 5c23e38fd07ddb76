import { addGuest, openLab, runGuest } from './lab.ts';
import { helloSource } from './pv-hello.ts';
import { upcallSource } from './pv-upcall.ts';

const guests: Record<string, string> = {
  hello: helloSource,
  upcall: upcallSource,
};

const [name = ''] = process.argv.slice(2);
const source = guests[name];
if (source === undefined) {
  console.error(`one of: ${Object.keys(guests).join(', ')}`);
  process.exit(2);
}
const lab = openLab();
const { domid } = addGuest(lab, source);
const before = lab.xen.cpu.retired;
runGuest(lab, domid);
for (const line of lab.log) console.log(line);
const d = lab.xen.root.domains.get(domid);
console.log(`shutdown: ${d?.shutdown ?? 'gone'}, instructions: `
  + `${lab.xen.cpu.retired - before}`);
const { hypercalls } = lab.xen.root.counts;
for (const [call, n] of Object.entries(hypercalls)) {
  console.log(`${call}: ${n}`);
}
