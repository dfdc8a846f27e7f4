import type { Choice } from '../zone/index.ts';
import type { Asker, Chooser, ChoiceReason, Chosen } from './chooser.ts';
import { clientBits, hashClient } from './client-hash.ts';
import { CompiledChoice } from './compiled-choice.ts';
import { explainSteps } from './explain-steps.ts';
import { locate, type Location } from './locate.ts';
import type { PlaceSource } from './places.ts';

/** Choices that are remembered in one of two generations. */
const MAX_COMPILED = 4096;

interface Decision extends Chosen {
  readonly location: Location;
}

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
  const decide = (of: CompiledChoice, asker: Asker): Decision => {
    const location = locate(of.places, asker);
    const { place, client } = location;
    const isByClient = of.dependsOnClient(place);
    const outcome = of.outcome(place, isByClient ? hashClient(client) : 0);
    return { outcome, scope: scopeOf(location, of.dependsOnPlace, isByClient), location };
  };
  return {
    choose: (choice, asker) => decide(compiled(choice), asker),
    prepare: (choice) => {
      let of = compiled(choice);
      return (asker) => {
        const places = source.current();
        if (of.places !== places) of = new CompiledChoice(choice, places);
        return decide(of, asker);
      };
    },
    explain: (choice, asker): ChoiceReason => {
      const of = compiled(choice);
      const { outcome, scope, location } = decide(of, asker);
      const { place, by } = location;
      return { outcome, scope, by, place, steps: explainSteps({ choice, outcome, location, compiled: of }) };
    },
    generation: () => source.current(),
  };
}

function scopeOf({ by, scope, client }: Location, isByPlace: boolean, isByClient: boolean): number {
  if (by === 'resolver') return 0;
  return Math.max(isByPlace ? scope : 0, isByClient ? clientBits(client) : 0);
}
