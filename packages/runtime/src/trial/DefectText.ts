/** A defect as events and results tell it: with the calls that led there, and without what differs from machine to machine. */

/** A place in a stack: of ours from its workspace on, of a package from `node_modules` on. */
const place = /(?:file:\/\/)?(?:\/[^\s()]*?)?\/((?:packages|plugins|apps|test|node_modules)\/[^\s()]+)/gu

/** Calls beyond these are the runtime's own. */
const mostFrames = 8

export const defectText = (defect: unknown): string => {
  if (!(defect instanceof Error)) return String(defect)
  const frames = (defect.stack ?? "").split("\n").filter((line) => /^\s+at /u.test(line))
  const shown = frames.slice(0, mostFrames).map(
    (line) =>
      `    ${line
        .trim()
        .replaceAll(place, "$1")
        .replaceAll(/file:\/\/\S*\//gu, "")}`
  )
  return [`${defect.name}: ${defect.message}`, ...shown].join("\n")
}
