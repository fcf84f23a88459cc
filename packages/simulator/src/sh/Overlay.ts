/** What a script has written on top of the files it found. */

/** What the system says of a write to where none can be. */
export const readOnly = "Read-only file system"

export interface Disk {
  readonly file: (path: string) => string | undefined
  readonly list: (directory: string) => ReadonlyArray<string>
  readonly isReadOnly: (path: string) => boolean
}

export class Overlay implements Disk {
  /** `undefined`: removed. */
  readonly written = new Map<string, string | undefined>()
  private readonly below: Disk

  constructor(below: Disk) {
    this.below = below
  }

  file(path: string): string | undefined {
    return this.written.has(path) ? this.written.get(path) : this.below.file(path)
  }

  list(directory: string): ReadonlyArray<string> {
    if (this.written.size === 0) return this.below.list(directory)
    const at = directory === "/" ? "" : directory
    const names = new Set(this.below.list(directory))
    for (const [path, text] of this.written) {
      if (!path.startsWith(`${at}/`)) continue
      const [name = "", ...deeper] = path.slice(at.length + 1).split("/")
      if (text !== undefined) names.add(name)
      else if (deeper.length === 0) names.delete(name)
    }
    return [...names].sort()
  }

  isReadOnly(path: string): boolean {
    return this.below.isReadOnly(path)
  }

  /** Gives what stands in the way. */
  write(path: string, text: string | undefined): string | undefined {
    if (this.isReadOnly(path)) return readOnly
    this.written.set(path, text)
    return undefined
  }
}
