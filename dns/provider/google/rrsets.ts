import { validRecordSet, ZoneError, type RecordSet } from '../../zone/index.ts';
import { absoluteName, fromMasterData, masterData } from '../master-data.ts';
import type { Held } from '../remote/held.ts';
import { plainSet } from '../remote/plain-set.ts';
import { choiceOf, policyData, routingPolicy, type RoutingOptions, type RoutingPolicy } from './routing-policy.ts';

/** A resource record set of the API. */
export interface Rrset {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly rrdatas?: readonly string[];
  readonly routingPolicy?: RoutingPolicy;
}

export function rrsetOf(set: RecordSet, options: RoutingOptions): Rrset {
  const policy = set.choice === undefined ? undefined : routingPolicy(set.choice, options);
  const { name, type, ttlSeconds: ttl, data } = policy === undefined ? plainSet(set) : set;
  const rrset = { name: `${name}.`, type, ttl };
  if (policy !== undefined) return { ...rrset, routingPolicy: policy };
  return { ...rrset, rrdatas: data.map((item) => masterData(type, item)) };
}

/** The set that it is; or why it is none that could be published here. */
export function setOf(rrset: Rrset, options: RoutingOptions): RecordSet | string {
  const { name, type, ttl: ttlSeconds, routingPolicy: policy } = rrset;
  if (policy !== undefined && !isMadeHere(policy)) return 'its routing policy was made otherwise';
  // @NOTE a type that is not published here is told of by the validation.
  const set = { name: absoluteName(name), type: type as RecordSet['type'], ttlSeconds };
  try {
    return validRecordSet({ ...set, ...answers(rrset, set.type, options) });
  } catch (err) {
    if (err instanceof ZoneError) return err.message;
    throw err;
  }
}

function answers({ rrdatas = [], routingPolicy: policy }: Rrset, type: RecordSet['type'], options: RoutingOptions) {
  if (policy === undefined) return { data: rrdatas.map((item) => fromMasterData(type, item)) };
  const choice = choiceOf(policy, options);
  if (choice.candidates.length === 0) return { data: policyData(policy).map((item) => fromMasterData(type, item)) };
  return { choice, data: choice.candidates.flatMap(({ data }) => data) };
}

/** Policies may also be of load balancers within a network. */
const isMadeHere = ({ wrr, geo, primaryBackup }: RoutingPolicy) =>
  (wrr ?? geo ?? primaryBackup?.primaryTargets?.externalEndpoints) !== undefined;

/** What the API told of one, for a deletion has to say all of it. Throws `TypeError` where it is none. */
export function heldRrset(raw: unknown, options: RoutingOptions): Held<Rrset> {
  if (!isRrset(raw)) throw new TypeError('not a record set of Cloud DNS');
  return { name: absoluteName(raw.name), type: raw.type, is: setOf(raw, options), raw };
}

// @NOTE what is looked at decides whether it is one; the rest is as the API has documented it.
const isRrset = (value: unknown): value is Rrset =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  typeof value.name === 'string' &&
  'type' in value &&
  typeof value.type === 'string' &&
  'ttl' in value &&
  typeof value.ttl === 'number';
