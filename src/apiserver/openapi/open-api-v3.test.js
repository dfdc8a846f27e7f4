import { expect, it } from 'vitest';
import { configMaps, deployments, pods, services, tokenReviews, typeTable } from '../../apis/index.ts';
import { createOpenApiV3, openApiV3Document, openApiV3Index } from './open-api-v3.ts';
const definitions = [pods, services, configMaps, deployments, tokenReviews];
function parsed(path) {
    const document = openApiV3Document(path, definitions, typeTable);
    if (document === undefined)
        throw new Error(`no document ${path}`);
    return JSON.parse(document.text);
}
function references(value) {
    if (typeof value !== 'object' || value === null)
        return [];
    const own = '$ref' in value && typeof value.$ref === 'string' ? [value.$ref] : [];
    return [...own, ...Object.values(value).flatMap(references)];
}
it('lists a document per group-version under its hash', () => {
    const { paths } = JSON.parse(openApiV3Index(definitions, typeTable).text);
    const apps = openApiV3Document('apis/apps/v1', definitions, typeTable);
    expect(Object.keys(paths)).toEqual(['api/v1', 'apis/apps/v1', 'apis/authentication.k8s.io/v1']);
    expect(paths).toMatchObject({
        'apis/apps/v1': { serverRelativeURL: `/openapi/v3/apis/apps/v1?hash=${String(apps?.hash)}` },
    });
    expect(openApiV3Document('apis/none/v1', definitions, typeTable)).toBeUndefined();
});
it('changes the hash when the content changes', () => {
    const before = openApiV3Document('api/v1', definitions, typeTable);
    const after = openApiV3Document('api/v1', definitions.slice(1), typeTable);
    expect(after?.hash).not.toBe(before?.hash);
});
it.each(['api/v1', 'apis/apps/v1', 'apis/authentication.k8s.io/v1'])('refers to nothing that %s lacks', (path) => {
    const document = parsed(path);
    const names = new Set(Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`));
    expect(references(document).filter((reference) => !names.has(reference))).toEqual([]);
});
it('gives every operation an id of its own', () => {
    const operations = Object.values(parsed('api/v1').paths).flatMap(({ parameters: _, ...methods }) => Object.values(methods));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
});
it('tells kubectl how a resource may be patched', () => {
    const patch = parsed('apis/apps/v1').paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']?.['patch'];
    expect(patch).toMatchObject({
        'x-kubernetes-action': 'patch',
        'x-kubernetes-group-version-kind': { group: 'apps', version: 'v1', kind: 'Deployment' },
    });
    expect(patch?.parameters?.map(({ name }) => name)).toContain('fieldValidation');
    expect(Object.keys(patch?.requestBody?.content ?? {})).toContain('application/strategic-merge-patch+json');
});
it('serves no paths for what a kind cannot do', () => {
    expect(Object.keys(parsed('apis/authentication.k8s.io/v1').paths)).toEqual([
        '/apis/authentication.k8s.io/v1/tokenreviews',
    ]);
});
it('publishes what merges lists and structs', () => {
    const { schemas } = parsed('api/v1').components;
    expect(schemas['io.k8s.api.core.v1.ServiceSpec']?.properties['ports']).toEqual({
        type: 'array',
        items: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.ServicePort' }], default: {} },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['port', 'protocol'],
        'x-kubernetes-patch-merge-key': 'port',
        'x-kubernetes-patch-strategy': 'merge',
    });
    expect(schemas['io.k8s.api.core.v1.Pod']).toMatchObject({
        'x-kubernetes-group-version-kind': [{ group: '', kind: 'Pod', version: 'v1' }],
    });
    expect(schemas['io.k8s.api.core.v1.Volume']?.properties).toHaveProperty('emptyDir');
});
it('builds a document once', () => {
    const openApi = createOpenApiV3(definitions, typeTable);
    expect(openApi.document('api/v1')).toBe(openApi.document('api/v1'));
    expect(openApi.index()).toEqual(openApiV3Index(definitions, typeTable));
});
