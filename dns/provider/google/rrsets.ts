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
export function setOf({ name, type, ttl, rrdatas = [], routingPolicy: policy }: Rrset, options: RoutingOptions) {
  if (policy !== undefined && !isMadeHere(policy)) return 'its routing policy was made otherwise';
  const texts = policy === undefined ? rrdatas : policyData(policy);
  // @NOTE a type that is not published here is told of by the validation.
  const known = type as RecordSet['type'];
  try {
    const data = texts.map((item) => fromMasterData(known, item));
    const set = validRecordSet({ name: absoluteName(name), type: known, ttlSeconds: ttl, data });
    return policy === undefined ? set : { ...set, choice: choiceOf(policy, options) };
  } catch (err) {
    if (err instanceof ZoneError) return err.message;
    throw err;
  }
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
