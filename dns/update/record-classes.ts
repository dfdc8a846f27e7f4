/** What classes mean in an update (RFC 2136 §2.4, §2.5). */
export const recordClasses = { IN: 1, NONE: 254, ANY: 255 } as const;
