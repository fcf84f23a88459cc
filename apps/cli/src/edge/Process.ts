/** The process around the program: its environment, its signals and its end. */

export const variable = (name: string): string | undefined => process.env[name]

/** Ends with this code as soon as everything written so far is out. */
export const end = (code: number): void => {
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)))
}

/** Ends at once. */
export const abort = (code: number): void => process.exit(code)

/** Ctrl-C and SIGTERM, with how many there have been. */
export const onSignal = (hear: (count: number) => void): void => {
  let count = 0
  const listener = () => {
    count += 1
    hear(count)
  }
  process.on("SIGINT", listener)
  process.on("SIGTERM", listener)
}

/** Somebody who reads only the beginning of the output (`| head`) makes no error. */
export const allowClosedOutput = (): void => {
  process.stdout.on("error", () => end(0))
}
