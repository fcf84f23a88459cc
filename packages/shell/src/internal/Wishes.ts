/** What a running script wants of the trial. The script's promises ask; the fibre that runs it answers, one wish after the other. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

interface Wish {
  /** Gives the answer as something to do, for the script goes on when it is done. */
  readonly fulfil: Effect.Effect<() => void>
  readonly giveUp: () => void
}

interface Alarm {
  readonly at: number
  readonly ring: () => void
}

export class Wishes {
  private readonly queue: Array<Wish> = []
  private readonly alarms = new Set<Alarm>()
  private over = false
  private ended = false
  private wake = () => {}
  private readonly outside: (body: () => void) => void

  /** `outside` calls out of the script's chain of promises. */
  constructor(outside: (body: () => void) => void) {
    this.outside = outside
  }

  /** `otherwise` is the answer when the wish is given up. */
  ask<A>(wish: Effect.Effect<A>, otherwise: A): Promise<A> {
    if (this.over) return Promise.resolve(otherwise)
    return new Promise((resolve) => {
      this.queue.push({ fulfil: Effect.map(wish, (answer) => () => resolve(answer)), giveUp: () => resolve(otherwise) })
      this.wake()
    })
  }

  /** Rings at this moment, in milliseconds since the epoch, if the script waits for something then. */
  alarm(at: number, ring: () => void): () => void {
    const alarm = { at, ring }
    this.alarms.add(alarm)
    return () => this.alarms.delete(alarm)
  }

  end(): void {
    this.ended = true
    this.wake()
  }

  /** No wish is fulfilled from here on. */
  giveUp(): void {
    this.over = true
    this.drop()
  }

  /** The script computes until then. */
  readonly settled: Effect.Effect<void> = Effect.callback<void>((resume) => {
    this.wake = () => {
      if (this.ended || this.queue.length > 0) this.outside(() => resume(Effect.void))
    }
    this.wake()
    return Effect.sync(() => {
      this.wake = () => {}
    })
  })

  /** The answer to the first wish, or what an alarm does that rings before there is one. */
  readonly answer: Effect.Effect<() => void> = Effect.suspend(() => {
    const wish = this.queue[0]
    if (wish === undefined) return Effect.succeed(() => {})
    const answered = Effect.map(wish.fulfil, (answer) => () => {
      this.queue.shift()
      answer()
    })
    const alarm = this.nextAlarm()
    return alarm === undefined ? answered : Effect.raceFirst(answered, this.rung(alarm))
  })

  private nextAlarm(): Alarm | undefined {
    let next: Alarm | undefined
    for (const alarm of this.alarms) if (next === undefined || alarm.at < next.at) next = alarm
    return next
  }

  /** Alarms are those of `timeout`: whatever the script waits for has been given up with it. */
  private rung(alarm: Alarm): Effect.Effect<() => void> {
    const ring = () => {
      this.alarms.delete(alarm)
      alarm.ring()
      this.drop()
    }
    return Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.as(Effect.sleep(Math.max(0, alarm.at - now)), ring))
  }

  private drop(): void {
    for (const { giveUp } of this.queue.splice(0)) giveUp()
  }
}
