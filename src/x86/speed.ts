import { load } from './bare.ts';

const source = `mov ecx, 300000
  again: mov eax, [esi+0x4000]
  lea eax, [eax+ecx]
  mov [edi+0x5000], eax
  push eax
  call step
  pop edx
  xchg ebx, edx
  loop again
  hlt
  step: lea ebx, [ebx+ebx*2+4]
  ret`;

for (let round = 0; round < 3; round++) {
  const cpu = load(source);
  const { user } = process.cpuUsage();
  cpu.run();
  const time = process.cpuUsage().user - user;
  const speed = (cpu.retired / time).toFixed(1);
  console.log(`${speed} million instructions a second`);
}
