import { randomUUID } from 'node:crypto';
import {
  isList,
  isObject,
  parseJson,
  statusError,
  validateAnnotations,
  validateLabels,
  type FieldError,
  type KubeObject,
  type UnknownObject,
} from '../../apimachinery/index.ts';
import type { CustomResourceDefinition } from '../../apis/index.ts';
import type { WebhookTransport } from '../../apiserver/index.ts';
import { withDeadline } from '../../component-base/index.ts';
import type { Convert } from '../stored-versions.ts';

const TIMEOUT_SECONDS = 30;
const REVIEW_VERSIONS = ['v1', 'v1beta1'];
const GROUP = 'apiextensions.k8s.io';

/** Has objects converted by the webhook of their definition; all that are not of the wanted version in one request. */
export function webhookConverter({ spec }: CustomResourceDefinition, transport: WebhookTransport): Convert {
  const { clientConfig, conversionReviewVersions = [] } = spec.conversion?.webhook ?? {};
  const version = conversionReviewVersions.find((offered) => REVIEW_VERSIONS.includes(offered)) ?? 'v1';
  return async (objects, apiVersion) => {
    const others = objects.filter((object) => object.apiVersion !== apiVersion);
    const [first] = others;
    if (first === undefined || clientConfig === undefined) return objects;
    const of = `conversion webhook for ${first.apiVersion}, Kind=${first.kind}`;
    const review = new Review(version, apiVersion, others);
    const answer = await review
      .send((body) =>
        transport(clientConfig, body, {
          timeoutSeconds: TIMEOUT_SECONDS,
          signal: withDeadline(TIMEOUT_SECONDS * 1000),
        }),
      )
      .catch((err: unknown) => {
        throw failed(`${of} failed: ${reasonOf(err)}`, err);
      });
    const converted = review.objectsOf(answer, of);
    const byOriginal = new Map(others.map((object, index) => [object, converted[index] ?? object]));
    return objects.map((object) => byOriginal.get(object) ?? object);
  };
}

/** One question, and what is taken for its answer. */
class Review {
  readonly #version: string;
  readonly #apiVersion: string;
  readonly #objects: readonly KubeObject[];
  readonly #uid = randomUUID();

  constructor(version: string, apiVersion: string, objects: readonly KubeObject[]) {
    this.#version = version;
    this.#apiVersion = apiVersion;
    this.#objects = objects;
  }

  /** The `response` of a review that succeeded. */
  async send(post: (body: string) => Promise<string>): Promise<UnknownObject> {
    const apiVersion = `${GROUP}/${this.#version}`;
    const request = { uid: this.#uid, desiredAPIVersion: this.#apiVersion, objects: this.#objects };
    const answer = parseJson(await post(JSON.stringify({ kind: 'ConversionReview', apiVersion, request })));
    if (!isObject(answer)) throw new Error('the answer is not a ConversionReview');
    const { kind, apiVersion: answered, response } = answer;
    if (this.#version === 'v1' && (kind !== 'ConversionReview' || answered !== apiVersion)) {
      const wanted = `${apiVersion}, Kind=ConversionReview`;
      throw new Error(`expected webhook response of ${wanted}, got ${String(answered)}, Kind=${String(kind)}`);
    }
    if (!isObject(response)) throw new Error('no response provided');
    if (this.#version === 'v1' && response['uid'] !== this.#uid) {
      throw new Error(
        `expected response.uid=${JSON.stringify(this.#uid)}, got ${JSON.stringify(response['uid'] ?? '')}`,
      );
    }
    checkResult(response['result']);
    return response;
  }

  objectsOf({ convertedObjects }: UnknownObject, of: string): readonly KubeObject[] {
    const converted = isList(convertedObjects) ? convertedObjects : [];
    if (converted.length !== this.#objects.length) {
      throw failed(`${of} returned ${converted.length} objects, expected ${this.#objects.length}`);
    }
    return this.#objects.map((original, index) => {
      try {
        return this.#checked(original, converted[index]);
      } catch (err) {
        throw failed(`${of} returned invalid converted object at index ${index}: ${reasonOf(err)}`, err);
      }
    });
  }

  /** Of metadata only labels and annotations may be others. */
  #checked(original: KubeObject, converted: unknown): KubeObject {
    if (!isObject(converted)) throw new Error('it is not an object');
    const { apiVersion, kind, metadata, ...rest } = converted;
    if (apiVersion !== this.#apiVersion) {
      throw new Error(`invalid groupVersion (expected ${this.#apiVersion}, received ${String(apiVersion)})`);
    }
    if (kind !== original.kind) throw new Error(`invalid kind (expected ${original.kind}, received ${String(kind)})`);
    if (!isObject(metadata)) throw new Error('missing metadata in converted object');
    checkSame('name', original.metadata.name, metadata['name']);
    checkSame('namespace', original.metadata.namespace, metadata['namespace']);
    checkSame('UID', original.metadata.uid, metadata['uid']);
    const { labels: _labels, annotations: _annotations, ...kept } = original.metadata;
    const labels = textsOf('labels', metadata['labels'], validateLabels);
    const annotations = textsOf('annotations', metadata['annotations'], validateAnnotations);
    return {
      apiVersion: this.#apiVersion,
      kind: original.kind,
      metadata: {
        ...kept,
        ...(labels === undefined ? {} : { labels }),
        ...(annotations === undefined ? {} : { annotations }),
      },
      ...rest,
    };
  }
}

function checkResult(result: unknown): void {
  const { status = '', message } = isObject(result) ? result : {};
  if (status === 'Success') return;
  if (typeof message === 'string' && message !== '') throw new Error(message);
  throw new Error(`response.result.status was '${String(status)}', not 'Success'`);
}

function checkSame(what: string, before: string | undefined, after: unknown): void {
  if ((before ?? '') === (after ?? '')) return;
  throw new Error(`must have the same ${what}: ${before ?? ''} != ${String(after)}`);
}

function textsOf(
  name: string,
  value: unknown,
  validate: (field: string, texts: Readonly<Record<string, string>>) => readonly FieldError[],
): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw new Error(`invalid metadata.${name} of type ${typeof value} in converted object`);
  const texts: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw new Error(`metadata.${name}[${key}] must be a string, but is ${typeof text}`);
    texts[key] = text;
  }
  const [error] = validate(`metadata.${name}`, texts);
  if (error !== undefined) throw new Error(`${error.field}: ${error.message}`);
  return texts;
}

/** As upstream: whatever goes wrong with a webhook is the server's failure, in the very words. */
function failed(message: string, cause?: unknown) {
  return statusError(500, 'Unknown', message, { cause });
}

function reasonOf(err: unknown): string {
  return (err instanceof Error ? err.message : String(err)).replace(/^failed to call webhook: /, '');
}
