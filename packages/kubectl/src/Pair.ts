/** `key=value` of an argument, parted at the first sign of equality; nothing without one. */
export const pairOf = (text: string): readonly [key: string, value: string] | undefined => {
  const equals = text.indexOf("=")
  return equals < 0 ? undefined : [text.slice(0, equals), text.slice(equals + 1)]
}

/** A text without the sign is a key without a value. */
export const pairs = (given: ReadonlyArray<string>): ReadonlyArray<readonly [key: string, value: string]> =>
  given.map((text) => pairOf(text) ?? [text, ""])
