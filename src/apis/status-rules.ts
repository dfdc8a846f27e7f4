interface WithStatus<S> {
  readonly status?: S;
}

/** What a create does with the status that a client sent. */
export function withoutStatus<T extends WithStatus<unknown>>(object: T): T {
  return withStatus(object, undefined);
}

/** What a change of the main resource does with it. */
export function withStatusOf<T extends WithStatus<unknown>>(object: T, old: T): T {
  return withStatus(object, old.status);
}

function withStatus<T extends WithStatus<unknown>>(object: T, status: T['status']): T {
  const { status: _status, ...rest } = object;
  // @NOTE `rest` is T without its status, and T's status may be absent or what the stored T had.
  return (status === undefined ? rest : { ...rest, status }) as T;
}
