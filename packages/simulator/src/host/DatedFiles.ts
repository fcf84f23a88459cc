/** A container's files as a script sees them: as old as the container, but for what the script writes. just-bash alone would tell the machine's time. */
import { InMemoryFs } from "just-bash"

type Stat = Awaited<ReturnType<InMemoryFs["stat"]>>

export class DatedFiles extends InMemoryFs {
  private readonly written = new Map<string, number>()
  private readonly began: number
  private readonly now: () => number

  /** Times are in milliseconds since the epoch. */
  constructor(files: Readonly<Record<string, string>>, began: number, now: () => number) {
    super({ ...files })
    this.began = began
    this.now = now
  }

  override writeFileSync(...args: Parameters<InMemoryFs["writeFileSync"]>): void {
    super.writeFileSync(...args)
    // the base class writes the first files before this one's fields are there
    this.written?.set(args[0], this.now())
  }
  override appendFile(...args: Parameters<InMemoryFs["appendFile"]>): Promise<void> {
    return super.appendFile(...args).then((done) => {
      this.written.set(args[0], this.now())
      return done
    })
  }
  override stat(path: string): Promise<Stat> {
    return super.stat(path).then((stat) => this.dated(path, stat))
  }
  override lstat(path: string): Promise<Stat> {
    return super.lstat(path).then((stat) => this.dated(path, stat))
  }

  private dated(path: string, stat: Stat): Stat {
    return { ...stat, mtime: new Date(this.written.get(path) ?? this.began) }
  }
}
