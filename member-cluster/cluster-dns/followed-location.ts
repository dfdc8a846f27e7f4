import { nodes, type Node } from '../../src/apis/index.ts';
import type { InformerSet, Lister } from '../../src/controller/index.ts';
import type { Location } from './cluster-view.ts';

/** Where the cluster is by now; `changed` is told when that becomes another place. */
export function followLocation(informers: InformerSet, changed: () => void): () => Location {
  const informer = informers.of(nodes);
  let location: Location = {};
  informer.onEvent(({ object, previous }) => {
    if (previous !== undefined && isAt(object, previous)) return;
    const next = locationOf(informer.lister);
    if (next.zone === location.zone && next.region === location.region) return;
    location = next;
    changed();
  });
  return () => location;
}

const ZONE = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'];
const REGION = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'];

/** What the labels of the first node that has them say: all clients of a cluster use the entry of one zone. */
function locationOf(lister: Lister<Node>): Location {
  const labelled = lister
    .list()
    .filter((node) => labelOf(node, REGION) !== undefined)
    .sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
  const [node] = labelled;
  if (node === undefined) return {};
  const region = labelOf(node, REGION);
  const zone = labelOf(node, ZONE);
  return { ...(region === undefined ? {} : { region }), ...(zone === undefined ? {} : { zone }) };
}

/** Nodes tell of themselves all the time, but hardly ever of another place. */
function isAt(node: Node, other: Node): boolean {
  return [REGION, ZONE].every((names) => labelOf(node, names) === labelOf(other, names));
}

function labelOf({ metadata }: Node, names: readonly string[]): string | undefined {
  return names.map((name) => metadata.labels?.[name]).find((value) => value !== undefined && value !== '');
}
