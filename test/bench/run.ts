/**
 * `npm run bench`: measures koinon as its users meet it and writes docs/performance.md. Names of sections as
 * arguments run only those and print them without writing the page; with --write they take their place in it.
 */
import { join } from 'node:path';
import { systemClock } from '../../src/component-base/index.ts';
import { apiServerProcess, watchers, wholeLists } from './api-server.ts';
import { dnsThroughput } from './dns.ts';
import { dnsMillion } from './dns/million.ts';
import { dnsSideBySide } from './dns/side-by-side.ts';
import { etcdThroughput } from './etcd.ts';
import { FleetUnderTest } from './fleet-under-test.ts';
import { killedMember, readinessToAnswer, serviceToShards } from './following.ts';
import { updatePerformancePage, writePerformancePage } from './performance-page.ts';
import { printSection, type Section } from './report.ts';
import { registeredMembers } from './scale/registered.ts';
import { fewMembers, manyMembers } from './scale/scale.ts';
import { troubledMembers } from './scale/troubled.ts';
import { memoryAtRest, startUp } from './start-up.ts';
import { storageThroughput } from './storage.ts';
import { throughput } from './throughput.ts';

/** In this order: each leaves the fleet as the next one wants it. */
const withFleet: Readonly<Record<string, (fleet: FleetUnderTest) => Promise<Section>>> = {
  memory: memoryAtRest,
  shards: serviceToShards,
  readiness: readinessToAnswer,
  kill: killedMember,
  throughput,
};

const WRITE = '--write';
const isToBeWritten = process.argv.includes(WRITE);
const chosen = process.argv.slice(2).filter((argument) => argument !== WRITE);
const wanted = (name: string) => chosen.length === 0 || chosen.includes(name);
const sections: Section[] = [];
const add = (section: Section) => {
  printSection(section);
  sections.push(section);
};

if (wanted('start')) add(await startUp());
if (wanted('storage')) add(await storageThroughput());
if (wanted('etcd')) add(await etcdThroughput());
if (wanted('apiserver-process')) add(await apiServerProcess());
if (wanted('lists')) add(await wholeLists());
if (wanted('watchers')) add(await watchers());
if (wanted('dns')) add(await dnsThroughput());
if (wanted('dns')) add(await dnsSideBySide());
if (wanted('dns') || wanted('dns-million')) add(await dnsMillion());
if (wanted('few-members')) add(await fewMembers());
if (wanted('troubled-members')) add(await troubledMembers());
if (wanted('many-members')) add(await manyMembers());
if (wanted('registered-members')) add(await registeredMembers());
if (Object.keys(withFleet).some(wanted)) {
  await using fleet = await FleetUnderTest.start();
  for (const [name, measure] of Object.entries(withFleet)) if (wanted(name)) add(await measure(fleet));
}
if (chosen.length === 0 || isToBeWritten) {
  const day = new Date(systemClock.now()).toISOString().slice(0, 10);
  const page = join(import.meta.dirname, '..', '..', 'docs', 'performance.md');
  await (chosen.length === 0 ? writePerformancePage : updatePerformancePage)(page, day, sections);
}
