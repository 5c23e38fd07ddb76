import { expect, test } from 'vitest';
import { parseElf } from '#book/dom0/builder/elf.ts';
import { kernelParams } from '#book/dom0/builder/params.ts';
import { planDomain, type Plan } from '#book/dom0/builder/plan.ts';
import { helloSource } from '#book/guests/pv-hello.ts';
import { pvImage } from '#book/guests/pv-image.ts';
import { overlaps } from './overlaps.ts';

const plan = (module: number): Plan => planDomain(
  kernelParams(parseElf(pvImage(helloSource))), 4096, module);

test('the book\'s plans are clean', () => {
  expect(overlaps(plan(0))).toEqual([]);
  expect(overlaps(plan(9000))).toEqual([]);
});

test('a page in two roles', () => {
  const bad = plan(0);
  bad.stack = bad.startInfo;
  expect(overlaps(bad)).toEqual([['startInfo', 'stack']]);
});

test('a run that swallows others', () => {
  const bad = plan(9000);
  bad.module = { pfn: bad.p2m.pfn, frames: bad.p2m.frames + 2 };
  expect(overlaps(bad)).toEqual([
    ['module', 'p2m'], ['module', 'startInfo'], ['module', 'store']]);
});

test('neighbours may touch', () => {
  const bad = plan(0);
  bad.kernel = { pfn: bad.kernel.pfn, frames:
    bad.p2m.pfn - bad.kernel.pfn };
  expect(overlaps(bad)).toEqual([]);
});
