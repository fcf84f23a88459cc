/** The order of keys in YAML (go-yaml): letters behind other signs, numbers by their value. */
const isLetter = (letter: string): boolean => /\p{L}/u.test(letter)
const isDigit = (letter: string | undefined): boolean => letter !== undefined && /\p{Nd}/u.test(letter)

/** The digits from a place on, as a number, and where they end. */
const numberAt = (letters: ReadonlyArray<string>, from: number, start: number): readonly [value: number, end: number] => {
  let [value, end] = [start, from]
  for (; isDigit(letters[end]); end++) value = value * 10 + Number(letters[end])
  return [value, end]
}

export const byKey = (a: string, b: string): number => {
  const [left, right] = [Array.from(a), Array.from(b)]
  const at = left.findIndex((letter, index) => letter !== right[index])
  const [here, there] = [left[at], right[at]]
  if (here === undefined || there === undefined) return left.length - right.length
  const digits = isDigit(left[at - 1])
  const [hereIsLetter, thereIsLetter] = [isLetter(here), isLetter(there)]
  const plain = here < there ? -1 : 1
  if (hereIsLetter && thereIsLetter) return plain
  if (hereIsLetter || thereIsLetter) return (digits ? hereIsLetter : thereIsLetter) ? -1 : 1
  // what stands before counts where a zero follows it
  const start =
    Math.max(
      -1,
      left.slice(0, at).findLastIndex((letter) => !isDigit(letter))
    ) + 1
  const led = (here === "0" || there === "0") && left.slice(start, at).some((letter) => letter !== "0") ? 1 : 0
  const [own, ownEnd] = numberAt(left, at, led)
  const [other, otherEnd] = numberAt(right, at, led)
  return own - other || ownEnd - otherEnd || plain
}
