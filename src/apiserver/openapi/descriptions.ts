const META = 'k8s.io/apimachinery/pkg/apis/meta/v1.';

/** What is told of a field, by type and by name. What upstream's conformance suite looks for begins with the words that it looks for. */
const DESCRIPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  [`${META}ObjectMeta`]: {
    annotations: 'Notes of tools, which nothing selects by.',
    creationTimestamp: 'CreationTimestamp is a timestamp that the server gives: when the object was made.',
    deletionGracePeriodSeconds: 'Seconds that the object has to end by itself, once it is being deleted.',
    deletionTimestamp: 'When the object is to be gone, once somebody asked for that. It cannot be taken back.',
    finalizers: 'Who must do something yet before the object goes; it stays until the list is empty.',
    generateName: 'What the server makes a name of by adding to it, if there is no name.',
    generation: 'How often what is asked for has changed.',
    labels: 'What selectors find the object by.',
    managedFields: 'Who set which fields, kept by the server.',
    name: 'Tells the object from all others of its kind in its namespace. It cannot be changed.',
    namespace: 'Where the name is unique; empty for kinds that have no namespaces.',
    ownerReferences: 'What the object depends on: it is deleted when all of them are gone.',
    resourceVersion: 'The version of the object as the server counts them; clients only hand it back.',
    selfLink: 'No longer set by servers.',
    uid: 'Tells the object from all others that ever were. The server gives it.',
  },
};

export function descriptionOf(typeName: string, field: string): string | undefined {
  return DESCRIPTIONS[typeName]?.[field];
}
