import fs from 'node:fs';
import process from 'node:process';
import { bootGuest } from '../dom0/xl/host.ts';
import { echoSource } from './pv-echo.ts';
import { pvImage } from './pv-image.ts';

const guest = bootGuest({
  name: 'echo', image: pvImage(echoSource), memoryMiB: 4,
  onOutput: bytes => void process.stdout.write(bytes),
});
guest.input(new Uint8Array(fs.readFileSync(0)));
while (guest.run(1e6) === 'running');
const { cpu, root } = guest.host.xen;
console.log(guest.failure() ?? `\nretired: ${cpu.retired}`);
for (const [name, count] of Object.entries(root.counts.hypercalls)) {
  console.log(`${name}: ${count}`);
}
