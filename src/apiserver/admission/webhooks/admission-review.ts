import { randomUUID } from 'node:crypto';
import { isList, isObject, parseJson, type UnknownObject } from '../../../apimachinery/index.ts';
import type { AdmissionRequest } from '../../admission.ts';
import { shownObject, type Equivalent } from '../matching/equivalents.ts';
import { requestVariable } from '../policies/request-variable.ts';
import type { Webhook } from './shapes.ts';

const GROUP = 'admission.k8s.io';
const VERSIONS = ['v1', 'v1beta1'];

export interface ReviewRequest {
  readonly uid: string;
  readonly apiVersion: string;
  readonly body: string;
}

/** What a webhook said. */
export interface ReviewAnswer {
  readonly allowed: boolean;
  readonly status: UnknownObject | undefined;
  /** A JSON patch. */
  readonly patch: unknown;
  readonly warnings: readonly string[];
  /** For the audit event of the request. */
  readonly annotations: readonly (readonly [key: string, value: string])[];
}

export async function reviewRequest(
  webhook: Webhook,
  request: AdmissionRequest,
  matched: Equivalent,
): Promise<ReviewRequest> {
  const version = webhook.admissionReviewVersions.find((each) => VERSIONS.includes(each));
  if (version === undefined) throw new Error('webhook does not accept known AdmissionReview versions (v1, v1beta1)');
  const uid = randomUUID();
  const apiVersion = `${GROUP}/${version}`;
  const review = {
    kind: 'AdmissionReview',
    apiVersion,
    request: {
      uid,
      ...requestVariable(request, matched),
      object: await shownObject(request.object, request, matched),
      oldObject: await shownObject(request.oldObject, request, matched),
    },
  };
  return { uid, apiVersion, body: JSON.stringify(review) };
}

/** Throws an `Error` for what is no answer to the request. */
export function readAnswer(text: string, { uid, apiVersion }: ReviewRequest): ReviewAnswer {
  const review = parsed(text);
  const { response } = review;
  if (!isObject(response)) throw new Error('webhook response was absent');
  if (review['kind'] !== 'AdmissionReview' || review['apiVersion'] !== apiVersion) {
    const got = `${textOf(review['apiVersion'])}, Kind=${textOf(review['kind'])}`;
    throw new Error(`expected webhook response of ${apiVersion}, Kind=AdmissionReview, got ${got}`);
  }
  if (response['uid'] !== uid) throw new Error(`expected response.uid="${uid}", got "${textOf(response['uid'])}"`);
  const { status, warnings, auditAnnotations } = response;
  return {
    allowed: response['allowed'] === true,
    status: isObject(status) ? status : undefined,
    patch: patchOf(response, apiVersion),
    warnings: isList(warnings) ? warnings.map(textOf) : [],
    annotations: isObject(auditAnnotations) ? Object.entries(auditAnnotations).flatMap(annotationOf) : [],
  };
}

function parsed(text: string): UnknownObject {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw new Error('the answer is no JSON', { cause });
  }
  if (isObject(value)) return value;
  throw new Error('the answer is no JSON object');
}

function patchOf(response: UnknownObject, apiVersion: string): unknown {
  const { patch, patchType } = response;
  if (typeof patch !== 'string' || patch === '') {
    if (patchType !== undefined && apiVersion.endsWith('/v1')) {
      throw new Error('webhook returned response.patchType but not response.patch');
    }
    return undefined;
  }
  if (patchType === undefined && apiVersion.endsWith('/v1')) {
    throw new Error('webhook returned response.patch but not response.patchType');
  }
  if (patchType !== undefined && patchType !== 'JSONPatch') {
    throw new Error(`webhook returned invalid response.patchType of "${textOf(patchType)}"`);
  }
  try {
    return parseJson(Buffer.from(patch, 'base64').toString('utf8'));
  } catch (cause) {
    throw new Error('webhook returned a patch that is no JSON', { cause });
  }
}

function annotationOf([key, value]: readonly [string, unknown]): readonly (readonly [string, string])[] {
  return typeof value === 'string' ? [[key, value]] : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
