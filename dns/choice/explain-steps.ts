import type { Candidate, Choice } from '../zone/index.ts';
import type { Outcome } from './chooser.ts';
import { formatPrefix } from './client-address.ts';
import type { CompiledChoice } from './compiled-choice.ts';
import type { Distance, Tier } from './distance.ts';
import type { Location } from './locate.ts';
import type { Place } from './place.ts';

interface Explained {
  readonly choice: Choice;
  readonly outcome: Outcome;
  readonly location: Location;
  readonly compiled: CompiledChoice;
}

/** How an answer came about, a sentence a step. */
export function explainSteps(explained: Explained): readonly string[] {
  const { choice, outcome, location, compiled } = explained;
  const { minimum = 1, policy } = choice;
  const steps = [
    `the ${location.by === 'subnet' ? "client's subnet" : 'resolver'} ${formatPrefix(location.client)} is ${where(location.place)}`,
    ...groups(explained),
  ];
  if (policy !== 'weighted' && compiled.dependsOnClient(location.place)) {
    const partial = choice.candidates.filter(({ capacity = 1 }) => capacity < 1);
    const shown = partial.map(({ name, capacity = 1 }) => `${name} ${percent(capacity)}`);
    steps.push(`only a part of their clients can be taken by ${shown.join(', ')}`);
  }
  if (minimum > 1) steps.push(`at least ${minimum} clusters are answered where there are so many`);
  steps.push(`answered: ${names(outcome.candidates)}`);
  return steps;
}

function groups({ choice, location, compiled }: Explained): readonly string[] {
  const named = (members: readonly number[]) => names(members.flatMap((index) => choice.candidates[index] ?? []));
  switch (choice.policy) {
    case 'nearest':
      return compiled.tiers(location.place).map((tier) => `${near(tier)}: ${named(tier.members)}`);
    case 'failover':
      return compiled.inOrder().map((members, at) => `${at === 0 ? 'first' : 'then'}: ${named(members)}`);
    case 'weighted':
      return [`shares: ${shares(choice.candidates)}`];
  }
}

function where(place: Place | undefined): string {
  if (place === undefined) return 'nowhere that is known';
  const parts = [
    ...(place.cluster === undefined ? [] : [`in cluster ${place.cluster}`]),
    ...(place.zone === undefined ? [] : [`in zone ${place.zone}`]),
    ...(place.region === undefined ? [] : [`in region ${place.region}`]),
  ];
  return `${parts.length === 0 ? 'in no zone or region' : parts.join(', ')} (${place.source})`;
}

function near({ distance }: Tier): string {
  return distanceText(distance);
}

function distanceText(distance: Distance): string {
  switch (distance.kind) {
    case 'cluster':
      return 'in the same cluster';
    case 'zone':
      return 'in the same zone';
    case 'region':
      return 'in the same region';
    case 'preferred':
      return `in the preferred region ${distance.at + 1}`;
    case 'measured':
      return `${distance.ms} ms away`;
    case 'unknown':
      return 'nobody knows how far away';
  }
}

function shares(candidates: readonly Candidate[]): string {
  const weights = candidates.map(({ weight = 1, capacity = 1 }) => weight * capacity);
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return candidates
    .map(({ name }, at) => `${name} ${percent(sum === 0 ? 1 / candidates.length : (weights[at] ?? 0) / sum)}`)
    .join(', ');
}

function names(candidates: readonly Candidate[]): string {
  return candidates.map(({ name }) => name).join(', ');
}

function percent(part: number): string {
  return `${Math.round(part * 1000) / 10} %`;
}
