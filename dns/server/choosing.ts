import { parseClientAddress, type Asker, type Chooser, type Chosen } from '../choice/index.ts';
import type { AnyRecordSet, Choice } from '../zone/index.ts';
import type { ComposedReply, DnsLayer, DnsQuery, DnsReply } from './dns-handler.ts';
import { readClientSubnet, type ClientSubnet } from './edns/client-subnet.ts';
import { optionCodes, optionData } from './edns/edns-option.ts';

/** A set of a zone may have a choice; those made by handlers have none. */
type ChoosableSet = AnyRecordSet & { readonly choice?: Choice };

/** Told of each answer that was chosen. */
export type OnChosen = (choice: Choice, chosen: Chosen) => void;

/**
 * Answers to each client what its choice says, and tells how much of the client's subnet that depends on (RFC 7871
 * §7.2.1). Who asks without subnet is taken to be where its resolver is.
 */
export function choosing(chooser: Chooser, onChosen: OnChosen): DnsLayer {
  const turn = { count: 0 };
  const finish = (reply: DnsReply, query: DnsQuery, subnet: ClientSubnet | undefined): DnsReply => {
    if ('relay' in reply) return reply;
    const set = choosableIn(reply);
    const choice = set?.choice;
    if (choice === undefined) return withEcho(reply, subnet, 0);
    const asker = askerOf(query, subnet);
    if (asker === undefined) return withEcho(reply, subnet, 0);
    const chosen = chooser.choose(choice, asker);
    onChosen(choice, chosen);
    turn.count = (turn.count + 1) >>> 0;
    const narrowed = narrowedReply(reply, { set, chosen, turn: turn.count });
    return { ...withEcho(narrowed, subnet, chosen.scope), personal: true, chosenFrom: { reply, chosen } };
  };
  return (next) => (query, signal) => {
    const subnet = subnetOf(query);
    const reply = next(query, signal);
    return reply instanceof Promise
      ? reply.then((later) => finish(later, query, subnet))
      : finish(reply, query, subnet);
  };
}

/** The set of the answer that differs from client to client: the last, which is no CNAME. */
export function choosableIn({ answers = [] }: ComposedReply): ChoosableSet | undefined {
  const last: ChoosableSet | undefined = answers.at(-1);
  return last?.choice === undefined ? undefined : last;
}

/** Throws `DnsError` where that makes no sense. */
function subnetOf({ edns }: DnsQuery): ClientSubnet | undefined {
  const data = edns === undefined ? undefined : optionData(edns.options, optionCodes.clientSubnet);
  return data === undefined ? undefined : readClientSubnet(data);
}

/** Undefined where nobody knows from which address a question came. */
export function askerOf(query: DnsQuery, told = subnetOf(query)): Asker | undefined {
  const { client } = query;
  const { subnet } = told ?? {};
  const resolver = parseClientAddress(client);
  return resolver === undefined ? undefined : { resolver, ...(subnet === undefined ? {} : { subnet }) };
}

export interface Narrowing {
  readonly set: ChoosableSet | undefined;
  readonly chosen: Chosen;
  /** Which of those that are equally good goes first. */
  readonly turn: number;
}

/** The reply with what was chosen in place of the whole set. */
export function narrowedReply(reply: ComposedReply, { set, chosen, turn }: Narrowing): ComposedReply {
  const { data, equal } = chosen.outcome;
  const at = turn % equal;
  const turned = at === 0 ? data : [...data.slice(at, equal), ...data.slice(0, at), ...data.slice(equal)];
  const answers = reply.answers?.map((other) => (other === set ? { ...other, data: turned } : other)) ?? [];
  return { ...reply, answers };
}

function withEcho(reply: ComposedReply, subnet: ClientSubnet | undefined, scope: number): ComposedReply {
  if (subnet === undefined) return reply;
  return { ...reply, options: [...(reply.options ?? []), subnet.echo(scope)] };
}
