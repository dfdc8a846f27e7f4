import { decodeYaml, parseJson } from '../../apimachinery/index.ts';
import { mediaTypeOf, type BodyReader } from '../decoding/body-reader.ts';
import { header, type ApiRequest } from '../http/api-request.ts';

/** Reads bodies once more for the audit log: objects in any form that they come in, and patches. */
export function auditedBody(reader: BodyReader): (request: ApiRequest) => Promise<unknown> {
  return async (request) => {
    if (request.body.length === 0) return undefined;
    const mediaType = mediaTypeOf(header(request, 'content-type'));
    try {
      if (mediaType.endsWith('-patch+json')) return parseJson(request.body.toString());
      if (mediaType.endsWith('-patch+yaml')) return (await decodeYaml(request.body.toString())).value;
      return (await reader.read(request.body, mediaType, '')).value;
    } catch {
      // It was refused for that, as the answer's status says.
      return undefined;
    }
  };
}
