/** `k8s.io/api/core/v1.Pod` is published as `io.k8s.api.core.v1.Pod`: the host name turned round, dots for slashes. */
export function modelName(typeName) {
    const [host = '', ...path] = typeName.split('/');
    return [...host.split('.').reverse(), ...path].join('.');
}
export const schemaReference = (typeName) => ({ $ref: `#/components/schemas/${modelName(typeName)}` });
