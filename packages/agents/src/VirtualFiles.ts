/** Files in memory whose times are the trial's: what the interpreter dates by the machine's clock is not shown. */
import { InMemoryFs } from "just-bash"

type Args<K extends "writeFileSync" | "appendFile" | "mkdirSync" | "cp" | "mv" | "utimes" | "stat"> = Parameters<InMemoryFs[K]>
type Stat = Awaited<ReturnType<InMemoryFs["stat"]>>

export class VirtualFiles extends InMemoryFs {
  private readonly now: () => number
  private readonly began: number
  /** By path, in milliseconds since the epoch; what is not here is as old as the file system. */
  private readonly changed = new Map<string, number>()

  constructor(files: Record<string, string>, now: () => number) {
    super({}, { maxTotalBytes: 64 * 1024 * 1024 })
    this.now = now
    this.began = now()
    for (const [path, text] of Object.entries(files)) this.writeFileSync(path, text)
  }

  override writeFileSync(...args: Args<"writeFileSync">): void {
    super.writeFileSync(...args)
    this.touched(args[0])
  }
  override appendFile(...args: Args<"appendFile">): Promise<void> {
    return super.appendFile(...args).then(() => this.touched(args[0]))
  }
  override mkdirSync(...args: Args<"mkdirSync">): void {
    super.mkdirSync(...args)
    this.touched(args[0])
  }
  override cp(...args: Args<"cp">): Promise<void> {
    return super.cp(...args).then(() => this.touched(args[1]))
  }
  override mv(...args: Args<"mv">): Promise<void> {
    return super.mv(...args).then(() => this.dateAs(args[1], this.changed.get(args[0]) ?? this.began))
  }
  override utimes(...args: Args<"utimes">): Promise<void> {
    return super.utimes(...args).then(() => this.dateAs(args[0], args[2].getTime()))
  }
  override stat(...args: Args<"stat">): Promise<Stat> {
    return super.stat(...args).then((stat) => this.dated(args[0], stat))
  }
  override lstat(...args: Args<"stat">): Promise<Stat> {
    return super.lstat(...args).then((stat) => this.dated(args[0], stat))
  }

  private dateAs(path: string, millis: number): void {
    this.changed.set(path, millis)
  }
  private touched(path: string): void {
    // the constructor of the base class writes before this one's fields are there
    this.changed?.set(path, this.now())
  }
  private dated(path: string, stat: Stat): Stat {
    return { ...stat, mtime: new Date(this.changed.get(path) ?? this.began) }
  }
}
