/**
 * Where a value stands in the object that rules are about: a Go slice of names. A path that is appended to shares its memory with the longer
 * one while there is room, so that a sibling writes over it; the server's estimates are those of what stands there last.
 */

export interface Path {
  readonly cells: Array<string>
  readonly room: number
  readonly length: number
}

export const root = (name: string): Path => ({ cells: [name], room: 1, length: 1 })

export const below = (path: Path | undefined, name: string): Path => {
  if (path === undefined) return root(name)
  const { cells, length, room } = path
  if (length < room) {
    cells[length] = name
    return { cells, room, length: length + 1 }
  }
  return { cells: [...cells.slice(0, length), name], room: room * 2, length: length + 1 }
}

/** Without the variable that it begins with. */
export const steps = ({ cells, length }: Path): ReadonlyArray<string> => cells.slice(1, length)
