import type { Choice } from '../zone/index.ts';
import type { Asker, Chooser, ChoiceReason, Chosen } from './chooser.ts';
import { clientBits, hashClient } from './client-hash.ts';
import { CompiledChoice } from './compiled-choice.ts';
import { explainSteps } from './explain-steps.ts';
import { locate, type Location } from './locate.ts';
import type { PlaceSource } from './places.ts';

/** Choices that are remembered in one of two generations. */
const MAX_COMPILED = 4096;

export function createChooser(source: PlaceSource): Chooser {
  let young = new Map<Choice, CompiledChoice>();
  let old = new Map<Choice, CompiledChoice>();
  const compiled = (choice: Choice): CompiledChoice => {
    const places = source.current();
    const known = young.get(choice) ?? old.get(choice);
    if (known?.places === places && young.has(choice)) return known;
    if (young.size >= MAX_COMPILED) {
      old = young;
      young = new Map();
    }
    const next = known?.places === places ? known : new CompiledChoice(choice, places);
    young.set(choice, next);
    return next;
  };
  const decide = (
    choice: Choice,
    asker: Asker,
  ): Chosen & { readonly location: Location; readonly of: CompiledChoice } => {
    const of = compiled(choice);
    const location = locate(of.places, asker);
    const { place, client } = location;
    const outcome = of.outcome(place, of.dependsOnClient ? hashClient(client) : 0);
    return { outcome, scope: scopeOf(of, location), location, of };
  };
  return {
    choose: decide,
    explain: (choice, asker): ChoiceReason => {
      const { outcome, scope, location, of } = decide(choice, asker);
      const { place, by } = location;
      return { outcome, scope, by, place, steps: explainSteps({ choice, outcome, location, compiled: of }) };
    },
    generation: () => source.current(),
  };
}

function scopeOf({ dependsOnPlace, dependsOnClient }: CompiledChoice, { by, scope, client }: Location): number {
  if (by === 'resolver') return 0;
  return Math.max(dependsOnPlace ? scope : 0, dependsOnClient ? clientBits(client) : 0);
}
