/** Ends a script that computes for too long by the machine's clock. Only looked at between its steps, since a script that spins lets nothing else run. */

export interface Stopwatch {
  /** Aborted when time is up. */
  readonly signal: AbortSignal
  readonly stop: () => void
  readonly isUp: () => boolean
  /** What the script waits for doesn't count. */
  readonly pause: () => void
  readonly resume: () => void
}

// taken now: while a script runs, just-bash bars the way to it
const now = performance.now.bind(performance)

export const start = (limitMillis: number): Stopwatch => {
  const controller = new AbortController()
  const { signal } = controller
  let spent = 0
  let since: number | undefined = now()
  const isUp = () => spent + (since === undefined ? 0 : now() - since) > limitMillis
  let stopped = false
  const stop = () => {
    stopped = true
    controller.abort()
  }
  Object.defineProperty(signal, "aborted", {
    get: () => {
      if (!stopped && isUp()) stop()
      return stopped
    }
  })
  return {
    signal,
    stop,
    isUp,
    pause: () => {
      if (since !== undefined) spent += now() - since
      since = undefined
    },
    resume: () => {
      since ??= now()
    }
  }
}
