import process from 'node:process';
import { bootGuest } from '../dom0/xl/host.ts';
import { nameSource } from './pv-name.ts';
import { pvImage } from './pv-image.ts';

const guest = bootGuest({
  name: 'ariadne', image: pvImage(nameSource), memoryMiB: 4,
  onOutput: bytes => void process.stdout.write(bytes),
});
while (guest.run(1e6) === 'running');
const { cpu } = guest.host.xen;
console.log(guest.failure() ?? `\nretired: ${cpu.retired}`);
