import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import type { Section } from './report.ts';

const HEADING = /^## (.*)$/m;

/** Writes the page anew; `date` is a day, such as 2026-11-21. */
export async function writePerformancePage(file: string, date: string, sections: readonly Section[]): Promise<void> {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, Node ${process.version}`;
  const head = [
    '# Performance',
    '',
    `Written by \`npm run bench\` on ${date}. Machine: ${machine}. Client and fleet share the machine; compare ratios, not machines.`,
    '',
  ];
  await writeFile(file, [head.join('\n'), ...sections.map(formatSection)].join('\n'));
}

/** Puts these sections in the place of those of the page that they follow on; the others stay as they are. */
export async function updatePerformancePage(file: string, date: string, sections: readonly Section[]): Promise<void> {
  await writeFile(file, withSections(await readFile(file, 'utf8'), date, sections));
}

/** The page with these sections. One that it does not have yet goes behind the one before it, or to the end. */
export function withSections(page: string, date: string, sections: readonly Section[]): string {
  const [head = '', ...parts] = page.split(/^(?=## )/m);
  const texts = new Map(parts.map((text) => [HEADING.exec(text)?.[1] ?? '', text]));
  const titles = [...texts.keys()];
  const isAsHead = head.includes(`on ${date}.`) && head.includes(`Node ${process.version}.`);
  let before: string | undefined;
  for (const section of sections) {
    const { title, method } = section;
    if (!texts.has(title)) titles.splice(before === undefined ? titles.length : titles.indexOf(before) + 1, 0, title);
    const measured = `Measured on ${date}, Node ${process.version}.`;
    const dated = isAsHead ? section : { ...section, method: `${method} ${measured}` };
    texts.set(title, `${formatSection(dated)}\n`);
    before = title;
  }
  const text = head + titles.map((title) => texts.get(title) ?? '').join('');
  return `${text.trimEnd()}\n`;
}

function formatSection({ title, method, figures }: Section): string {
  const rows = figures.map(
    ({ what, value, goal, met }) =>
      `| ${what} | ${value} | ${goal ?? ''} | ${met === undefined ? '' : met ? 'met' : '**missed**'} |`,
  );
  return [`## ${title}`, '', method, '', '| what | measured | goal | |', '|---|---|---|---|', ...rows, ''].join('\n');
}
