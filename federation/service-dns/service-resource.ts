const KIND = 'service/';

/** What the records of a Service are of, in the words of whoever keeps whose they are. */
export const resourceOfKey = (key: string) => `${KIND}${key}`;

/** Of Services only: whatever else we may have published is somebody's who knows of it. */
export const keyOfResource = (resource: string) => (resource.startsWith(KIND) ? [resource.slice(KIND.length)] : []);
